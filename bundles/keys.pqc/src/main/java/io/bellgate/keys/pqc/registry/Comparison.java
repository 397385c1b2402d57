package io.bellgate.keys.pqc.registry;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Measures names that are in use, each once, later and at the lowest priority. Thread safe. */
final class Comparison {
  /** Processor time for one operation of one provider. */
  static final long MILLIS = 60;

  private static final long LATER_SECONDS = 30;

  private final Consumer<String> measure;
  private final Set<String> wanted = ConcurrentHashMap.newKeySet();
  private volatile ScheduledExecutorService thread;

  Comparison(Consumer<String> measure) {
    this.measure = measure;
  }

  void start() {
    thread =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread made = new Thread(work, "keys.pqc.measure");
              made.setDaemon(true);
              made.setPriority(Thread.MIN_PRIORITY);
              return made;
            });
  }

  void wanted(String name) {
    ScheduledExecutorService now = thread;
    if (now != null && wanted.add(name)) {
      try {
        now.schedule(() -> measure.accept(name), LATER_SECONDS, TimeUnit.SECONDS);
      } catch (RejectedExecutionException stopping) {
        wanted.remove(name);
      }
    }
  }

  void stop() {
    ScheduledExecutorService now = thread;
    if (now != null) {
      now.shutdownNow();
    }
  }
}
