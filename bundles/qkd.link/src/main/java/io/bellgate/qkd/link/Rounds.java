package io.bellgate.qkd.link;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.ops.Gone;
import io.bellgate.api.peer.PeerFailure;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.Role;
import io.bellgate.qkd.link.channel.Conversation;
import io.bellgate.qkd.link.channel.Frame;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Runs one conversation after the other with one peer: Alice decides when, Bob answers. Whoever
 * starts one has claimed the link first, so there is one at a time. Before each block Alice asks
 * whether anything is open; if so, it is resolved first.
 *
 * <p>Guarded by itself; conversations run outside the lock, on the link's thread.
 */
final class Rounds {
  /** The name of the peer service. */
  static final String SERVICE = "qkd.link";

  /** What {@code status} says, and {@code doctor} repeats, where nothing authenticates any more. */
  static final String NO_TAG_KEY =
      "no tag key is left: pair the two sites again with: bellgate link pair";

  private static final System.Logger LOG = System.getLogger(Rounds.class.getName());
  private static final long LEAST_TAGS = 2;
  private static final Duration POOL_BOUND = Duration.ofSeconds(10);
  private static final byte[] OK = {0};
  private static final byte[] OPEN = {2};
  private static final String GOOD = "";

  private final Surroundings around;
  private final Clock clock;
  private final Tally tally;
  private final Consumer<BlockRecord> journal;
  private final BackOff backOff = new BackOff(System::nanoTime);
  private final Map<String, PeerSession> sessions = new HashMap<>();
  private Settings settings;
  private Talk talk;
  private Thread talker;
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

  /** Takes new settings; a conversation with another peer than theirs ends. */
  synchronized void settings(Settings now) {
    if (!now.peer().equals(settings.peer())) {
      cut("this end has another peer now");
    }
    settings = now;
    backOff.reset();
  }

  synchronized Settings settings() {
    return settings;
  }

  synchronized void connected(PeerSession now) {
    PeerSession before = sessions.put(now.peer(), now);
    if (before != null && before != now) {
      ended(before);
    }
    backOff.reset();
  }

  synchronized void disconnected(PeerSession gone) {
    sessions.remove(gone.peer(), gone);
    ended(gone);
  }

  private void ended(PeerSession session) {
    if (talk != null && talk.peer() == session) {
      cut("the session ended");
    }
  }

  private void cut(String why) {
    if (talk != null) {
      talk.conversation().cut(why);
    }
  }

  /** Starts nothing any more; what runs goes on until {@link #cancel}. */
  synchronized void close() {
    closed = true;
  }

