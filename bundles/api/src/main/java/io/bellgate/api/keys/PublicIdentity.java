package io.bellgate.api.keys;

import java.util.Arrays;

/**
 * What a site shows of its identity. Arrays are not copied: do not change them.
 *
 * @param site its ID
 * @param certificate self-signed X.509 certificate over its ML-DSA-65 key (RFC 9881), DER
 * @param ed25519 its Ed25519 key (RFC 8032), 32 octets
 * @param xWing its X-Wing encapsulation key, 1,216 octets: for objects to a site that is not
 *     connected
 */
public record PublicIdentity(String site, byte[] certificate, byte[] ed25519, byte[] xWing) {
  @Override
  public boolean equals(Object other) {
    return other instanceof PublicIdentity i
        && site.equals(i.site)
        && Arrays.equals(certificate, i.certificate)
        && Arrays.equals(ed25519, i.ed25519)
        && Arrays.equals(xWing, i.xWing);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(certificate);
  }

  @Override
  public String toString() {
    return "PublicIdentity[" + site + "]";
  }
}
