package io.bellgate.peer.link;

import io.bellgate.api.peer.PeerSession.Level;
import io.bellgate.peer.link.tls.Group;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The policy of the channel, read from the configuration.
 *
 * @param minimum per peer; what is not named is {@link Level#PQC}
 * @param group the only group
 * @param epoch raised by the operator with each tightening
 * @param lowest protocol version that is accepted
 * @param rekeyAfter a connection carries no more than so long
 * @param rekeyOctets a session carries no more under one set of connections
 */
record Rules(
    Map<String, Level> minimum,
    Group group,
    long epoch,
    int lowest,
    Duration rekeyAfter,
    long rekeyOctets) {

  static Rules of(Settings settings) {
    Map<String, Level> minimum = new LinkedHashMap<>();
    for (String line : settings.minimum()) {
      String[] parts = line.split("=", -1);
      if (parts.length != 2 || !parts[1].matches("PQC|QKD_PQC")) {
        throw new IllegalArgumentException(
            "BG-PEER-007 minimum holds SITE=PQC or SITE=QKD_PQC: value=" + line);
      }
      minimum.put(parts[0], Level.valueOf(parts[1]));
    }
    if (settings.protocol_lowest() < 1 || settings.protocol_lowest() > 2) {
      throw new IllegalArgumentException(
          "BG-PEER-007 protocol.lowest is 1 or 2: value=" + settings.protocol_lowest());
    }
    return new Rules(
        minimum,
        Group.of(settings.group()),
        settings.policy_epoch(),
        settings.protocol_lowest(),
        Duration.ofMinutes(settings.rekey_minutes()),
        settings.rekey_megabytes() * 1_000_000L);
  }

  Level minimum(String peer) {
    return minimum.getOrDefault(peer, Level.PQC);
  }
}
