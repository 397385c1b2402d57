package io.bellgate.api.keys;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The identity of this site, and the identities of peers it trusts. An identity has two signing
 * keys of different families; a peer is authenticated when both have signed. Thread safe.
 */
@ProviderType
public interface SiteIdentity {
  /** The two families of signatures. */
  enum Family {
    /** ML-DSA-65 (FIPS 204), empty context, hedged: 3,309 octets. */
    ML_DSA_65,
    /** Ed25519 (RFC 8032): 64 octets. */
    ED25519
  }

  /**
   * This site's ID.
   *
   * @return lower-case letters, digits and hyphens
   */
  String site();

  /**
   * What this site shows of its identity.
   *
   * @return the present one
   * @throws io.bellgate.api.ops.Gone if there is none yet: it waits for random bits
   * @throws IllegalStateException if it must not be used, and why: its files are damaged, it was
   *     copied from another machine, or its owner revoked it
   */
  PublicIdentity own();

  /**
   * Signs. The caller separates domains: a message begins with a label of its use.
   *
   * @param family with which key
   * @param message octets to be signed
   * @return the signature
   * @throws io.bellgate.api.ops.Gone on the terms of {@link #own}, and if random bits are missing
   * @throws IllegalStateException on the terms of {@link #own}
   */
  byte[] sign(Family family, byte[] message);

  /**
   * The identity that a peer must show: pinned from a file that somebody exchanged, not revoked.
   * Never trust on first use.
   *
   * @param peer a site ID
   * @return empty if that peer is not trusted
   */
  Optional<PublicIdentity> trusted(String peer);
}
