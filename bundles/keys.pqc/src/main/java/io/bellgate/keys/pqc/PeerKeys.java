package io.bellgate.keys.pqc;

import io.bellgate.api.crypto.NotAllowed;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.peer.PeerSession;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Everything with one peer: one exchange at a time, what is unresolved, when to try again. For the
 * one thread of {@link KeyEstablishment}.
 */
final class PeerKeys {
  private static final System.Logger LOG = System.getLogger(PeerKeys.class.getName());
  private static final String SERVICE = KeyEstablishment.SERVICE;
  private static final String NOT_ENABLED = "BG-PQC-002";
  private static final long ANSWER_MILLIS = 10_000;
  private static final long RETRY_MILLIS = 200;
  private static final long MOST_RETRY_MILLIS = 5_000;
  private static final long RESOLVE_MILLIS = 2_000;
  private static final long REFUSED_MILLIS = 20_000;
  private static final long WANT_MILLIS = 500;
  private static final int PLENTY = 4;

  private final Surroundings around;
  private final Executor owner;
  private final String peer;
  private final Responder responder;
  private final Map<Suite, Long> refused = new EnumMap<>(Suite.class);
  private final Set<KeyOrigin.Kind> wanted = EnumSet.noneOf(KeyOrigin.Kind.class);
  private PeerSession session;
  private Object busy;
  private Initiation initiation;
  private long deadline;
  private long notBefore;
  private long resolveAt;
  private long wantAt;
  private long retryMillis = RETRY_MILLIS;
  private long exchanges;
  private long failures;
  private String lastFailure = "";

  PeerKeys(Surroundings around, Executor owner, String peer) {
    this.around = around;
    this.owner = owner;
    this.peer = peer;
    this.responder = new Responder(around, peer);
  }

  Responder responder() {
    return responder;
  }

  void connected(PeerSession now) {
    if (now == session) {
      return; // told twice: by the session's start and for being a late listener
    }
    freeze();
    session = now;
    refused.clear();
    retryMillis = RETRY_MILLIS;
    notBefore = around.nanos().getAsLong();
    resolveAt = notBefore;
    wantAt = notBefore;
    tick();
  }

  void disconnected(PeerSession ended) {
    if (session == ended) {
      freeze();
      session = null;
    }
  }

  /** Drops what is under way: nothing of it is takeable, or it is resolved by ID later. */
  void freeze() {
    busy = null;
    if (initiation != null) {
      initiation.close();
      initiation = null;
    }
    responder.forgetAll();
  }

  void wanted(KeyOrigin.Kind kind) {
    if (around.settings().get().suites().stream().anyMatch(s -> s.kind() == kind)) {
      wanted.add(kind);
    }
  }

  /** Does the next thing, if it is time. */
  void tick() {
    responder.expire();
    if (session == null || !session.alive()) {
      return;
    }
    if (busy != null && around.reached(deadline)) {
      failed(new IllegalStateException("the peer did not answer in time"));
    }
    if (busy != null || !around.reached(notBefore)) {
      return;
    }
    try {
      if (!resolve()) {
        refill();
      }
    } catch (RuntimeException gone) {
      failed(gone);
    }
  }

  /** Asks the peer about blocks that this end has not confirmed. */
  private boolean resolve() {
    if (!around.reached(resolveAt)) {
      return false;
    }
    List<UUID> open = new ArrayList<>(around.pool().unconfirmed(peer));
    open.removeIf(id -> !BlockIds.isOurs(id) || responder.open().contains(id));
    resolveAt = around.inMillis(RESOLVE_MILLIS);
    if (open.isEmpty()) {
      return false;
    }
    ask(Wire.ids(Wire.Type.RESOLVE, open).done(), answer -> resolved(open, answer));
    return true;
  }

