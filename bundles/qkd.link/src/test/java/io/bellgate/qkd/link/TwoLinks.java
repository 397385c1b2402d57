package io.bellgate.qkd.link;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.keys.MemoryPool;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.api.peer.PeerFailure;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.peer.PeerStream;
import io.bellgate.api.qkd.FakeFibre;
import io.bellgate.api.qkd.Plan;
import io.bellgate.api.qkd.QkdProtocol;
import io.bellgate.api.qkd.QuantumChannel;
import io.bellgate.api.qkd.Reconciler;
import io.bellgate.api.qkd.Role;
import io.bellgate.qkd.link.channel.Frame;
import io.bellgate.qkd.link.distill.Budget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Two ends of a link, each with its pool and its thread, and a line between them that obeys. */
final class TwoLinks implements AutoCloseable {
  static final long HANG_SECONDS = 60;
  private static final int TAGS = 64;

  /** What happens to one frame. */
  enum Fault {
    NONE,
    CUT,
    DROP,
    GARBLE,
    GARBLE_END,
    REPLAY,
    REORDER,
    LATE,
    KILL_ALICE,
    KILL_BOB,
    CUT_FIBRE
  }

  final FakeClock clock = new FakeClock();
  final End alice;
  final End bob;
  final FakeFibre.Light light;
  private final long seed;
  private FakeFibre fibre;
  private int frames;
  private int faultAt = -1;
  private Fault fault = Fault.NONE;
  private Frame held;
  private Frame late;
  private int untilLate;
  private Frame garbled;
  private End garbledFor;

  TwoLinks(long seed, FakeFibre.Light light) {
    this.seed = seed;
    this.light = light;
    fibre = new FakeFibre(seed, light);
    alice = new End(Role.ALICE, "alice");
    bob = new End(Role.BOB, "bob");
    alice.other = bob;
    bob.other = alice;
    try (Pairing pairing = Pairing.draw(new SeededBits(seed), "alice", "bob", TAGS)) {
      pairing.deposit(alice.pool, "bob");
      pairing.deposit(bob.pool, "alice");
    }
    alice.start();
    bob.start();
  }

  static Settings settings(Role role, Duration patience) {
    Plan plan = new Plan(3_000, 0.5, 2_048, 256, 0.05, 1e-6);
    return new Settings(
        role == Role.ALICE ? "alice" : "bob",
        role == Role.ALICE ? "bob" : "alice",
        role,
        new Proposal(Proposal.Kind.BLOCK, "plain", "telling", plan, new Budget(50)),
        1 << 20,
        Duration.ZERO,
        Duration.ZERO,
        patience);
  }

  /** Lets something happen to the frame with a number, counted from the first of this object. */
  synchronized void plan(Fault what, int frame) {
    fault = what;
    faultAt = frame;
  }

  synchronized int frames() {
    return frames;
  }

  /** One end: its process would be the thread and {@link Rounds}; the pool is its disk. */
  final class End implements Surroundings {
    final Role role;
    final String site;
    final MemoryPool pool;
    RandomBits bits;
    final Tally tally = new Tally();
    final List<BlockRecord> records = new ArrayList<>();
    QkdProtocol protocol = new PlainParts.Protocol();
    End other;
    Rounds rounds;
    ExecutorService thread;
    Session session;

    End(Role role, String site) {
      this.role = role;
      this.site = site;
      pool = new MemoryPool(site, true, clock);
      bits = new SeededBits(seed * 31 + role.ordinal());
    }

    void start() {
      thread = Executors.newSingleThreadExecutor();
      rounds =
          new Rounds(
              settings(role, Duration.ofMillis(120)),
              this,
              java.time.Clock.systemUTC(),
              tally,
              this::keep);
    }

    private void keep(BlockRecord record) {
      synchronized (records) {
        records.add(record);
      }
    }

    /** As SIGKILL: nothing is said or written any more; then a new process on the same disk. */
    void kill() {
      Rounds dead = rounds;
      dead.close();
      dead.cancel();
      // what has not begun will not: whoever waits for it learns that
      for (Runnable task : thread.shutdownNow()) {
        if (task instanceof Future<?> waited) {
          waited.cancel(true);
        }
      }
      start();
    }

    void tick() throws Exception {
      Rounds now = rounds;
      try {
        Future<?> done =
            thread.submit(
                () -> {
                  now.tick();
                  return null;
                });
        done.get(HANG_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException | CancellationException | RejectedExecutionException e) {
        // killed, or given up: what counts is what the pools hold
      }
    }

    @Override
    public QuantumChannel quantum(String peer) {
      return fibre.end(role);
    }

    @Override
    public QkdProtocol protocol(String name) {
      return protocol;
    }

    @Override
    public Reconciler reconciler(String name) {
      return new PlainParts.Telling();
    }

    @Override
    public RandomBits random() {
      return bits;
    }

    @Override
    public KeyPool pool() {
      return pool;
    }
  }

