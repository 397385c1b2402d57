package io.bellgate.gateway.router;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Sink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hands messages to sinks: one thread per sink, in rising order of number, until the sink has them
 * durably. While a sink is absent its messages wait.
 */
final class Deliveries implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Deliveries.class.getName());
  private static final int BATCH = 256;
  private static final long IDLE_MILLIS = 1_000;
  private static final long ABSENT_MILLIS = 100;
  private static final int MOST_LANES = 16;

  private final Store store;
  private final Surroundings around;
  private final Counters counters;
  private final Epoch epoch;
  private final Limit limit;
  private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
  private volatile boolean stopped;

  Deliveries(Store store, Surroundings around, Counters counters, Epoch epoch, Limit limit) {
    this.store = store;
    this.around = around;
    this.counters = counters;
    this.epoch = epoch;
    this.limit = limit;
    store.names("in.").forEach(this::lane);
  }

  /**
   * Whether nothing more can wait for a sink. Each lane has a share of its own, what others leave
   * is for all; so one sink that is absent does not hold up the others. On the store's thread.
   */
  boolean full(String sink) {
    List<Table<Long>> inUse =
        store.names("in.").stream()
            .map(name -> store.numbered("in." + name))
            .filter(queue -> queue.size() > 0)
            .toList();
    if (inUse.stream().noneMatch(queue -> queue.name.equals("in." + sink))) {
      return inUse.size() >= MOST_LANES && around.sink(sink).isEmpty();
    }
    Table<Long> own = store.numbered("in." + sink);
    long all = inUse.stream().mapToLong(Table::heldOctets).sum();
    return own.size() >= limit.messages()
        || all >= limit.octets() && own.heldOctets() >= limit.octets() / MOST_LANES;
  }

  /** Numbers a message and puts it in its sink's lane. On the store's thread. */
  void put(Item item) {
    store.numbered("in." + item.sink()).put(epoch.nextDelivery(), item.encode());
  }

  void wake(String sink) {
    lane(sink).wake();
  }

  private Lane lane(String sink) {
    return lanes.computeIfAbsent(sink, Lane::new);
  }

  Map<String, Object> waiting() {
    Map<String, Object> waiting = new TreeMap<>();
    lanes.forEach((sink, lane) -> waiting.put(sink, lane.waiting()));
    return waiting;
  }

  /** Stops; what was not delivered stays stored. */
  @Override
  public void close() {
    stopped = true;
    lanes.values().forEach(Lane::close);
  }

  private final class Lane {
    private final String name;
    private final Table<Long> queue;
    private final Bell bell = new Bell();
    private final Thread thread;
    private volatile long delivered;

    Lane(String name) {
      this.name = name;
      this.queue = store.numbered("in." + name);
      thread = new Thread(this::loop, "router-sink-" + name);
      thread.setDaemon(true);
      thread.start();
    }

    void wake() {
      bell.ring();
    }

    int waiting() {
      Long first = queue.higherKey(delivered);
      return first == null ? 0 : queue.size();
    }

    private void loop() {
      while (!stopped) {
        try {
          if (!step()) {
            bell.await(IDLE_MILLIS);
          }
        } catch (InterruptedException e) {
          return;
        } catch (IOException | RuntimeException | LinkageError e) {
          // a LinkageError comes of a sink that is half swapped, and passes like its absence
          LOG.log(
              System.Logger.Level.WARNING,
              "sink {0} did not take messages, they are kept: {1}",
              name,
              e);
          pause();
        }
      }
    }

    private void pause() {
      try {
        bell.await(IDLE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private boolean step() throws IOException, InterruptedException {
      List<Delivery> batch = new ArrayList<>();
      for (Long n = queue.higherKey(delivered);
          n != null && batch.size() < BATCH;
          n = queue.higherKey(n)) {
        byte[] octets = queue.get(n);
        if (octets != null) {
          Item item = Item.decode(octets);
          batch.add(new Delivery(n, item.message(), item.site(), item.evidence()));
        }
      }
      if (batch.isEmpty()) {
        return false;
      }
      Optional<Sink> sink = around.sink(name);
      if (sink.isEmpty()) {
        bell.await(ABSENT_MILLIS);
        return true;
      }
      sink.get().deliver(batch);
      long last = batch.get(batch.size() - 1).number();
      delivered = last;
      batch.forEach(
          d ->
              counters.count(
                  "delivered/" + d.evidence().get("class") + "/" + d.evidence().get("protection")));
      batch.forEach(d -> counters.count("delivered"));
      store.later(() -> batch.forEach(d -> queue.remove(d.number())));
      return true;
    }

    /** Without an interrupt: it would close a file or socket in the hands of a sink. */
    private void close() {
      wake();
      try {
        thread.join(5_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
