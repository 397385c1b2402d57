package io.bellgate.gateway.router;

import io.bellgate.api.keys.KeyCombiner;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.keys.MemoryCombiner;
import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Intake.Acceptance;
import io.bellgate.api.message.Message;
import io.bellgate.api.message.MessageId;
import io.bellgate.api.message.Sink;
import io.bellgate.api.peer.PeerFailure;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.peer.PeerStream;
import io.bellgate.api.policy.Decision;
import io.bellgate.api.policy.Policy;
import io.bellgate.api.policy.Protection;
import io.bellgate.api.policy.Snapshot;
import io.bellgate.gateway.router.protect.FakePool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * Alice and bob in one virtual machine: real stores in a folder, a scripted line between them, a
 * fake pool and a fake sink.
 */
final class TwoRouters implements AutoCloseable {
  final FakePool alicePool = new FakePool();
  final FakePool bobPool = new FakePool();
  final List<Delivery> delivered = new ArrayList<>();
  final Counters aliceCounters = new Counters();
  final Counters bobCounters = new Counters();

  /**
   * What the line does to a request on its way to bob; null drops the connection before it arrives.
   */
  volatile UnaryOperator<byte[]> line = octets -> octets;

  /** True: the first answer to each message is lost after bob handled it. */
  volatile boolean loseFirstAnswers;

  private final java.util.Set<Long> lost = java.util.concurrent.ConcurrentHashMap.newKeySet();

  volatile boolean poolAbsent;
  volatile boolean combinerAbsent;
  volatile boolean sinkFails;
  volatile boolean sinkAbsent;

  /** True: whoever uses a sink or alice's pool meets a class that is not there (any more). */
  volatile boolean halfSwapped;

  final AtomicInteger linkageErrors = new AtomicInteger();
  volatile List<Protection> acceptable = List.of(Protection.PQC);
  volatile Decision.Otherwise otherwise = Decision.Otherwise.HOLD;
  volatile String ruleSet = "rules-1";
  volatile String rule = "all";

  /** How long things take. */
  volatile LongSupplier nanos = System::nanoTime;

  private final Path folder;
  private volatile PeerSession session;

  /** Printed by a test that fails, so that its distances can be drawn again. */
  final long seed = 20261125;

  private final Random random = new Random(seed);
  private Traffic alice;
  private Traffic bob;

  TwoRouters(Path folder) {
    this.folder = folder;
    bob = open("bob", bobPool);
    alice = open("alice", alicePool);
  }

  Traffic alice() {
    return alice;
  }

  void connect() {
    session = new Line();
    alice.wake();
  }

  void disconnect() {
    session = null;
  }

  void restartAlice() {
    alice.close();
    alice = open("alice", alicePool);
  }

  /** Alice's folder as it is now, put aside. */
  void backUpAlice() {
    alice.close();
    copy(folder.resolve("alice"), folder.resolve("backup"));
    alice = open("alice", alicePool);
  }

  /** Alice begins anew with what was put aside, or with nothing. */
  void restoreAlice() {
    alice.close();
    copy(folder.resolve("backup"), folder.resolve("alice"));
    alice = open("alice", alicePool);
  }

