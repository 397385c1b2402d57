package io.bellgate.gateway.router;

import io.bellgate.api.ops.Gone;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.gateway.router.protect.SendKeys;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends the outbox of one destination: in order of priority, then of acceptance; many in flight;
 * each until it is acknowledged. After a peer was busy some go in the order of their numbers: what
 * is urgent must not keep the peer from what it needs first.
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

  /** A peer remembers 1,024 gaps. Who has more waiting under the urgent ones closes some first. */
  private static final int CATCH_UP = 128;

  private final String peer;
  private final Store store;
  private final Table<Long> outbox;
  private final Surroundings around;
  private final Protector protector;
  private final Counters counters;
  private final Numbers numbers;
  private final Semaphore window;
  private final Lanes lanes = new Lanes();
  private final NavigableSet<Long> unacknowledged = new ConcurrentSkipListSet<>();
  private final Map<Long, SendKeys.Sealed> sealed = new ConcurrentHashMap<>();

  /** How often the peer would not have a message as it was protected. */
  private final Map<Long, Integer> protectedInVain = new ConcurrentHashMap<>();

  /** So many are sent by number, not by priority: the peer was busy, perhaps with gaps. */
  private final AtomicInteger catchingUp = new AtomicInteger();

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
    outbox.forEach((transfer, octets) -> enqueue(transfer, Item.decode(octets)));
    thread = new Thread(this::loop, "router-to-" + peer);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Numbers a message, and announces the number before it is durable, so that no low-water mark can
   * pass it. On the store's thread.
   */
  long number() {
    long transfer = numbers.next();
    unacknowledged.add(transfer);
    return transfer;
  }

  /** Takes a message that is durable in the outbox. */
  void enqueue(long transfer, Item item) {
    unacknowledged.add(transfer);
    lanes.put(new Lanes.Waiting(item.priority(), transfer, item.acceptable()));
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
    String failure = greeting.over(session.get(), lowWater());
    if (!failure.isEmpty()) {
      holdUp = failure;
      bell.await(RETRY_MILLIS);
      return;
    }
    protector.observe();
    boolean byNumber = catchingUp.get() > 0;
    Lanes.Waiting next = byNumber ? lanes.lowest() : lanes.first();
    if (next == null) {
      bell.await(unacknowledged.isEmpty() ? IDLE_MILLIS : DRY_MILLIS);
      return;
    }
    if (!window.tryAcquire(IDLE_MILLIS, TimeUnit.MILLISECONDS)) {
      return;
    }
    lanes.remove(next);
    boolean sent = false;
    try {
      sent = send(session.get(), next);
      if (sent && byNumber) {
        catchingUp.decrementAndGet();
      }
    } catch (RuntimeException | LinkageError e) {
      lanes.put(next); // nothing was sent: the pool is being swapped, for example
      throw e;
    } finally {
      if (!sent) {
        window.release();
      }
    }
  }

  private long lowWater() {
    // in this order: a transfer is announced before the counter passes it
    long next = numbers.upcoming();
    Long first = unacknowledged.ceiling(0L);
    return first == null ? next : first;
  }

  /** Returns true if an answer will come. */
  private boolean send(PeerSession session, Lanes.Waiting next) throws InterruptedException {
    byte[] octets = outbox.get(next.transfer());
    if (octets == null) {
      unacknowledged.remove(next.transfer());
      return false;
    }
    Item item = Item.decode(octets);
    Optional<SendKeys.Sealed> known = Optional.ofNullable(sealed.get(next.transfer()));
    Optional<SendKeys.Sealed> message =
        known.isPresent() ? known : protector.protect(next.transfer(), item);
    if (message.isEmpty()) {
      holdUp = "no key for " + item.acceptable() + " with " + peer;
      lanes.dry(next.acceptable(), DRY_MILLIS);
      lanes.put(next);
      return false;
    }
    SendKeys.Sealed sent = message.get();
    sealed.put(next.transfer(), sent);
    holdUp = "";
    session
        .request(
            Wire.SERVICE, new Wire.Request(next.transfer(), lowWater(), sent.octets()).encode())
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
              : new Wire.Reply(Wire.Answer.BUSY, 0, String.valueOf(failure.getMessage()));
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
            catchingUp.set(CATCH_UP);
          }
          later(which, failure == null ? BUSY_MILLIS : RETRY_MILLIS);
        }
      }
    } catch (RuntimeException | LinkageError e) {
      LOG.log(System.Logger.Level.WARNING, "an answer of " + peer + " cannot be used", e);
      later(which, RETRY_MILLIS);
    }
    wake();
  }

  /** Protects a message again under other keys: the first time at once, then ever more slowly. */
  private void again(Lanes.Waiting which, SendKeys.Sealed sent) {
    protector.drop(sent.keys());
    sealed.remove(which.transfer());
    int times = protectedInVain.merge(which.transfer(), 1, Integer::sum);
    if (times == 1) {
      lanes.put(which);
    } else {
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
