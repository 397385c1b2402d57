package io.bellgate.peer.link.tls;

import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.keys.SiteIdentity;
import java.util.Vector;
import org.bouncycastle.tls.ProtocolName;

/**
 * What one end brings to a handshake.
 *
 * @param identity its identity, and whom it trusts
 * @param registry asked anew for each handshake
 * @param random the gateway's random bits
 * @param group the only group
 * @param epoch of the channel's policy; a peer with a lower one is refused
 * @param lowest protocol version that is accepted, 1 or 2
 */
public record Terms(
    SiteIdentity identity,
    AlgorithmRegistry registry,
    RandomBits random,
    Group group,
    long epoch,
    int lowest) {
  /** The protocol version that this gateway speaks best. */
  public static final int VERSION = 2;

  /** The application protocol (RFC 7301) of a version. */
  static String protocol(int version) {
    return "bellgate/" + version;
  }

  /** The application protocols that are spoken here, best first. */
  Vector<ProtocolName> protocols() {
    Vector<ProtocolName> names = new Vector<>();
    for (int version = VERSION; version >= lowest; version--) {
      names.add(ProtocolName.asUtf8Encoding(protocol(version)));
    }
    return names;
  }

  PublicIdentity trusted(String peer) throws Refused {
    return identity
        .trusted(peer)
        .orElseThrow(
            () ->
                new Refused(
                    "BG-PEER-001 the peer is not trusted: peer="
                        + peer
                        + ": get its identity file and run: bellgate identity trust FILE"));
  }
}