  private static void copy(Path from, Path to) {
    Path name = Path.of("router.journal");
    try {
      Files.createDirectories(to);
      Files.deleteIfExists(to.resolve(name));
      if (Files.exists(from.resolve(name))) {
        Files.copy(from.resolve(name), to.resolve(name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void restartBob() {
    bob.close();
    bob = open("bob", bobPool);
    if (session != null) {
      connect();
    }
  }

  private Traffic open(String site, FakePool pool) {
    return new Traffic(
        settings(site),
        new Around(site, pool),
        site.equals("alice") ? aliceCounters : bobCounters,
        InstantSource.system(),
        () -> nanos.getAsLong(),
        random);
  }

  private Settings settings(String site) {
    Map<String, Object> values =
        Map.of(
            "site",
            site,
            "folder",
            folder.resolve(site).toString(),
            "power_durable",
            false,
            "messages_per_key",
            10,
            "nodes_most",
            4,
            "in_flight_messages",
            8,
            "outbox_mebioctets",
            1);
    return (Settings)
        Proxy.newProxyInstance(
            Settings.class.getClassLoader(),
            new Class<?>[] {Settings.class},
            (p, m, a) -> values.getOrDefault(m.getName(), m.getDefaultValue()));
  }

  static Message message(String node, long sequence) {
    return message(node, sequence, ("{\"seq\":" + sequence + "}").getBytes(StandardCharsets.UTF_8));
  }

  static Message message(String node, long sequence, byte[] payload) {
    Flow flow =
        new Flow(
            Map.of(
                Flow.NODE,
                node,
                Flow.RESOURCE,
                "pressure",
                Flow.DATA_CLASS,
                "process",
                Flow.INGRESS,
                "none"));
    return new Message(new MessageId(node, sequence), flow, payload, Instant.EPOCH);
  }

  Acceptance offer(String node, long sequence) {
    return alice.offer(message(node, sequence)).toCompletableFuture().join();
  }

  Acceptance offer(String node, long sequence, byte[] payload) {
    return alice.offer(message(node, sequence, payload)).toCompletableFuture().join();
  }

  void fill(int keys) {
    FakePool.fill(alicePool, bobPool, KeyOrigin.Kind.PQC, keys);
    alice.wake();
  }

  List<Delivery> delivered() {
    synchronized (delivered) {
      return List.copyOf(delivered);
    }
  }

  /** Waits for a condition with a generous hang limit. */
  static void await(BooleanSupplier condition, String what) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("did not happen: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }

  @Override
  public void close() {
    alice.close();
    bob.close();
  }

  private final class Around implements Surroundings, Policy, Sink {
    private final String site;
    private final FakePool pool;

    Around(String site, FakePool pool) {
      this.site = site;
      this.pool = pool;
    }

    @Override
    public Optional<Policy> policy() {
      return Optional.of(this);
    }

    @Override
    public Optional<KeyPool> pool() {
      linked();
      return poolAbsent ? Optional.empty() : Optional.of(pool);
    }

    @Override
    public Optional<KeyCombiner> combiner() {
      return combinerAbsent ? Optional.empty() : Optional.of(new MemoryCombiner());
    }

    @Override
    public Optional<PeerSession> session(String peer) {
      return site.equals("alice") ? Optional.ofNullable(session) : Optional.empty();
    }

    private void linked() {
      if (halfSwapped) {
        linkageErrors.incrementAndGet();
        throw new NoClassDefFoundError("a class of the version that left");
      }
    }

    @Override
    public Optional<Sink> sink(String name) {
      return sinkAbsent ? Optional.empty() : Optional.of(this);
    }

    @Override
    public void wanted(String peer, KeyOrigin.Kind kind) {
      aliceCounters.count("wanted " + kind);
    }

    @Override
    public Decision decide(Flow flow, Snapshot state, Instant time) {
      int priority = flow.text(Flow.NODE).equals("urgent") ? 0 : 5;
      return new Decision.Send(rule, "bob", "file", acceptable, otherwise, priority);
    }

    @Override
    public String ruleSet() {
      return ruleSet;
    }

    @Override
    public void deliver(List<Delivery> deliveries) throws IOException {
      linked();
      if (sinkFails) {
        throw new IOException("the fake disk is full");
      }
      synchronized (delivered) {
        delivered.addAll(deliveries);
      }
    }
  }

  private final class Line implements PeerSession {
    @Override
    public Level level() {
      return Level.PQC;
    }

    @Override
    public String peer() {
      return "bob";
    }

    @Override
    public boolean initiator() {
      return true;
    }

    @Override
    public CompletionStage<byte[]> request(String service, byte[] body) {
      byte[] arriving = session == this ? line.apply(body) : null;
      if (arriving == null) {
        return CompletableFuture.failedFuture(
            new PeerFailure(PeerFailure.Reason.DISCONNECTED, "cut"));
      }
      CompletionStage<byte[]> answer = bob.arrived("alice", arriving);
      return loseFirstAnswers && lost.add(Wire.Request.decode(body).transfer())
          ? answer.thenCompose(
              a ->
                  CompletableFuture.failedFuture(
                      new PeerFailure(PeerFailure.Reason.DISCONNECTED, "answer lost")))
          : answer;
    }

    @Override
    public PeerStream open(String service) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean alive() {
      return session == this;
    }
  }
}
