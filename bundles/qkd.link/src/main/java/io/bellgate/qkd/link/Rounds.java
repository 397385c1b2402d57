package io.bellgate.qkd.link;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.ops.Gone;
import io.bellgate.api.peer.PeerFailure;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.QuantumChannel;
import io.bellgate.api.qkd.Role;
import io.bellgate.qkd.link.channel.Conversation;
import io.bellgate.qkd.link.channel.Frame;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Runs one conversation after the other with one peer: Alice decides when, Bob answers. Whoever
 * starts one has claimed the link first, so there is one at a time.
 *
 * <p>Guarded by itself; conversations run outside the lock, on the link's thread.
 */
final class Rounds {
  /** The name of the peer service. */
  static final String SERVICE = "qkd.link";

  private static final System.Logger LOG = System.getLogger(Rounds.class.getName());
  private static final int MOST_BACK_OFF = 32;
  private static final long LEAST_TAGS = 2;
  private static final Duration POOL_BOUND = Duration.ofSeconds(10);
  private static final byte[] OK = {0};
  private static final byte[] OPEN = {2};

  private final Surroundings around;
  private final Clock clock;
  private final Tally tally;
  private final Consumer<BlockRecord> journal;
  private Settings settings;
  private PeerSession session;
  private Conversation talking;
  private UUID talkingAbout;
  private Thread talker;
  private boolean unresolved = true;
  private long notBeforeMillis;
  private int backOff = 1;
  private String state = "starting";
  private boolean closed;

  /** Makes a link that has not heard of its peer yet. */
  Rounds(
      Settings settings,
      Surroundings around,
      Clock clock,
      Tally tally,
      Consumer<BlockRecord> journal) {
    this.settings = settings;
    this.around = around;
    this.clock = clock;
    this.tally = tally;
    this.journal = journal;
  }

  synchronized void settings(Settings now) {
    settings = now;
    notBeforeMillis = 0;
  }

  synchronized Settings settings() {
    return settings;
  }

  synchronized void connected(PeerSession now) {
    if (now.peer().equals(settings.peer())) {
      session = now;
      unresolved = true;
      notBeforeMillis = 0;
    }
  }

  synchronized void disconnected(PeerSession ended) {
    if (session == ended) {
      session = null;
      cut("the session ended");
    }
  }

  private void cut(String why) {
    if (talking != null) {
      talking.cut(why);
    }
  }

  /** Starts nothing any more; what runs goes on until {@link #cancel}. */
  synchronized void close() {
    closed = true;
  }

  synchronized void reopen() {
    closed = false;
  }

  synchronized boolean busy() {
    return talking != null;
  }

  /** Ends what runs now. */
  synchronized void cancel() {
    cut("this end stops");
    if (talker != null) {
      talker.interrupt();
    }
  }

  synchronized String state() {
    return state;
  }

  /** Alice's next conversation, if it is time. On the link's thread. */
  void tick() throws InterruptedException {
    Settings now = settings();
    PoolAccess pool = pool(now);
    String obstacle = obstacle(now, pool);
    PeerSession peer = session();
    if (!obstacle.isEmpty() || peer == null) {
      synchronized (this) {
        state = obstacle;
      }
      return;
    }
    if (unresolved()) {
      resolveFirst(now, pool, peer);
    } else {
      converse(now.proposal(), peer);
    }
  }

  /** At a new connection, and after a block that may have left something open. */
  private void resolveFirst(Settings now, PoolAccess pool, PeerSession peer)
      throws InterruptedException {
    byte[] answer = OPEN;
    if (pool.unconfirmed().isEmpty()) {
      Proposal question = now.proposal().as(Proposal.Kind.QUESTION);
      UUID id = BlockIds.drawBlock(around.random());
      try {
        answer = ask(peer, new Frame(Frame.Type.START, id, question.encode()), now);
      } catch (Refused refused) {
        wait("the peer does not answer: " + refused.getMessage());
        return;
      }
    }
    if (Arrays.equals(answer, OPEN)) {
      converse(now.proposal().as(Proposal.Kind.RESOLUTION), peer);
    } else {
      synchronized (this) {
        unresolved = false;
      }
    }
  }

  private void converse(Proposal proposal, PeerSession peer) throws InterruptedException {
    UUID id = BlockIds.drawBlock(around.random());
    // first, since the peer may speak before its answer is here
    Conversation conversation = claim(id, proposal, peer);
    if (conversation == null) {
      return;
    }
    try {
      ask(peer, new Frame(Frame.Type.START, id, proposal.encode()), settings());
    } catch (Refused refused) {
      over(false);
      synchronized (this) {
        state = "the peer does not start: " + refused.getMessage();
      }
      return;
    }
    run(id, proposal, conversation, peer);
  }

