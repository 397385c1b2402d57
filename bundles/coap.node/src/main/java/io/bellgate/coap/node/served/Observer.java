package io.bellgate.coap.node.served;

import io.bellgate.oscore.OscorePeer;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.util.Arrays;
import java.util.Optional;
import org.eclipse.californium.core.coap.Request;

/**
 * Who observes, as far as its notifications need it (RFC 7641, section 4.1).
 *
 * @param way how it reached the gateway
 * @param address where it is
 * @param identity under which it spoke; empty if nothing protects it
 * @param token of its request
 * @param octets of the datagram of its request: by it goes how much is sent to somebody unknown
 * @param bound what its notifications are bound to, under OSCORE alone
 */
record Observer(
    Way way,
    InetSocketAddress address,
    Optional<String> identity,
    byte[] token,
    int octets,
    Optional<Bound> bound) {
  /** The most octets of a datagram. */
  static final int MOST_OCTETS = 65_535;

  /** How a node reaches the gateway. The order is that of the saved form. */
  enum Way {
    /** Without protection. */
    PLAIN("none"),
    /** DTLS. */
    DTLS("DTLS-PSK"),
    /** OSCORE. */
    OSCORE("OSCORE");

    private final String ingress;

    Way(String ingress) {
      this.ingress = ingress;
    }

    String ingress() {
      return ingress;
    }
  }

  /**
   * A request under OSCORE.
   *
   * @param kid of it
   * @param partialIv of it
   * @param idContext of the context that protects notifications, if it has one
   * @param key tells the keys of contexts apart
   */
  record Bound(byte[] kid, byte[] partialIv, Optional<byte[]> idContext, long key) {}

  static Observer of(Request request) {
    InetSocketAddress address = request.getSourceContext().getPeerAddress();
    Principal principal = request.getSourceContext().getPeerIdentity();
    byte[] token = request.getTokenBytes();
    int octets = request.getBytes() == null ? 0 : request.getBytes().length;
    if (principal == null) {
      return new Observer(Way.PLAIN, address, Optional.empty(), token, octets, Optional.empty());
    }
    Optional<String> identity = Optional.of(principal.getName());
    if (principal instanceof OscorePeer peer) {
      Bound bound =
          new Bound(
              peer.kid(),
              peer.partialIv(),
              peer.context().idContext(),
              peer.context().fingerprint());
      return new Observer(Way.OSCORE, address, identity, token, octets, Optional.of(bound));
    }
    return new Observer(Way.DTLS, address, identity, token, octets, Optional.empty());
  }

  /** Whether it is the same end with the same token: of those there is one observation. */
  boolean isSame(Observer other) {
    return isAtSameEnd(other) && Arrays.equals(token, other.token);
  }

  /** Whether it is the same end: under a key it may be somewhere else by now. */
  boolean isAtSameEnd(Observer other) {
    return way == other.way
        && identity.equals(other.identity)
        && (way != Way.PLAIN || address.equals(other.address));
  }

  /**
   * The same under another key of its node. Its notifications stay bound to the request that there
   * was: what comes under a key has a sender ID of its own, so no other request is told by the
   * same.
   *
   * @param next tells the key of the context apart
   */
  Observer under(String next, long key) {
    Bound request = bound.orElseThrow();
    return new Observer(
        way,
        address,
        Optional.of(next),
        token,
        octets,
        Optional.of(new Bound(request.kid(), request.partialIv(), Optional.empty(), key)));
  }

  /** The same, somewhere else. */
  Observer at(InetSocketAddress now) {
    return new Observer(way, now, identity, token, octets, bound);
  }
}
