package io.bellgate.keys.pqc.registry;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Map;
import org.bouncycastle.util.Arrays;

/**
 * Verification of LMS (RFC 8554) in the form of HSS with one level, keys in the form of RFC 9802. A
 * gateway never signs with it: a key that is used twice is broken.
 */
record LmsTrial() implements Trial {
  /** SubjectPublicKeyInfo with id-alg-hss-lms-hashsig before a key of 60 octets. */
  private static final byte[] PUBLIC =
      HexFormat.of().parseHex("304e300d060b2a864886f70d0109100311033d00");

  @Override
  public String check(Provider provider) throws GeneralSecurityException {
    KnownAnswers known = new KnownAnswers("LMS");
    PublicKey key = key(provider, known);
    byte[] signature = signature(known);
    if (!verifies(provider, key, known.get("message"), signature)) {
      throw new KnownAnswers.Wrong("refused the known signature");
    }
    signature[signature.length / 2] ^= 1;
    KnownAnswers.refused(
        "a changed signature", () -> verifies(provider, key, known.get("message"), signature));
    return "verification";
  }

  private static PublicKey key(Provider provider, KnownAnswers known)
      throws GeneralSecurityException {
    byte[] oneLevel = Arrays.concatenate(new byte[] {0, 0, 0, 1}, known.get("key"));
    return publicKey(provider, oneLevel);
  }

  static PublicKey publicKey(Provider provider, byte[] hss) throws GeneralSecurityException {
    return KeyFactory.getInstance("LMS", provider)
        .generatePublic(new X509EncodedKeySpec(Arrays.concatenate(PUBLIC, hss)));
  }

  private static byte[] signature(KnownAnswers known) {
    return Arrays.concatenate(new byte[4], known.get("signature"));
  }

  static boolean verifies(Provider provider, PublicKey key, byte[] message, byte[] signature)
      throws GeneralSecurityException {
    Signature verifier = Signature.getInstance("LMS", provider);
    verifier.initVerify(key);
    verifier.update(message);
    return verifier.verify(signature);
  }

  @Override
  public Map<String, Step> operations(Provider provider) throws GeneralSecurityException {
    KnownAnswers known = new KnownAnswers("LMS");
    PublicKey key = key(provider, known);
    byte[] message = known.get("message");
    byte[] signature = signature(known);
    return Map.of("verify", () -> verifies(provider, key, message, signature));
  }
}
