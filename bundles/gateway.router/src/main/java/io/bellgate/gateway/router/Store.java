package io.bellgate.gateway.router;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/**
 * The router's durable state, with group commit: one thread makes all changes, many changes share
 * one write.
 *
 * <p>A change that {@link #write} took is power-durable (or process-durable, as configured) when
 * its future completes. Maps may be read by any thread; only changes write to them.
 */
final class Store implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Store.class.getName());
  private static final int QUEUE = 4096;
  private static final int GROUP = 1024;
  private static final long LAZY_MILLIS = 200;

  private record Change<T>(Supplier<T> work, CompletableFuture<T> done, boolean lazy) {}

  private final BlockingQueue<Change<?>> queue = new ArrayBlockingQueue<>(QUEUE);
  private final MVStore mv;
  private final boolean powerDurable;
  private final Thread committer;
  private volatile boolean closing;
  private volatile long commits;

  /**
   * Opens or creates the store.
   *
   * @param folder created with owner-only access if it is missing
   * @param powerDurable whether a write waits for fsync
   * @throws UncheckedIOException if the folder cannot be made
   */
  Store(Path folder, boolean powerDurable) {
    this.powerDurable = powerDurable;
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException("the router's folder must be writable: folder=" + folder, e);
    }
    mv =
        new MVStore.Builder()
            .fileName(folder.resolve("router.mv").toString())
            .autoCommitDisabled()
            .cacheSize(2)
            .pageSplitSize(4096)
            .open();
    mv.setVersionsToKeep(0);
    // every commit is synced before the next one starts, so a chunk that the last version does not
    // need may be reused soon
    mv.setRetentionTime(powerDurable ? 1_000 : 45_000);
    committer = new Thread(this::commitLoop, "router-store");
    committer.setDaemon(true);
    committer.start();
  }

  MVMap<Long, byte[]> numbered(String name) {
    return mv.openMap(name);
  }

  MVMap<String, byte[]> named(String name) {
    return mv.openMap(name);
  }

  List<String> names(String prefix) {
    return mv.getMapNames().stream()
        .filter(n -> n.startsWith(prefix))
        .map(n -> n.substring(prefix.length()))
        .sorted()
        .toList();
  }

  /**
   * Makes a change durable.
   *
   * @param change runs on the store's thread; throws before it has changed anything, or not at all
   * @return completes when the change is durable
   * @throws RejectedExecutionException if too many changes wait, or the store is closing
   */
  <T> CompletableFuture<T> write(Supplier<T> change) {
    CompletableFuture<T> done = new CompletableFuture<>();
    if (closing || !queue.offer(new Change<>(change, done, false))) {
      throw new RejectedExecutionException("the store takes no more changes now");
    }
    return done;
  }

  /** Makes a change durable with the next write, or soon. Losing it in a crash must do no harm. */
  void later(Runnable change) {
    Change<Object> lazy =
        new Change<>(
            () -> {
              change.run();
              return null;
            },
            new CompletableFuture<>(),
            true);
    try {
      queue.put(lazy);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  long commits() {
    return commits;
  }

  private void commitLoop() {
    List<Change<?>> group = new ArrayList<>();
    long lazySince = 0;
    boolean dirty = false;
    while (true) {
      try {
        Change<?> first = queue.poll(dirty ? LAZY_MILLIS : 1_000, TimeUnit.MILLISECONDS);
        if (first != null) {
          group.add(first);
          queue.drainTo(group, GROUP);
        }
      } catch (InterruptedException e) {
        closing = true;
      }
      List<Result> results = new ArrayList<>(group.size());
      boolean urgent = false;
      for (Change<?> change : group) {
        results.add(apply(change));
        urgent |= !change.lazy();
      }
      if (!group.isEmpty() && !dirty) {
        dirty = true;
        lazySince = System.nanoTime();
      }
      group.clear();
      boolean due =
          dirty && System.nanoTime() - lazySince > TimeUnit.MILLISECONDS.toNanos(LAZY_MILLIS);
      if (urgent || due || dirty && closing) {
        dirty = !commit(results);
      } else {
        results.forEach(r -> r.tell().run());
      }
      if (closing && queue.isEmpty()) {
        return;
      }
    }
  }

  /** What to tell the caller once the group is durable. */
  private record Result(CompletableFuture<?> done, Runnable tell) {}

  private static <T> Result apply(Change<T> change) {
    try {
      T result = change.work().get();
      return new Result(change.done(), () -> change.done().complete(result));
    } catch (RuntimeException e) {
      return new Result(change.done(), () -> change.done().completeExceptionally(e));
    }
  }

  private boolean commit(List<Result> results) {
    try {
      mv.commit();
      if (powerDurable) {
        mv.sync();
      }
      commits++;
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "the router's store cannot write: check the disk; nothing more is accepted",
          e);
      closing = true;
      results.forEach(
          r ->
              r.done()
                  .completeExceptionally(new RejectedExecutionException("the store cannot write")));
      return false;
    }
    results.forEach(r -> r.tell().run());
    return true;
  }

  /** Writes what is queued and closes the file. */
  @Override
  public void close() {
    closing = true;
    queue.offer(new Change<>(() -> null, new CompletableFuture<>(), true)); // wakes the thread
    boolean interrupted = false;
    while (committer.isAlive()) {
      try {
        committer.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    mv.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