  private final class Session implements PeerSession {
    private final End from;
    private volatile boolean alive = true;

    Session(End from) {
      this.from = from;
    }

    @Override
    public Level level() {
      return Level.PQC;
    }

    @Override
    public String peer() {
      return from.other.site;
    }

    @Override
    public boolean initiator() {
      return from == alice;
    }

    @Override
    public boolean alive() {
      return alive;
    }

    @Override
    public PeerStream open(String service) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<byte[]> request(String service, byte[] body) {
      return alive
          ? carry(this, body)
          : CompletableFuture.failedFuture(
              new PeerFailure(PeerFailure.Reason.DISCONNECTED, "the session ended"));
    }
  }

  private CompletionStage<byte[]> carry(Session session, byte[] body) {
    Fault now;
    Frame before;
    deliverLate();
    synchronized (this) {
      now = frames++ == faultAt ? fault : Fault.NONE;
      before = held;
      if (now == Fault.REORDER || now == Fault.LATE) {
        held = Frame.decode(body);
      } else if (fault != Fault.LATE) {
        held = null;
      }
    }
    switch (now) {
      case CUT -> disconnect();
      case KILL_ALICE -> killed(alice);
      case KILL_BOB -> killed(bob);
      case CUT_FIBRE -> fibre.cut();
      case GARBLE -> garble(session, body, body.length / 2);
      case GARBLE_END -> garble(session, body, body.length - 1);
      default -> {}
    }
    if (!session.alive) {
      return session.request("", body);
    }
    if (now == Fault.DROP || now == Fault.REORDER || now == Fault.LATE) {
      return CompletableFuture.completedFuture(new byte[] {0});
    }
    CompletionStage<byte[]> answer = deliver(session, body);
    if (now == Fault.REPLAY) {
      deliver(session, body);
    }
    if (before != null && fault == Fault.REORDER) {
      deliver(session, before.encode());
    }
    return answer;
  }

  private void garble(Session session, byte[] body, int at) {
    synchronized (this) {
      garbled = Frame.decode(body);
      garbledFor = session.from.other;
    }
    body[at] ^= 4;
  }

  /** A frame of a block that is over arrives in the middle of a later one. */
  private void deliverLate() {
    Frame now;
    synchronized (this) {
      if (late == null || --untilLate > 0) {
        return;
      }
      now = late;
      late = null;
    }
    deliver(alice.session, now.encode());
    deliver(bob.session, now.encode());
  }

  /** Whether an end made a key of a block in which it heard something that was changed. */
  boolean believedWhatWasChanged() {
    if (garbled == null || garbled.type() == Frame.Type.START || garbled.type() == Frame.Type.CUT) {
      return false;
    }
    synchronized (garbledFor.records) {
      return garbledFor.records.stream()
          .anyMatch(r -> r.id().equals(garbled.conversation()) && r.confirmed());
    }
  }

  private static CompletionStage<byte[]> deliver(Session session, byte[] body) {
    End to = session.from.other;
    try {
      return CompletableFuture.completedFuture(
          to.rounds.arrived(
              session.from.site,
              Frame.decode(body),
              task ->
                  to.thread.execute(
                      () -> {
                        try {
                          task.run();
                        } catch (InterruptedException | RuntimeException killed) {
                          // what counts is what the pools hold
                        }
                      })));
    } catch (RuntimeException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  private void killed(End end) {
    disconnect();
    end.kill();
  }

  void connect() {
    alice.session = new Session(alice);
    bob.session = new Session(bob);
    alice.rounds.connected(alice.session);
    bob.rounds.connected(bob.session);
  }

  void disconnect() {
    for (End end : List.of(alice, bob)) {
      if (end.session != null) {
        end.session.alive = false;
        end.rounds.disconnected(end.session);
      }
    }
  }

  /**
   * No faults from now on; whatever is late comes now; a new session, a new fibre, long patience.
   */
  void mend() {
    synchronized (this) {
      faultAt = -1;
      fault = Fault.NONE;
      late = held;
      untilLate = 6;
      held = null;
    }
    disconnect();
    for (End end : List.of(alice, bob)) {
      if (!end.rounds.awaitIdle(Duration.ofSeconds(HANG_SECONDS))) {
        throw new AssertionError("a conversation hangs: " + end.site);
      }
      end.rounds.settings(settings(end.role, Duration.ofSeconds(HANG_SECONDS)));
    }
    fibre = new FakeFibre(seed + 1, light);
    connect();
  }

  @Override
  public void close() {
    alice.thread.shutdownNow();
    bob.thread.shutdownNow();
  }
}