  private void resolved(List<UUID> asked, byte[] answer) {
    Wire.Reader message = new Wire.Reader(answer).expect(Wire.Type.RESOLVED);
    int count = message.number();
    List<Boolean> held = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      held.add(message.flag());
    }
    message.end();
    if (count > asked.size()) {
      throw new IllegalArgumentException("the peer resolved what was not asked");
    }
    for (int i = 0; i < count; i++) {
      if (held.get(i)) {
        around.pool().confirm(peer, asked.get(i));
      } else {
        around.pool().discard(peer, asked.get(i));
      }
    }
    done();
  }

  /** Answers the peer's question: it holds these blocks; whatever is held here, too, is good. */
  byte[] resolve(Wire.Reader message) {
    List<UUID> ids = message.ids();
    message.end();
    Wire.Writer answer = new Wire.Writer(Wire.Type.RESOLVED).number(ids.size());
    for (UUID id : ids) {
      answer.flag(BlockIds.isOurs(id) && around.pool().confirm(peer, id));
    }
    return answer.done();
  }

  private void refill() {
    for (Suite suite : offered()) {
      boolean asked = wanted.remove(suite.kind()) && !plenty(suite.kind());
      if (session.initiator() && (asked || low(suite.kind()))) {
        initiate(suite);
        return;
      }
      if (!session.initiator() && low(suite.kind()) && around.reached(wantAt)) {
        wantAt = around.inMillis(WANT_MILLIS);
        Wire.Writer want = new Wire.Writer(Wire.Type.WANT).text(suite.kind().name());
        ask(want.done(), answer -> done());
        return;
      }
    }
  }

  /** The best suite of each kind that the peer has not refused lately. */
  private Collection<Suite> offered() {
    refused.values().removeIf(around::reached);
    Map<KeyOrigin.Kind, Suite> best = new EnumMap<>(KeyOrigin.Kind.class);
    for (Suite suite : around.settings().get().suites()) {
      if (!refused.containsKey(suite)) {
        best.putIfAbsent(suite.kind(), suite);
      }
    }
    return best.values();
  }

  /** Who asks again and again gets no more than this: what he lacks is something else. */
  private boolean plenty(KeyOrigin.Kind kind) {
    return keys(kind, KeyPool.Stock::own) + keys(kind, KeyPool.Stock::peers)
        >= (long) PLENTY * around.settings().get().lowWaterKeys();
  }

  private long keys(KeyOrigin.Kind kind, ToLongFunction<KeyPool.Stock> octets) {
    return around.pool().stocks().stream()
        .filter(s -> s.peer().equals(peer))
        .filter(s -> s.origin().kind() == kind && !s.origin().simulated())
        .mapToLong(s -> octets.applyAsLong(s) / KeyPool.CHUNK_OCTETS)
        .sum();
  }

  /** The initiator looks at both directions, the responder only at its own. */
  private boolean low(KeyOrigin.Kind kind) {
    long own = keys(kind, KeyPool.Stock::own);
    long peers = keys(kind, KeyPool.Stock::peers);
    int lowWater = around.settings().get().lowWaterKeys();
    return session.initiator()
        ? own + peers < lowWater || Math.min(own, peers) < lowWater / 2
        : own < lowWater / 2;
  }

  private void initiate(Suite suite) {
    Initiation started;
    try {
      started = new Initiation(around, peer, suite);
    } catch (NotAllowed here) {
      refused.put(suite, around.inMillis(REFUSED_MILLIS));
      throw here;
    }
    initiation = started;
    ask(
        started.offer(),
        reply ->
            ask(
                started.confirmation(reply),
                answer -> {
                  started.confirmed(answer);
                  exchanges++;
                  LOG.log(
                      Level.DEBUG,
                      "keys made: peer={0} suite={1} block={2}",
                      peer,
                      suite.id(),
                      started.block());
                  done();
                }));
  }

  private void done() {
    if (initiation != null) {
      initiation.close();
      initiation = null;
    }
    busy = null;
    retryMillis = RETRY_MILLIS;
    owner.execute(this::tick);
  }

  private void ask(byte[] request, Consumer<byte[]> next) {
    Object mark = new Object();
    busy = mark;
    deadline = around.inMillis(ANSWER_MILLIS);
    session
        .request(SERVICE, request)
        .whenComplete(
            (answer, failure) -> owner.execute(() -> answered(mark, answer, failure, next)));
  }

  private void answered(Object mark, byte[] answer, Throwable failure, Consumer<byte[]> next) {
    if (busy != mark) {
      return;
    }
    try {
      if (failure != null) {
        throw new IllegalStateException(String.valueOf(failure.getMessage()), failure);
      }
      next.accept(answer);
    } catch (RuntimeException failed) {
      failed(failed);
    }
  }

  private void failed(RuntimeException why) {
    failures++;
    lastFailure = String.valueOf(why.getMessage());
    if (initiation != null && lastFailure.contains(NOT_ENABLED)) {
      refused.put(initiation.suite(), around.inMillis(REFUSED_MILLIS));
    }
    LOG.log(Level.INFO, "no keys now: peer={0} why={1}", peer, lastFailure);
    if (initiation != null && !initiation.deposited() && session.alive()) {
      session.request(SERVICE, new Wire.Writer(Wire.Type.ABANDON).id(initiation.block()).done());
    }
    if (initiation != null) {
      initiation.close();
      initiation = null;
    }
    busy = null;
    notBefore = around.inMillis(retryMillis);
    resolveAt = notBefore;
    retryMillis = Math.min(2 * retryMillis, MOST_RETRY_MILLIS);
  }

  Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("peer", peer);
    status.put("connected", session != null);
    status.put("atWork", Optional.ofNullable(initiation).map(i -> i.suite().id()).orElse(""));
    status.put("exchanges", exchanges);
    status.put("failures", failures);
    status.put("lastFailure", lastFailure);
    return status;
  }
}
