package io.bellgate.keys.pool.peers;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.keys.pool.store.Leases;
import io.bellgate.keys.pool.store.Ledger;
import io.bellgate.keys.pool.store.Marks;
import io.bellgate.keys.pool.store.Report;
import io.bellgate.keys.pool.store.Verdict;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The asking half of the talk with one peer, one request at a time: a hello at each session, with a
 * report of every block; then leases ahead of use, and key if this end runs low. After any failure
 * it begins with the hello. For the one thread of {@link Talk}.
 */
final class PeerTalk {
  private static final System.Logger LOG = System.getLogger(PeerTalk.class.getName());
  private static final long ANSWER_MILLIS = 10_000;
  private static final long RETRY_MILLIS = 100;
  private static final long MOST_RETRY_MILLIS = 5_000;
  private static final long PAUSE_MILLIS = 1_000;
  private static final long ASK_MILLIS = 2_000;

  private final Around around;
  private final String peer;
  private final Witnessing witnessing;
  private PeerSession session;
  private Object busy;
  private boolean ready;
  private boolean said;
  private long deadline;
  private long notBefore;
  private long askAt;
  private long retryMillis = RETRY_MILLIS;
  private long restored;
  private long gifts;
  private String lastFailure = "";

  PeerTalk(Around around, String peer) {
    this.around = around;
    this.peer = peer;
    this.witnessing = new Witnessing(around, peer);
    this.askAt = around.nanos().getAsLong();
  }

  private <T> T store(Function<Ledger, T> work) {
    return around.storage().get().call(work);
  }

  void connected(PeerSession now) {
    if (now != session) { // told twice: by the session's start and for being a late listener
      session = now;
      again();
    }
  }

  /** Begins with the hello. */
  void again() {
    busy = null;
    ready = false;
    retryMillis = RETRY_MILLIS;
    notBefore = around.nanos().getAsLong();
    tick();
  }

  /**
   * Goes on after a pause, in which sessions may have come and gone.
   *
   * @param now the present one, or null
   */
  void again(PeerSession now) {
    session = now;
    again();
  }

  void disconnected(PeerSession ended) {
    if (session == ended) {
      session = null;
      busy = null;
      ready = false;
    }
  }

  /** Does the next thing, if it is time. */
  void tick() {
    if (session == null || !session.alive()) {
      return;
    }
    try {
      if (busy != null && around.reached(deadline)) {
        throw new IllegalStateException("the peer's pool did not answer in time");
      }
      if (busy == null && around.reached(notBefore)) {
        if (!ready) {
          hello();
        } else {
          work();
        }
      }
    } catch (RuntimeException failed) {
      failed(failed);
    }
  }

  private void hello() {
    Marks.Hello hello = store(l -> l.marks().hello(peer));
    ask(
        Wire.hello(new Wire.Hello(hello, witnessing.heard())),
        answer -> greeted(hello.incarnation(), Wire.greeting(answer)));
  }

  private void greeted(UUID run, Verdict verdict) {
    if (verdict == Verdict.RESTORED) {
      discarded("BG-POOL-001 the peer saw a later state of this key store: it was restored");
    }
    report(run, store(l -> l.marks().report(peer)));
  }

  private void report(UUID run, List<Report> left) {
    List<Report> now = left.subList(0, Math.min(left.size(), Codec.MOST));
    List<Report> later = left.subList(now.size(), left.size());
    ask(
        Wire.page(new Wire.Page(run, later.isEmpty(), now)),
        answer -> reported(run, now, later, Wire.floors(answer)));
  }

  private void reported(UUID run, List<Report> now, List<Report> later, Wire.Floors floors) {
    if (!floors.agreed()) {
      discarded("BG-POOL-005 the key stores of the two ends contradict each other");
      hello();
      return;
    }
    if (floors.floors().size() != now.size()) {
      throw new IllegalArgumentException("BG-POOL-003 as many floors as reports");
    }
    around.storage().get().run(l -> l.marks().burn(peer, now, floors.floors()));
    if (!later.isEmpty()) {
      report(run, later);
      return;
    }
    said = true;
    ready = true;
    retryMillis = RETRY_MILLIS;
    lastFailure = "";
    meet();
    tick();
  }

  private void discarded(String why) {
    restored++;
    LOG.log(Level.WARNING, "{0}: all keys with the peer are discarded: peer={1}", why, peer);
    around.storage().get().run(l -> l.marks().forget(peer));
  }

