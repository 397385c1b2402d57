package io.bellgate.gateway.router;

import io.bellgate.api.ops.Gone;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.gateway.router.protect.SendKeys;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Sends the outbox of one destination: in order of priority, then of acceptance; many in flight;
 * each until it is acknowledged. What waits for one key or one sink has numbers of a series of its
 * own, so that it holds up, and leaves gaps in, nothing else.
 *
 * <p>One thread sends; answers come on the session's threads. A message stays in the durable outbox
 * until the peer says that it is stored there. A retransmission sends the identical octets; a key
 * that the peer does not know is dropped and the message protected again under a new one.
 */
final class Forwarder implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Forwarder.class.getName());
  private static final long IDLE_MILLIS = 1_000;
  private static final long RETRY_MILLIS = 50;
  private static final long DRY_MILLIS = 200;
  private static final long BUSY_MILLIS = 250;
  private static final int MOST_DOUBLINGS = 8;

  private final String peer;
  private final Store store;
  private final Table<Long> outbox;
  private final Surroundings around;
  private final Protector protector;
  private final Counters counters;
  private final Numbers numbers;
  private final Semaphore window;
  private final Lanes lanes = new Lanes(System::nanoTime);
  private final NavigableSet<Long> unacknowledged = new ConcurrentSkipListSet<>();

  /** Which series a lane numbers in; of the store's thread. */
  private final Map<Lanes.Lane, Integer> series = new HashMap<>();

  private final Map<Long, SendKeys.Sealed> sealed = new ConcurrentHashMap<>();

  /** How often the peer would not have a message as it was protected. */
  private final Map<Long, Integer> protectedInVain = new ConcurrentHashMap<>();

  private final Bell bell = new Bell();
  private final Thread thread;
  private final Greeting greeting;
  private volatile boolean stopped;
  private volatile String holdUp = "";

  Forwarder(
      String peer,
      Store store,
      Surroundings around,
      Protector protector,
      Counters counters,
      Epoch epoch,
      int inFlight) {
    this.peer = peer;
    this.store = store;
    this.outbox = store.numbered("out." + peer);
    this.around = around;
    this.protector = protector;
    this.counters = counters;
    this.numbers = new Numbers(peer, epoch);
    this.greeting = new Greeting(peer, numbers);
    this.window = new Semaphore(inFlight);
    outbox.forEach(
        (transfer, octets) -> {
          Item item = Item.decode(octets);
          series.put(Lanes.Lane.of(item), Series.of(transfer));
          enqueue(transfer, item);
        });
    thread = new Thread(this::loop, "router-to-" + peer);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Numbers a message, and announces the number before it is durable, so that no low-water mark can
   * pass it. On the store's thread.
   */
  long number(Item item) {
    long transfer = numbers.next(series(Lanes.Lane.of(item)));
    unacknowledged.add(transfer);
    return transfer;
  }

  /**
   * The lane's own series; or one of which nothing waits any more. Where more kinds wait than there
   * are series, two share one.
   */
  private int series(Lanes.Lane lane) {
    Integer own = series.get(lane);
    if (own == null) {
      Optional<Integer> free =
          Series.ALL.stream()
              .filter(s -> !series.containsValue(s))
              .findFirst()
              .or(() -> Series.ALL.stream().filter(s -> first(s) == null).findFirst());
      own = free.orElse(Math.floorMod(lane.hashCode(), Series.MOST));
      series.values().remove(free.orElse(-1));
      free.ifPresent(s -> series.put(lane, s));
    }
    return own;
  }

  /** The lowest number of a series that is not acknowledged, or null. */
  private Long first(int of) {
    Long first = unacknowledged.ceiling(Series.transfer(of, 0));
    return first == null || Series.of(first) != of ? null : first;
  }

  /** Takes a message that is durable in the outbox. */
  void enqueue(long transfer, Item item) {
    unacknowledged.add(transfer);
    lanes.put(new Lanes.Waiting(Lanes.Lane.of(item), transfer));
    wake();
  }

  int size() {
    return unacknowledged.size();
  }

  boolean full(Limit limit) {
    return limit.reached(outbox);
  }

  int inFlight() {
    return unacknowledged.size() - lanes.size();
  }

  String holdUp() {
    return unacknowledged.isEmpty() ? "" : holdUp;
  }

  void wake() {
    bell.ring();
  }

  private void loop() {
    while (!stopped) {
      try {
        step();
      } catch (InterruptedException e) {
        return;
      } catch (Gone e) {
        holdUp = e.getMessage();
        pause(RETRY_MILLIS);
      } catch (RuntimeException | LinkageError e) {
        // a LinkageError comes of a library or service that is half swapped, and passes like one
        LOG.log(System.Logger.Level.ERROR, "sending to " + peer + " failed, will go on", e);
        pause(IDLE_MILLIS);
      }
    }
  }

  private void pause(long millis) {
    try {
      bell.await(millis);
    } catch (InterruptedException e) {
      stopped = true;
    }
  }

  private void step() throws InterruptedException {
    Optional<PeerSession> session = around.session(peer).filter(PeerSession::alive);
    if (session.isEmpty()) {
      holdUp = "not connected to " + peer;
      bell.await(IDLE_MILLIS);
      return;
    }
    String failure = greeting.over(session.get());
    if (!failure.isEmpty()) {
      holdUp = failure;
      bell.await(RETRY_MILLIS);
      return;
    }
    protector.observe();
    if (!window.tryAcquire(IDLE_MILLIS, TimeUnit.MILLISECONDS)) {
      return;
    }
    boolean sent = false;
    try {
      Lanes.Waiting next = lanes.take();
      sent = next != null && sendOrKeep(session.get(), next);
    } finally {
      if (!sent) {
        window.release();
      }
    }
    if (!sent) {
      bell.await(unacknowledged.isEmpty() ? IDLE_MILLIS : DRY_MILLIS);
    }
  }

  private boolean sendOrKeep(PeerSession session, Lanes.Waiting next) {
    try {
      return send(session, next);
    } catch (RuntimeException | LinkageError e) {
      lanes.back(next, 0); // nothing was sent: the pool is being swapped, for example
      throw e;
    }
  }

  private long lowWater(int of) {
    // in this order: a transfer is announced before the counter passes it
    long next = numbers.upcoming(of);
    Long first = first(of);
    return first == null ? next : first;
  }

  /** Returns true if an answer will come. */
  private boolean send(PeerSession session, Lanes.Waiting next) {
    byte[] octets = outbox.get(next.transfer());
    if (octets == null) {
      unacknowledged.remove(next.transfer());
      lanes.done(next, true);
      return false;
    }
    Item item = Item.decode(octets);
    Optional<SendKeys.Sealed> known = Optional.ofNullable(sealed.get(next.transfer()));
    Optional<SendKeys.Sealed> message =
        known.isPresent() ? known : protector.protect(next.transfer(), item);
    if (message.isEmpty()) {
      holdUp = "no key for " + item.acceptable() + " with " + peer;
      lanes.back(next, DRY_MILLIS);
      return false;
    }
    SendKeys.Sealed sent = message.get();
    sealed.put(next.transfer(), sent);
    holdUp = "";
    session
        .request(
            Wire.SERVICE,
            new Wire.Request(next.transfer(), lowWater(Series.of(next.transfer())), sent.octets())
                .encode())
        .whenComplete((answer, failure) -> answered(next, item, sent, answer, failure));
    return true;
  }

  private void answered(
      Lanes.Waiting which, Item item, SendKeys.Sealed sent, byte[] answer, Throwable failure) {
    window.release();
    try {
      Wire.Reply reply =
          failure == null
              ? Wire.Reply.decode(answer)
              : new Wire.Reply(Wire.Answer.BUSY, String.valueOf(failure.getMessage()));
      switch (reply.what()) {
        case STORED, DUPLICATE -> acknowledged(which, item, sent);
        case UNKNOWN_KEY -> {
          counters.count("protected again");
          again(which, sent);
        }
        case REFUSED -> {
          LOG.log(System.Logger.Level.WARNING, "{0} refused a message: {1}", peer, reply.text());
          counters.count("refused by peer");
          again(which, sent);
        }
        case BUSY -> {
          if (failure == null) {
            lanes.busy(which, BUSY_MILLIS);
          } else {
            lanes.back(which, RETRY_MILLIS);
          }
        }
      }
    } catch (RuntimeException | LinkageError e) {
      LOG.log(System.Logger.Level.WARNING, "an answer of " + peer + " cannot be used", e);
      lanes.back(which, RETRY_MILLIS);
    }
    wake();
  }

  /** Protects a message again under other keys: the first time at once, then ever more slowly. */
  private void again(Lanes.Waiting which, SendKeys.Sealed sent) {
    protector.drop(sent.keys());
    sealed.remove(which.transfer());
    int times = protectedInVain.merge(which.transfer(), 1, Integer::sum);
    if (times == 1) {
      lanes.back(which, 0);
    } else {
      lanes.done(which, false);
      later(which, RETRY_MILLIS << Math.min(times - 2, MOST_DOUBLINGS));
    }
  }

  private void later(Lanes.Waiting which, long millis) {
    CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              lanes.put(which);
              wake();
            });
  }

  private void acknowledged(Lanes.Waiting which, Item item, SendKeys.Sealed sent) {
    sealed.remove(which.transfer());
    protectedInVain.remove(which.transfer());
    counters.count("forwarded", item, sent.protection().word());
    store.later(() -> outbox.remove(which.transfer()));
    unacknowledged.remove(which.transfer());
    lanes.done(which, true);
  }

  /** Stops sending; what is not acknowledged stays in the outbox. */
  @Override
  public void close() {
    stopped = true;
    wake();
    window.release(); // no interrupt: it would close a file in the hands of the key pool
    greeting.cancel();
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