  private synchronized boolean unresolved() {
    return unresolved;
  }

  private PoolAccess pool(Settings now) {
    return new PoolAccess(around::pool, now.peer(), () -> origin(now), POOL_BOUND);
  }

  private KeyOrigin origin(Settings now) {
    QuantumChannel quantum = around.quantum(now.peer());
    boolean simulated = quantum == null || quantum.simulated();
    return new KeyOrigin(
        KeyOrigin.Kind.QKD, simulated, false, Map.of("protocol", now.proposal().protocol()));
  }

  /** Why nothing can be started now; empty if it can. */
  private String obstacle(Settings now, PoolAccess pool) throws InterruptedException {
    synchronized (this) {
      if (closed) {
        return "parked";
      }
      if (session == null || !session.alive()) {
        return "not connected to " + now.peer();
      }
      if (talking != null) {
        return state;
      }
      if (clock.millis() < notBeforeMillis) {
        return state;
      }
    }
    String missing = missing(now);
    if (!missing.isEmpty()) {
      return "missing: " + missing;
    }
    if (pool.tagsLeft() < LEAST_TAGS) {
      return NO_TAG_KEY;
    }
    if (now.role() == Role.BOB) {
      return "waiting for " + now.peer() + " to start a block";
    }
    return !unresolved() && pool.full(now.targetOctets()) ? "the pool is full" : "";
  }

  static final String NO_TAG_KEY =
      "no tag key is left: pair the two sites again with: bellgate link pair";

  private String missing(Settings now) {
    if (around.pool() == null) {
      return "key pool";
    }
    if (around.random() == null) {
      return "random bits";
    }
    if (around.quantum(now.peer()) == null) {
      return "a quantum channel to " + now.peer();
    }
    if (around.protocol(now.proposal().protocol()) == null) {
      return "protocol " + now.proposal().protocol();
    }
    return around.reconciler(now.proposal().reconciler()) == null
        ? "reconciler " + now.proposal().reconciler()
        : "";
  }

  /** The peer said no, or nothing. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String why) {
      super(why, null, false, false);
    }
  }

  private static byte[] ask(PeerSession peer, Frame start, Settings now)
      throws InterruptedException, Refused {
    try {
      return peer.request(SERVICE, start.encode())
          .toCompletableFuture()
          .get(now.patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      throw new Refused(String.valueOf(failed.getCause().getMessage()));
    } catch (TimeoutException silent) {
      throw new Refused("it says nothing");
    }
  }

  private synchronized void wait(String why) {
    state = why;
    notBeforeMillis = clock.millis() + settings.retry().toMillis() * backOff;
    backOff = Math.min(MOST_BACK_OFF, 2 * backOff);
  }

  /** Makes this conversation the one that runs; null if there is one, or the link is closed. */
  private synchronized Conversation claim(UUID id, Proposal proposal, PeerSession peer) {
    if (talking != null || closed) {
      return null;
    }
    talking =
        new Conversation(
            new Conversation.Terms(id, settings.site(), settings.peer(), proposal.digest()),
            frame -> peer.request(SERVICE, frame.encode()),
            pool(settings),
            settings.patience());
    talkingAbout = id;
    state = proposal.kind() == Proposal.Kind.BLOCK ? "running" : "resolving";
    return talking;
  }

  /** On the link's thread, after {@link #claim}. */
  private void run(UUID id, Proposal proposal, Conversation conversation, PeerSession peer)
      throws InterruptedException {
    synchronized (this) {
      talker = Thread.currentThread();
    }
    boolean good = false;
    try {
      good =
          proposal.kind() == Proposal.Kind.BLOCK
              ? block(id, proposal, conversation, peer)
              : resolution(conversation, peer, id);
    } catch (InterruptedException cancelled) {
      tally.interrupted();
      tell(peer, id, "the other end stops");
      throw cancelled;
    } finally {
      over(good);
    }
  }

  private boolean block(UUID id, Proposal proposal, Conversation conversation, PeerSession peer)
      throws InterruptedException {
    Settings now = settings();
    Round.Parts parts = parts(now);
    BlockRecord record =
        new Round(now.role(), id, proposal, parts, conversation, pool(now), clock).run();
    tally.add(record);
    journal.accept(record);
    if (!record.confirmed()) {
      LOG.log(
          System.Logger.Level.INFO,
          "a block gave no key: block={0} outcome={1} reason={2} {3}",
          id,
          record.outcome(),
          record.reason(),
          record.evidence());
      tell(peer, id, record.reason());
      synchronized (this) {
        unresolved = true;
      }
    }
    return record.confirmed();
  }

