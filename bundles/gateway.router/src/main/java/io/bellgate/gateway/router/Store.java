package io.bellgate.gateway.router;

import io.bellgate.files.FolderLock;
import io.bellgate.files.OwnerOnly;
import io.bellgate.journal.Disk;
import io.bellgate.journal.Journal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The router's durable state, with group commit: one thread makes all changes, many changes share
 * one frame of a {@link Journal}. Values are in memory; the file is read when it is opened.
 *
 * <p>A change that {@link #write} took is power-durable (or process-durable, as configured) when
 * its future completes. The changes of a group are there together after a crash, or none of them.
 * Tables may be read by any thread, which then sees only what is durable; only changes write to
 * them. Once a write to the disk has failed, nothing is promised any more until the store is opened
 * again.
 */
final class Store implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Store.class.getName());
  private static final int QUEUE = 4096;
  private static final int GROUP = 1024;
  private static final int GROUP_OCTETS = 1 << 20;
  private static final long LAZY_MILLIS = 200;
  private static final long IDLE_MILLIS = 1_000;
  private static final long SMALL_OCTETS = 4 << 20;
  private static final int MOST_TIMES_HELD = 4;

  private record Change<T>(Supplier<T> work, CompletableFuture<T> done, boolean lazy) {}

  private final BlockingQueue<Change<?>> queue = new ArrayBlockingQueue<>(QUEUE);
  private final long smallOctets;
  private final FolderLock lock;
  private final Tables tables;
  private final Journal journal;
  private final Thread committer = new Thread(this::run, "router-store");
  private volatile boolean closing;
  private volatile boolean stopped;
  private volatile String failure = "";
  private volatile long commits;

  /**
   * Opens or creates the store.
   *
   * @param folder created with owner-only access if it is missing
   * @param powerDurable whether a write waits for fsync
   * @throws IllegalStateException with code BG-ROUTE-020 if the file is damaged; if another store
   *     has the folder open
   * @throws UncheckedIOException if the folder cannot be made or the file not be read
   */
  Store(Path folder, boolean powerDurable) {
    this(Disk.FILES, folder, powerDurable, SMALL_OCTETS);
  }

  /** A file of less than {@code smallOctets} is not compacted. */
  Store(Disk.Folder disk, Path folder, boolean powerDurable, long smallOctets) {
    this.smallOctets = smallOctets;
    tables = new Tables(() -> Thread.currentThread() == committer);
    try {
      OwnerOnly.folder(folder);
      lock = new FolderLock(folder.resolve("router.lock"));
    } catch (IOException e) {
      throw new UncheckedIOException("the router's folder must be writable: folder=" + folder, e);
    }
    try {
      journal = open(disk, folder.resolve("router.journal"), powerDurable);
    } catch (RuntimeException e) {
      closed(lock);
      throw e;
    }
    committer.setDaemon(true);
    committer.start();
  }

  private Journal open(Disk.Folder disk, Path file, boolean powerDurable) {
    try {
      return new Journal(disk, file, powerDurable, (payload, at) -> tables.replay(payload));
    } catch (Journal.Damaged e) {
      throw new IllegalStateException(
          "BG-ROUTE-020 "
              + e.getMessage()
              + "; look after the disk, then move the file away and lose the messages in it",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("the router's file must be readable: file=" + file, e);
    }
  }

  Table<Long> numbered(String name) {
    return tables.numbered(name);
  }

  Table<String> named(String name) {
    return tables.named(name);
  }

  List<String> names(String prefix) {
    return tables.names(prefix);
  }

  /**
   * Makes a change durable.
   *
   * @param change runs on the store's thread; if it throws, nothing that it put remains
   * @return completes when the change is durable
   * @throws RejectedExecutionException if too many changes wait, or the store is closing or failed
   */
  <T> CompletableFuture<T> write(Supplier<T> change) {
    CompletableFuture<T> done = new CompletableFuture<>();
    if (closing || stopped || !queue.offer(new Change<>(change, done, false))) {
      throw refusal();
    }
    if (stopped) {
      refuseQueued();
    }
    return done;
  }

  /**
   * Makes a change durable with the next write, or soon. Losing it in a crash must do no harm.
   * Waits while too many changes wait; does nothing once the store is closed or failed.
   */
  void later(Runnable change) {
    Supplier<Object> work =
        () -> {
          change.run();
          return null;
        };
    Change<Object> lazy = new Change<>(work, new CompletableFuture<>(), true);
    try {
      while (!stopped && !queue.offer(lazy)) {
        if (Thread.currentThread() == committer || queue.offer(lazy, 100, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  long commits() {
    return commits;
  }

  /** Why nothing is accepted any more, or an empty string. */
  String failure() {
    return failure;
  }

  private RejectedExecutionException refusal() {
    return new RejectedExecutionException(
        failure.isEmpty() ? "the store takes no more changes now" : failure);
  }

  private void refuseQueued() {
    for (Change<?> change = queue.poll(); change != null; change = queue.poll()) {
      change.done().completeExceptionally(refusal());
    }
  }

  private void run() {
    long changedNanos = 0;
    while (failure.isEmpty() && !(closing && queue.isEmpty())) {
      boolean clean = tables.unchanged();
      Group group = new Group();
      group.fill(next(clean ? IDLE_MILLIS : LAZY_MILLIS));
      changedNanos = clean ? System.nanoTime() : changedNanos;
      boolean due = System.nanoTime() - changedNanos > TimeUnit.MILLISECONDS.toNanos(LAZY_MILLIS);
      group.finish(due);
    }
    if (failure.isEmpty()) {
      new Group().finish(true);
    }
    stopped = true;
    refuseQueued();
  }

  private Change<?> next(long millis) {
    try {
      return queue.poll(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException nobodyDoesThis) {
      closing = true;
      return null;
    }
  }

  /** Changes that become durable together, and what to tell their callers then. */
  private final class Group {
    private final List<Runnable> tell = new ArrayList<>();
    private final List<CompletableFuture<?>> waiting = new ArrayList<>();

    void fill(Change<?> first) {
      Change<?> change = first;
      for (int i = 1; change != null; i++) {
        apply(change);
        change = i < GROUP && tables.changedOctets() < GROUP_OCTETS ? queue.poll() : null;
      }
    }

    private <T> void apply(Change<T> change) {
      try {
        T result = change.work().get();
        tables.keep();
        if (!change.lazy()) {
          tell.add(() -> change.done().complete(result));
          waiting.add(change.done());
        }
      } catch (RuntimeException | Error e) {
        tables.takeBack();
        change.done().completeExceptionally(e);
        if (change.lazy()) {
          LOG.log(System.Logger.Level.WARNING, "a change to the router's store failed", e);
        }
      }
    }

    /** Commits if somebody waits for it, or it is time. */
    void finish(boolean due) {
      try {
        if ((due || !waiting.isEmpty()) && !tables.unchanged()) {
          journal.commit(tables.changes());
          tables.publish();
          commits = commits + 1;
        }
        tell.forEach(Runnable::run);
        waiting.clear();
        if (journal.size() > Math.max(smallOctets, MOST_TIMES_HELD * tables.heldOctets())
            && tables.unchanged()) {
          journal.rewrite(tables::snapshot);
        }
      } catch (IOException | RuntimeException | Error e) {
        fail(e);
      }
    }

    private void fail(Throwable cause) {
      LOG.log(System.Logger.Level.ERROR, "the router's store stops", cause);
      failure =
          "BG-ROUTE-021 the router's store cannot write, nothing more is accepted: cause="
              + cause.getMessage()
              + "; look after the disk, then restart the bundle";
      waiting.forEach(done -> done.completeExceptionally(refusal()));
    }
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
    closed(journal);
    closed(lock);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closed(java.io.Closeable file) {
    try {
      file.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "closing the router's store", e);
    }
  }
}
