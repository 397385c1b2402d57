package io.bellgate.keys.pool.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The one thread that touches the {@link Ledger}. Callers wait for it; calls that came together
 * share one commit and one fsync. It is a thread of its own also because an interrupt of a caller
 * inside file access would close the file for everybody (java.nio.channels.InterruptibleChannel).
 */
final class StorageThread {
  private static final int MOST_CALLS_PER_COMMIT = 256;

  private final BlockingQueue<Call<?>> queue = new LinkedBlockingQueue<>();
  private final Ledger ledger;
  private final Consumer<Ledger> afterwards;
  private final Thread thread;
  private volatile boolean stopping;
  private volatile boolean clean;
  private volatile String failure = "";

  /**
   * Starts.
   *
   * @param ledger owned by the thread from now on
   * @param afterwards publishes what the ledger says, after each batch and before its callers go on
   */
  StorageThread(Ledger ledger, Consumer<Ledger> afterwards) {
    this.ledger = ledger;
    this.afterwards = afterwards;
    this.thread = new Thread(this::run, "keys.pool storage");
    thread.setDaemon(true);
    thread.start();
  }

  /** One call and who waits for it. */
  private static final class Call<T> {
    final Function<Ledger, T> work;
    final CompletableFuture<T> answer = new CompletableFuture<>();
    private T value;

    Call(Function<Ledger, T> work) {
      this.work = work;
    }

    void run(Ledger ledger) {
      value = work.apply(ledger);
    }

    void done() {
      answer.complete(value);
    }
  }

  /** Why storage stopped, or an empty string. */
  String failure() {
    return failure;
  }

  /**
   * Runs work on the thread and waits until its changes are durable. An interrupt does not end the
   * wait: the key is gone from the pool by then.
   *
   * @throws IllegalStateException if storage failed or has stopped
   */
  <T> T call(Function<Ledger, T> work) {
    Call<T> call = new Call<>(work);
    queue.add(call);
    if (stopping || !failure.isEmpty()) {
      refuseQueued();
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return call.answer.get();
        } catch (InterruptedException later) {
          interrupted = true;
        } catch (ExecutionException failed) {
          throw failed.getCause() instanceof RuntimeException reason
              ? reason
              : new IllegalStateException(failed.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    List<Call<?>> batch = new ArrayList<>();
    while (!stopping && failure.isEmpty()) {
      try {
        Call<?> first = queue.poll(1, TimeUnit.SECONDS);
        batch.add(first != null ? first : new Call<Void>(StorageThread::sweep));
        queue.drainTo(batch, MOST_CALLS_PER_COMMIT);
        serve(batch);
        if (first == null) {
          afterwards.accept(ledger); // rates fall while nothing happens
        }
      } catch (InterruptedException ignored) {
        // nobody but stop() ends this thread
      } catch (Throwable broken) { // an error, too: who waits must learn it
        failure = String.valueOf(broken);
        batch.forEach(c -> c.answer.completeExceptionally(stopped()));
      }
      batch.clear();
    }
    refuseQueued();
    try {
      ledger.close(clean && failure.isEmpty());
    } catch (IOException broken) {
      System.getLogger(StorageThread.class.getName())
          .log(System.Logger.Level.WARNING, "closing the pool's file", broken);
    }
  }

  private static Void sweep(Ledger ledger) {
    ledger.sweep();
    return null;
  }

  private void serve(List<Call<?>> batch) {
    List<Call<?>> waiting = new ArrayList<>();
    long before = ledger.changes();
    for (Call<?> call : batch) {
      try {
        call.run(ledger);
        if (ledger.changes() == before) {
          call.done();
        } else {
          // it changed something, or saw a change that is not durable yet
          waiting.add(call);
        }
      } catch (RuntimeException failed) {
        call.answer.completeExceptionally(failed);
      }
    }
    if (ledger.changes() != before) {
      commit(waiting);
    }
  }

  private void commit(List<Call<?>> waiting) {
    try {
      ledger.commit();
      afterwards.accept(ledger);
      waiting.forEach(Call::done);
    } catch (IOException | RuntimeException failed) {
      failure = String.valueOf(failed.getMessage());
      IllegalStateException stopped = stopped();
      stopped.initCause(failed);
      waiting.forEach(c -> c.answer.completeExceptionally(stopped));
    }
  }

  private IllegalStateException stopped() {
    return new IllegalStateException(
        "the pool gives nothing out unless it can record it: failure="
            + (failure.isEmpty() ? "stopped" : failure)
            + "; check the disk, then restart the bundle");
  }

  private void refuseQueued() {
    for (Call<?> call = queue.poll(); call != null; call = queue.poll()) {
      call.answer.completeExceptionally(stopped());
    }
  }

  /**
   * Finishes the batch at work, closes the ledger, refuses the rest.
   *
   * @param runEnds whether the run ends here
   */
  void stop(boolean runEnds) {
    clean = runEnds;
    stopping = true;
    queue.add(new Call<Void>(l -> null));
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException later) {
        interrupted = true;
      }
    }
    refuseQueued();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
