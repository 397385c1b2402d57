package io.bellgate.keys.pqc.vectors;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/** Verification with a bare HSS key of 60 octets, in the form of RFC 9802. Stateless. */
final class HssKey {
  private static final byte[] PREFIX =
      HexFormat.of().parseHex("304e300d060b2a864886f70d0109100311033d00");

  private HssKey() {}

  static boolean verifies(Provider provider, byte[] key, byte[] message, byte[] signature)
      throws GeneralSecurityException {
    Signature verifier = Signature.getInstance("LMS", provider);
    verifier.initVerify(
        KeyFactory.getInstance("LMS", provider)
            .generatePublic(new X509EncodedKeySpec(Fields.joined(PREFIX, key))));
    verifier.update(message);
    return verifier.verify(signature);
  }
}
