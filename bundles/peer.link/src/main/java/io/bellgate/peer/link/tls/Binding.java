package io.bellgate.peer.link.tls;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.PublicIdentity;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/**
 * What ties keys and signatures to the two ends. {@code part(x)} is the length of x in 4 octets,
 * big-endian, and x.
 */
final class Binding {
  /** Octets of a pre-shared key: as long as the hash of the suite. */
  static final int PSK_OCTETS = 48;

  private static final byte[] SALT = "bellgate peer 2 psk".getBytes(StandardCharsets.US_ASCII);
  private static final String SIGNED = "bellgate peer 2 signature";

  private Binding() {}

  /** SHA-256 over part(certificate) | part(Ed25519 key) | part(X-Wing key). */
  static byte[] fingerprint(PublicIdentity identity) {
    return sha256(parts(identity.certificate(), identity.ed25519(), identity.xWing()));
  }

  static byte[] sha256(byte[] octets) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(octets);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static byte[] parts(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(ByteBuffer.allocate(4).putInt(part.length).array());
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /**
   * HKDF with SHA-384 (RFC 5869): Expand(Extract("bellgate peer 2 psk", key), part(name) |
   * part(fingerprint of the initiator) | part(fingerprint of the responder), 48). Does the work of
   * the importer of RFC 9258: binds protocol, hash, both ends and their roles.
   *
   * @param key lent, not destroyed
   * @return a secret that the caller owns
   */
  static Secret psk(Secret key, KeyName name, PublicIdentity initiator, PublicIdentity responder) {
    byte[] info = parts(name.octets(), fingerprint(initiator), fingerprint(responder));
    byte[] psk = new byte[PSK_OCTETS];
    key.use(
        octets -> {
          HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA384Digest());
          hkdf.init(new HKDFParameters(octets, SALT, info));
          hkdf.generateBytes(psk, 0, psk.length);
        });
    return Secret.absorb(psk);
  }

  /** What an end signs with its second key, inside the channel. */
  static byte[] signed(
      boolean byInitiator, PublicIdentity initiator, PublicIdentity responder, byte[] exporter) {
    return parts(
        SIGNED.getBytes(StandardCharsets.US_ASCII),
        (byInitiator ? "initiator" : "responder").getBytes(StandardCharsets.US_ASCII),
        fingerprint(initiator),
        fingerprint(responder),
        exporter);
  }
}