  private Round.Parts parts(Settings now) {
    Round.Parts parts =
        new Round.Parts(
            around.protocol(now.proposal().protocol()),
            around.reconciler(now.proposal().reconciler()),
            around.quantum(now.peer()),
            around.random());
    if (!missing(now).isEmpty() || parts.quantum() == null) {
      throw new Gone(missing(now));
    }
    return parts;
  }

  private boolean resolution(Conversation conversation, PeerSession peer, UUID id)
      throws InterruptedException {
    Resolution resolution = new Resolution(conversation, pool(settings()));
    try {
      resolution.run(settings().role());
      LOG.log(
          System.Logger.Level.INFO,
          "open blocks resolved: confirmed={0} discarded={1}",
          resolution.confirmed(),
          resolution.discarded());
      synchronized (this) {
        unresolved = false;
      }
      return true;
    } catch (ChannelBroken broken) {
      LOG.log(System.Logger.Level.INFO, "open blocks stay open: {0}", broken.getMessage());
      tell(peer, id, broken.getMessage());
      return false;
    }
  }

  private static void tell(PeerSession peer, UUID id, String why) {
    if (peer.alive()) {
      byte[] words = why.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      peer.request(
          SERVICE,
          new Frame(Frame.Type.CUT, id, Arrays.copyOf(words, Math.min(200, words.length)))
              .encode());
    }
  }

  private synchronized void over(boolean good) {
    talking = null;
    talkingAbout = null;
    talker = null;
    Thread.interrupted();
    if (good) {
      backOff = 1;
      notBeforeMillis = clock.millis() + settings.rest().toMillis();
      state = "resting";
    } else {
      wait("waiting after a bad block");
    }
    notifyAll();
  }

  /** Waits until nothing runs; false if something still does. */
  synchronized boolean awaitIdle(Duration bound) {
    long end = System.nanoTime() + bound.toNanos();
    boolean interrupted = false;
    for (long left = bound.toNanos(); talking != null && left > 0; left = end - System.nanoTime()) {
      try {
        wait(left / 1_000_000 + 1);
      } catch (InterruptedException later) {
        interrupted = true;
        break;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return talking == null;
  }

  /**
   * Takes a frame of the peer.
   *
   * @param onThread runs a conversation on the link's thread
   * @return the answer
   * @throws PeerFailure if this end refuses
   */
  byte[] arrived(String peer, Frame frame, PeerSession from, Consumer<Task> onThread) {
    synchronized (this) {
      if (!peer.equals(settings.peer())) {
        throw refused("BG-LINK-004 this link has another peer");
      }
      if (frame.type() != Frame.Type.START) {
        if (frame.conversation().equals(talkingAbout)) {
          talking.arrived(frame);
        }
        return OK; // else: late words of a conversation that is over
      }
    }
    Proposal proposal = accept(frame, from);
    if (proposal.kind() == Proposal.Kind.QUESTION) {
      return around.pool().unconfirmed(peer).stream().anyMatch(BlockIds::isBlock) ? OPEN : OK;
    }
    UUID id = frame.conversation();
    Conversation conversation = claim(id, proposal, from);
    if (conversation == null) {
      throw refused("BG-LINK-005 this end is busy or parked");
    }
    onThread.accept(() -> run(id, proposal, conversation, from));
    return OK;
  }

  /** A conversation to be run. */
  interface Task {
    void run() throws InterruptedException;
  }

  private Proposal accept(Frame frame, PeerSession from) {
    Proposal proposal = Proposal.decode(frame.body());
    Settings now = settings();
    if (now.role() == Role.ALICE) {
      throw refused("BG-LINK-006 both ends are alice: one of them has to be bob");
    }
    if (!proposal.as(Proposal.Kind.BLOCK).equals(now.proposal())) {
      throw refused("BG-LINK-007 the two ends are configured differently: here " + now.proposal());
    }
    String missing = missing(now);
    if (!missing.isEmpty() || from == null) {
      throw refused("BG-LINK-008 missing here: " + missing);
    }
    if (pool(now).tagsLeftNow() < LEAST_TAGS) {
      throw refused("BG-LINK-009 " + NO_TAG_KEY);
    }
    return proposal;
  }

  private static PeerFailure refused(String message) {
    return new PeerFailure(PeerFailure.Reason.REFUSED, message);
  }

  /** The session to answer on, or null. */
  synchronized PeerSession session() {
    return session;
  }
}
