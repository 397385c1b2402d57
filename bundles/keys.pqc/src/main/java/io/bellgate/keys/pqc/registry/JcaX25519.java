package io.bellgate.keys.pqc.registry;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import javax.crypto.KeyAgreement;
import org.bouncycastle.util.Arrays;

/** X25519 (RFC 7748) with bare octets through JCA; keys in the form of RFC 8410. Stateless. */
public final class JcaX25519 {
  private static final String NAME = "X25519";
  private static final byte[] PRIVATE = HexFormat.of().parseHex("302e020100300506032b656e04220420");
  private static final byte[] PUBLIC = HexFormat.of().parseHex("302a300506032b656e032100");

  /** The base point, u = 9 (RFC 7748, section 4.1). */
  public static final byte[] BASE = Arrays.concatenate(new byte[] {9}, new byte[31]);

  private JcaX25519() {}

  /** A public key of 32 octets. */
  public static PublicKey publicKey(Provider provider, byte[] octets)
      throws GeneralSecurityException {
    return KeyFactory.getInstance(NAME, provider)
        .generatePublic(new X509EncodedKeySpec(Arrays.concatenate(PUBLIC, octets)));
  }

  /** A private key of 32 octets. */
  public static PrivateKey privateKey(Provider provider, byte[] octets)
      throws GeneralSecurityException {
    return KeyFactory.getInstance(NAME, provider)
        .generatePrivate(new PKCS8EncodedKeySpec(Arrays.concatenate(PRIVATE, octets)));
  }

  /**
   * The shared secret, which the caller destroys.
   *
   * @throws GeneralSecurityException if the keys are none; of a point of small order the result may
   *     be zeros, which the caller refuses
   */
  public static byte[] agree(Provider provider, PrivateKey own, PublicKey peers)
      throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance(NAME, provider);
    agreement.init(own);
    agreement.doPhase(peers, true);
    return agreement.generateSecret();
  }
}
