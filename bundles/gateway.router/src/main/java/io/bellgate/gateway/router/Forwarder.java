package io.bellgate.gateway.router;

import io.bellgate.api.ops.Gone;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.policy.Protection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends the outbox of one destination: in order of priority, then of acceptance; many in flight;
 * each until it is acknowledged.
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

  /**
   * Messages that wait are kept by what they accept, so that those that want a key there is none of
   * hold up no others.
   */
  private record Waiting(int priority, long transfer, List<Protection> acceptable)
      implements Comparable<Waiting> {
    @Override
    public int compareTo(Waiting other) {
      return priority != other.priority
          ? Integer.compare(priority, other.priority)
          : Long.compare(transfer, other.transfer);
    }
  }

  private final String peer;
  private final Store store;
  private final Table<Long> outbox;
  private final Surroundings around;
  private final SendKeys keys;
  private final Counters counters;
  private final Epoch epoch;
  private final Numbers numbers;
  private final Semaphore window;
  private final Map<List<Protection>, NavigableSet<Waiting>> waiting = new ConcurrentHashMap<>();
  private final Map<List<Protection>, Long> dryUntilNanos = new ConcurrentHashMap<>();
  private final NavigableSet<Long> unacknowledged = new ConcurrentSkipListSet<>();
  private final Map<Long, SendKeys.Sealed> sealed = new ConcurrentHashMap<>();
  private final Bell bell = new Bell();
  private final Thread thread;
  private PeerSession greeted;
  private volatile CompletableFuture<byte[]> greeting = new CompletableFuture<>();
  private volatile boolean stopped;
  private volatile String holdUp = "";

  Forwarder(
      String peer,
      Store store,
      Surroundings around,
      SendKeys keys,
      Counters counters,
      Epoch epoch,
      int inFlight) {
    this.peer = peer;
    this.store = store;
    this.outbox = store.numbered("out." + peer);
    this.around = around;
    this.keys = keys;
    this.counters = counters;
    this.epoch = epoch;
    this.numbers = new Numbers(peer, epoch);
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
    put(new Waiting(item.priority(), transfer, item.acceptable()));
    wake();
  }

  private void put(Waiting message) {
    waiting.computeIfAbsent(message.acceptable(), a -> new ConcurrentSkipListSet<>()).add(message);
  }

  /** The first message that has a chance now, or null. */
  private Waiting first() {
    Waiting first = null;
    for (Map.Entry<List<Protection>, NavigableSet<Waiting>> lane : waiting.entrySet()) {
      Long until = dryUntilNanos.get(lane.getKey());
      boolean dry = until != null && System.nanoTime() - until < 0;
      Waiting head = dry || lane.getValue().isEmpty() ? null : lane.getValue().first();
      if (head != null && (first == null || head.compareTo(first) < 0)) {
        first = head;
      }
    }
    return first;
  }

  int size() {
    return unacknowledged.size();
  }

  boolean full(Limit limit) {
    return limit.reached(outbox);
  }

  int inFlight() {
    return unacknowledged.size() - waiting.values().stream().mapToInt(NavigableSet::size).sum();
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
    if (session.get() != greeted && !greet(session.get())) {
      bell.await(RETRY_MILLIS);
      return;
    }
    Waiting next = first();
    if (next == null) {
      bell.await(unacknowledged.isEmpty() ? IDLE_MILLIS : DRY_MILLIS);
      return;
    }
    if (!window.tryAcquire(IDLE_MILLIS, TimeUnit.MILLISECONDS)) {
      return;
    }
    waiting.get(next.acceptable()).remove(next);
    boolean sent = false;
    try {
      sent = send(session.get(), next);
    } catch (RuntimeException | LinkageError e) {
      put(next); // nothing was sent: the pool is being swapped, for example
      throw e;
    } finally {
      if (!sent) {
        window.release();
      }
    }
  }

  /**
   * Compares high-water marks: a peer that has seen more than this store ever sent remembers a
   * newer store.
   */
  private boolean greet(PeerSession session) throws InterruptedException {
    try {
      greeting =
          session
              .request(Wire.SERVICE, new Wire.Request(-1, lowWater(), new byte[0]).encode())
              .toCompletableFuture();
      byte[] answer = greeting.get(5, TimeUnit.SECONDS);
      Wire.Reply reply = Wire.Reply.decode(answer);
      if (reply.what() != Wire.Answer.STORED) {
        holdUp = peer + " does not take the greeting: " + reply.text();
        return false;
      }
      if (numbers.greeted(reply.number())) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the outbox is older than {0} remembers (restored from a backup?): numbering goes on above {1}",
            peer,
            reply.number());
      }
      greeted = session;
      return true;
    } catch (CancellationException | ExecutionException | TimeoutException | Malformed e) {
      holdUp = "greeting " + peer + " failed: " + e.getMessage();
      return false;
    }
  }

  private long lowWater() {
    // in this order: a transfer is announced before the counter passes it
    long next = numbers.upcoming();
    Long first = unacknowledged.ceiling(0L);
    return first == null ? next : first;
  }

  /** Returns true if an answer will come. */
  private boolean send(PeerSession session, Waiting next) throws InterruptedException {
    byte[] octets = outbox.get(next.transfer());
    if (octets == null) {
      unacknowledged.remove(next.transfer());
      return false;
    }
    Item item = Item.decode(octets);
    SendKeys.Sealed message = sealed.get(next.transfer());
    if (message == null) {
      message = seal(next.transfer(), item);
      if (message == null) {
        holdUp = "no key for " + item.acceptable() + " with " + peer;
        dryUntilNanos.put(
            next.acceptable(), System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DRY_MILLIS));
        put(next);
        return false;
      }
      sealed.put(next.transfer(), message);
    }
    holdUp = "";
    SendKeys.Sealed sent = message;
    session
        .request(
            Wire.SERVICE, new Wire.Request(next.transfer(), lowWater(), message.octets()).encode())
        .whenComplete((answer, failure) -> answered(next, item, sent, answer, failure));
    return true;
  }

  private SendKeys.Sealed seal(long transfer, Item item) {
    Item plain =
        new Item(
            item.message(),
            item.site(),
            item.sink(),
            item.rule(),
            item.priority(),
            List.of(),
            Map.of());
    for (Protection protection : item.acceptable()) {
      Optional<SendKeys.Sealed> result =
          keys.seal(protection, epoch.number(), transfer, plain.encode());
      if (result.isPresent()) {
        counters.decided(
            item.message().id()
                + " rule="
                + item.rule()
                + " -> "
                + peer
                + " "
                + protection.word()
                + " key="
                + result.get().key()
                + " origin="
                + result.get().origin());
        return result.get();
      }
    }
    return null;
  }

  private void answered(
      Waiting which, Item item, SendKeys.Sealed sent, byte[] answer, Throwable failure) {
    window.release();
    try {
      Wire.Reply reply =
          failure == null
              ? Wire.Reply.decode(answer)
              : new Wire.Reply(Wire.Answer.BUSY, 0, String.valueOf(failure.getMessage()));
      switch (reply.what()) {
        case STORED, DUPLICATE -> acknowledged(which, item, sent);
        case UNKNOWN_KEY -> {
          keys.drop(sent.key());
          sealed.remove(which.transfer());
          counters.count("protected again");
          put(which);
        }
        case REFUSED -> {
          LOG.log(System.Logger.Level.WARNING, "{0} refused a message: {1}", peer, reply.text());
          counters.count("refused by peer");
          keys.drop(sent.key());
          sealed.remove(which.transfer());
          later(which, RETRY_MILLIS);
        }
        case BUSY -> later(which, failure == null ? BUSY_MILLIS : RETRY_MILLIS);
      }
    } catch (RuntimeException | LinkageError e) {
      LOG.log(System.Logger.Level.WARNING, "an answer of " + peer + " cannot be used", e);
      later(which, RETRY_MILLIS);
    }
    wake();
  }

  private void later(Waiting which, long millis) {
    CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              put(which);
              wake();
            });
  }

  private void acknowledged(Waiting which, Item item, SendKeys.Sealed sent) {
    sealed.remove(which.transfer());
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
    greeting.cancel(true);
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
