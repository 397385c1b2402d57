package io.bellgate.keys.pqc.registry;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;

/** X25519 (RFC 7748). */
record X25519Trial() implements Trial {
  private static final String NAME = "X25519";

  @Override
  public String check(Provider provider) throws GeneralSecurityException {
    KnownAnswers known = new KnownAnswers(NAME);
    PrivateKey own = JcaX25519.privateKey(provider, known.get("private"));
    known.expect(
        "secret",
        JcaX25519.agree(provider, own, JcaX25519.publicKey(provider, known.get("public"))));
    known.expect(
        "own", JcaX25519.agree(provider, own, JcaX25519.publicKey(provider, JcaX25519.BASE)));
    if (BouncyCastle.isIt(provider)) { // makes public values without JCA
      known.expect(
          "own",
          new X25519PrivateKeyParameters(known.get("private")).generatePublicKey().getEncoded());
    }
    KnownAnswers.refused(
        "a point of small order",
        () -> !zero(JcaX25519.agree(provider, own, JcaX25519.publicKey(provider, new byte[32]))));
    return "agreement, public value, small order";
  }

  private static boolean zero(byte[] octets) {
    int any = 0;
    for (byte octet : octets) {
      any |= octet;
    }
    return any == 0;
  }

  @Override
  public Map<String, Step> operations(Provider provider) throws GeneralSecurityException {
    KnownAnswers known = new KnownAnswers(NAME);
    PrivateKey own = JcaX25519.privateKey(provider, known.get("private"));
    PublicKey peers = JcaX25519.publicKey(provider, known.get("public"));
    KeyPairGenerator generator = KeyPairGenerator.getInstance(NAME, provider);
    Map<String, Step> steps = new LinkedHashMap<>();
    steps.put("agree", () -> JcaX25519.agree(provider, own, peers));
    steps.put("keygen", generator::generateKeyPair);
    return steps;
  }
}