  /** Keys may be used once both hellos are through. */
  private void meet() {
    if (said && witnessing.heard() && !store(l -> l.marks().met(peer))) {
      around.storage().get().run(l -> l.marks().meet(peer));
      LOG.log(Level.INFO, "the pools have met: peer={0}", peer);
    }
  }

  private void work() {
    Leases.Needs needs = store(l -> l.leases().needs(peer, around.ahead().getAsInt()));
    if (!needs.low().isEmpty() && around.reached(askAt)) {
      askAt = around.inMillis(ASK_MILLIS);
      Map.Entry<KeyOrigin, Long> low = needs.low().entrySet().iterator().next();
      ask(low.getKey(), low.getValue());
    } else if (!needs.wishes().isEmpty()) {
      List<Leases.Wish> some =
          needs.wishes().subList(0, Math.min(needs.wishes().size(), Codec.MOST));
      ask(
          Wire.leases(new Wire.Wanted(needs.run(), some)),
          answer -> leased(some, Wire.leased(answer)));
    }
  }

  private void leased(List<Leases.Wish> wishes, List<Integer> marks) {
    if (marks.size() != wishes.size()) {
      throw new IllegalArgumentException("BG-POOL-003 as many marks as were asked for");
    }
    around
        .storage()
        .get()
        .run(
            l -> {
              for (int i = 0; i < marks.size(); i++) {
                l.leases().lease(peer, wishes.get(i), marks.get(i));
              }
            });
    for (int i = 0; i < marks.size(); i++) {
      if (marks.get(i) >= 0 && marks.get(i) < wishes.get(i).below()) {
        notBefore = around.inMillis(PAUSE_MILLIS); // it will not say more at once
      }
    }
    tick();
  }

  private void ask(KeyOrigin kind, long octets) {
    ask(
        Wire.ask(new Wire.Ask(kind, octets)),
        answer -> {
          Wire.given(answer)
              .ifPresent(
                  gift -> {
                    gifts++;
                    around.storage().get().run(l -> l.leases().receive(peer, gift));
                  });
          tick();
        });
  }

  private void ask(byte[] request, Consumer<byte[]> next) {
    Object mark = new Object();
    busy = mark;
    deadline = around.inMillis(ANSWER_MILLIS);
    session
        .request(Talk.SERVICE, request)
        .whenComplete(
            (answer, failure) ->
                around.owner().execute(() -> answered(mark, answer, failure, next)));
  }

  private void answered(Object mark, byte[] answer, Throwable failure, Consumer<byte[]> next) {
    if (busy != mark) {
      return;
    }
    busy = null;
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
    String now = String.valueOf(why.getMessage());
    if (!now.equals(lastFailure)) {
      LOG.log(Level.INFO, "the pools do not talk now: peer={0} why={1}", peer, now);
    }
    lastFailure = now;
    busy = null;
    ready = false;
    notBefore = around.inMillis(retryMillis);
    retryMillis = Math.min(2 * retryMillis, MOST_RETRY_MILLIS);
  }

  byte[] answer(byte[] request) {
    byte[] answer =
        switch (Codec.type(request)) {
          case Wire.HELLO -> greet(Wire.hello(request));
          case Wire.REPORT -> witnessing.note(Wire.page(request));
          case Wire.LEASE -> witnessing.lease(Wire.leases(request));
          case Wire.ASK -> give(Wire.ask(request));
          default -> throw new IllegalArgumentException("BG-POOL-003 this is no request");
        };
    meet();
    return answer;
  }

  private byte[] greet(Wire.Hello hello) {
    byte[] answer = witnessing.greet(hello.runs());
    if (!hello.heard() && ready) {
      again(); // the peer has begun anew inside this session
    }
    return answer;
  }

  /** Not while a report is under way: it would not tell of the gift, and the peer would wonder. */
  private byte[] give(Wire.Ask ask) {
    Optional<Leases.Gift> gift =
        ready ? store(l -> l.leases().give(peer, ask.kind(), ask.octets())) : Optional.empty();
    return Wire.given(gift);
  }

  Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("peer", peer);
    status.put("connected", session != null);
    status.put("helloSaid", said);
    status.put("helloHeard", witnessing.heard());
    status.put("restoredHere", restored);
    status.put("restoredAtPeer", witnessing.restored());
    status.put("giftsReceived", gifts);
    status.put("lastFailure", lastFailure);
    return status;
  }
}
