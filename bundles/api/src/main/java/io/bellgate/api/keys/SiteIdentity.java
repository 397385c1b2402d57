package io.bellgate.api.keys;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The identity of this site, and the identities of peers it trusts. Thread safe. */
@ProviderType
public interface SiteIdentity {
  /**
   * This site's ID.
   *
   * @return lower-case letters, digits and hyphens
   */
  String site();

  /**
   * This site's self-signed X.509 certificate over its ML-DSA-65 key (RFC 9881), DER.
   *
   * @return a copy
   */
  byte[] certificate();

  /**
   * Signs with ML-DSA-65 (FIPS 204), empty context, hedged.
   *
   * @param message octets to be signed
   * @return 3,309 octets
   */
  byte[] sign(byte[] message);

  /**
   * The certificate that a peer must show: pinned from a file that somebody exchanged. Never trust
   * on first use.
   *
   * @param peer a site ID
   * @return DER; empty if that peer is not trusted
   */
  Optional<byte[]> trusted(String peer);
}