  synchronized void reopen() {
    closed = false;
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

  private synchronized void state(String now) {
    state = now;
  }

  /** Waits until nothing runs; false if something still does. */
  synchronized boolean awaitIdle(Duration bound) {
    long end = System.nanoTime() + bound.toNanos();
    boolean interrupted = false;
    for (long left = bound.toNanos(); talk != null && left > 0; left = end - System.nanoTime()) {
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
    return talk == null;
  }

  /** Alice's next conversation, if it is time. On the link's thread. */
  void tick() throws InterruptedException {
    Settings now = settings();
    PeerSession peer = session(now.peer());
    PoolAccess pool = pool(now, null);
    String obstacle = obstacle(now, peer, pool);
    if (!obstacle.isEmpty()) {
      state(obstacle);
      return;
    }
    try {
      boolean open = !pool.unconfirmed().isEmpty() || asksToResolve(now, peer);
      Proposal.Kind kind = open ? Proposal.Kind.RESOLUTION : Proposal.Kind.BLOCK;
      UUID id = BlockIds.drawBlock(around.random());
      // claimed first, since the peer may speak before its answer is here
      Talk mine = claim(id, now.proposal().as(kind), now, peer);
      if (mine != null) {
        run(mine);
      }
    } catch (Refused refused) {
      bad(now, "the peer does not answer: " + refused.getMessage());
    }
  }

  private synchronized PeerSession session(String peer) {
    return sessions.get(peer);
  }

  private synchronized void bad(Settings now, String why) {
    backOff.bad(now.retry());
    state = why;
  }

  private PoolAccess pool(Settings now, KeyOrigin origin) {
    return new PoolAccess(around::pool, now.peer(), origin, POOL_BOUND);
  }

  /** Why nothing can be started now; empty if it can. */
  private String obstacle(Settings now, PeerSession peer, PoolAccess pool)
      throws InterruptedException {
    synchronized (this) {
      if (closed) {
        return "parked";
      }
      if (peer == null || !peer.alive()) {
        return "not connected to " + now.peer();
      }
      if (talk != null || !backOff.over()) {
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
    return pool.full(now.targetOctets()) ? "the pool is full" : "";
  }

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

  private boolean asksToResolve(Settings now, PeerSession peer)
      throws InterruptedException, Refused {
    UUID id = BlockIds.drawBlock(around.random());
    byte[] question = now.proposal().as(Proposal.Kind.QUESTION).encode();
    return Arrays.equals(ask(peer, new Frame(Frame.Type.START, id, question), now), OPEN);
  }

  private static byte[] ask(PeerSession peer, Frame start, Settings now)
      throws InterruptedException, Refused {
    try {
      return peer.request(SERVICE, start.encode())
          .toCompletableFuture()
          .get(now.patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      throw new Refused(Conversation.readable(failed.getCause().getMessage()));
    } catch (TimeoutException silent) {
      throw new Refused("it says nothing");
    }
  }

  /** Makes this conversation the one that runs; null if there is one, or the link is closed. */
  private synchronized Talk claim(UUID id, Proposal proposal, Settings now, PeerSession peer) {
    if (talk != null || closed) {
      return null;
    }
    Conversation conversation =
        new Conversation(
            new Conversation.Terms(id, now.site(), now.peer(), proposal.digest()),
            frame -> peer.request(SERVICE, frame.encode()),
            pool(now, null),
            now.patience());
    talk = new Talk(id, proposal, now, peer, conversation);
    state = proposal.kind() == Proposal.Kind.BLOCK ? "running" : "resolving";
    return talk;
  }

  /** Has the conversation that was claimed. On the link's thread. */
  private void run(Talk mine) throws InterruptedException {
    synchronized (this) {
      talker = Thread.currentThread();
    }
    String ended = "failed";
    try {
      if (mine.settings().role() == Role.ALICE) {
        Frame start = new Frame(Frame.Type.START, mine.id(), mine.proposal().encode());
        ask(mine.peer(), start, mine.settings());
      }
      ended = mine.proposal().kind() == Proposal.Kind.BLOCK ? block(mine) : resolution(mine);
    } catch (Refused refused) {
      ended = "the peer does not start: " + refused.getMessage();
    } finally {
      if (!ended.equals(GOOD)) {
        tell(mine, ended);
      }
      over(mine, ended);
    }
  }

  private synchronized void over(Talk mine, String ended) {
    talk = null;
    talker = null;
    Thread.interrupted(); // of a cancellation that came too late
    if (!ended.equals(GOOD)) {
      bad(mine.settings(), ended);
    } else if (mine.proposal().kind() == Proposal.Kind.BLOCK) {
      backOff.good(mine.settings().rest());
      state = "resting";
    }
    notifyAll();
  }

  /** Runs a block; returns why it gave nothing. */
  private String block(Talk mine) {
    Round.Parts parts = parts(mine.settings());
    KeyOrigin origin =
        new KeyOrigin(
            KeyOrigin.Kind.QKD,
            parts.quantum().simulated(),
            false,
            Map.of("protocol", mine.proposal().protocol()));
    PoolAccess pool = pool(mine.settings(), origin);
    BlockRecord record = new Round(mine, parts, pool, clock).run();
    tally.add(record);
    journal.accept(record);
    if (record.confirmed()) {
      return GOOD;
    }
    LOG.log(
        System.Logger.Level.INFO,
        "a block gave no key: block={0} outcome={1} reason={2} {3}",
        mine.id(),
        record.outcome(),
        record.reason(),
        record.evidence());
    return "waiting after a bad block: " + record.reason();
  }

  private Round.Parts parts(Settings now) {
    Round.Parts parts =
        new Round.Parts(
            around.protocol(now.proposal().protocol()),
            around.reconciler(now.proposal().reconciler()),
            around.quantum(now.peer()),
            around.random());
    if (parts.protocol() == null
        || parts.reconciler() == null
        || parts.quantum() == null
        || parts.random() == null) {
      throw new Gone(missing(now));
    }
    return parts;
  }

  private String resolution(Talk mine) throws InterruptedException {
    Resolution resolution = new Resolution(mine.conversation(), pool(mine.settings(), null));
    try {
      resolution.run(mine.settings().role());
      LOG.log(
          System.Logger.Level.INFO,
          "open blocks resolved: confirmed={0} discarded={1}",
          resolution.confirmed(),
          resolution.discarded());
      return GOOD;
    } catch (ChannelBroken broken) {
      LOG.log(System.Logger.Level.INFO, "open blocks stay open: {0}", broken.getMessage());
      return "open blocks stay open: " + broken.getMessage();
    }
  }

  private static void tell(Talk mine, String why) {
    if (mine.peer().alive()) {
      byte[] words = why.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      byte[] some = Arrays.copyOf(words, Math.min(200, words.length));
      mine.peer().request(SERVICE, new Frame(Frame.Type.CUT, mine.id(), some).encode());
    }
  }

  /** A conversation to be run. */
  interface Task {
    void run() throws InterruptedException;
  }

  /**
   * Takes a frame of the peer.
   *
   * @param onThread runs a conversation on the link's thread
   * @return the answer
   * @throws PeerFailure if this end refuses
   * @throws Gone if the link is parked
   */
  byte[] arrived(String peer, Frame frame, Consumer<Task> onThread) {
    Settings now;
    PeerSession from;
    synchronized (this) {
      now = settings;
      from = sessions.get(peer);
      if (!peer.equals(now.peer())) {
        throw refused("BG-LINK-004 this link has another peer");
      }
      if (frame.type() != Frame.Type.START) {
        if (talk != null && frame.conversation().equals(talk.id())) {
          talk.conversation().arrived(frame);
        }
        return OK; // else: late words of a conversation that is over
      }
      if (closed) {
        throw new Gone(SERVICE);
      }
    }
    Proposal proposal = accept(frame, now, from);
    if (proposal.kind() == Proposal.Kind.QUESTION) {
      return pool(now, null).unconfirmedNow().isEmpty() ? OK : OPEN;
    }
    Talk mine = claim(frame.conversation(), proposal, now, from);
    if (mine == null) {
      throw refused("BG-LINK-005 this end is busy");
    }
    onThread.accept(() -> run(mine));
    return OK;
  }

  private Proposal accept(Frame frame, Settings now, PeerSession from) {
    Proposal proposal = Proposal.decode(frame.body());
    if (now.role() == Role.ALICE) {
      throw refused("BG-LINK-006 both ends are alice: one of them has to be bob");
    }
    if (!proposal.as(Proposal.Kind.BLOCK).equals(now.proposal())) {
      throw refused("BG-LINK-007 the two ends are configured differently: here " + now.proposal());
    }
    if (!BlockIds.isBlock(frame.conversation())) {
      throw refused("BG-LINK-003 a conversation has the ID of a block");
    }
    if (from == null || !from.alive()) {
      throw refused("BG-LINK-008 this end has no session yet");
    }
    String missing = missing(now);
    if (!missing.isEmpty()) {
      throw refused("BG-LINK-008 missing here: " + missing);
    }
    if (pool(now, null).tagsLeftNow() < LEAST_TAGS) {
      throw refused("BG-LINK-009 " + NO_TAG_KEY);
    }
    return proposal;
  }

  private static PeerFailure refused(String message) {
    return new PeerFailure(PeerFailure.Reason.REFUSED, message);
  }
}
