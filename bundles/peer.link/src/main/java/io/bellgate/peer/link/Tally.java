package io.bellgate.peer.link;

import io.bellgate.api.peer.PeerSession.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What happened with each peer, for status. Thread safe. */
final class Tally {
  /** Stands for a peer that is not known yet. */
  static final String ARRIVING = "arriving";

  private final Map<String, String> lastErrors = new ConcurrentHashMap<>();
  private final Map<String, Integer> sessions = new ConcurrentHashMap<>();
  private final Map<String, Integer> rekeys = new ConcurrentHashMap<>();
  private final Map<String, Integer> fallbacks = new ConcurrentHashMap<>();
  private final Map<String, String> lastFallbacks = new ConcurrentHashMap<>();

  void connected(String peer) {
    lastErrors.remove(peer);
    lastErrors.remove(ARRIVING);
    sessions.merge(peer, 1, Integer::sum);
  }

  void rekeyed(String peer) {
    rekeys.merge(peer, 1, Integer::sum);
    lastErrors.remove(peer);
  }

  void fellBack(String peer, String why) {
    fallbacks.merge(peer, 1, Integer::sum);
    lastFallbacks.put(peer, why);
  }

  /** True if that is not what failed the last time. */
  boolean failed(String peer, String why) {
    return !why.equals(lastErrors.put(peer, why));
  }

  /** One peer's status; what an operator should look at goes to the problems. */
  Map<String, Object> of(
      String peer, Optional<Session> session, Level minimum, List<String> problems) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("state", session.isPresent() ? "connected" : "not connected");
    session.ifPresent(s -> describe(one, s));
    one.put("minimum", minimum.name());
    one.put("sessions", sessions.getOrDefault(peer, 0));
    one.put("rekeys", rekeys.getOrDefault(peer, 0));
    one.put("fallbacks", fallbacks.getOrDefault(peer, 0));
    if (lastFallbacks.containsKey(peer)) {
      one.put("lastFallback", lastFallbacks.get(peer));
    }
    String error =
        lastErrors.getOrDefault(
            peer, lastErrors.getOrDefault(ARRIVING, "no attempt has succeeded yet"));
    if (session.isEmpty()) {
      one.put("lastError", error);
      problems.add("no session with " + peer + ": " + error);
    } else if (lastErrors.containsKey(peer)) {
      one.put("lastError", error); // a rekey, for example: the session goes on
    }
    session
        .filter(s -> s.level().compareTo(minimum) < 0)
        .ifPresent(
            s ->
                problems.add(
                    "BG-PEER-013 the channel with "
                        + peer
                        + " is below its minimum: level="
                        + s.level()
                        + " minimum="
                        + minimum));
    return one;
  }

  private static void describe(Map<String, Object> one, Session session) {
    one.put("sinceSeconds", (System.currentTimeMillis() - session.sinceMillis()) / 1000);
    one.put("protocol", session.protocol());
    one.put("protocolVersion", session.version());
    one.put("level", session.level().name());
  }
}
