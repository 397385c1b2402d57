package io.bellgate.api.keys;

import org.osgi.annotation.versioning.ConsumerType;

/** Learns that the trust in a peer changed (whiteboard). Must not block. */
@ConsumerType
public interface TrustListener {
  /**
   * A peer's identity was trusted, replaced or revoked. Who talks with the peer ends that and asks
   * {@link SiteIdentity#trusted} again.
   *
   * @param peer its site ID
   */
  void trustChanged(String peer);
}
