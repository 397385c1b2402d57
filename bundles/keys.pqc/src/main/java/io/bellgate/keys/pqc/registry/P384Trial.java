package io.bellgate.keys.pqc.registry;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Map;
import javax.crypto.KeyAgreement;

/** Diffie-Hellman on P-384 (SP 800-56A): a part of a TLS group. */
record P384Trial() implements Trial {
  @Override
  public String check(Provider provider) throws GeneralSecurityException {
    KnownAnswers known = new KnownAnswers("P-384");
    known.expect("secret", agree(provider, privateKey(provider, known), point(provider, known)));
    return "agreement";
  }

  private static ECParameterSpec curve(Provider provider) throws GeneralSecurityException {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC", provider);
    parameters.init(new ECGenParameterSpec("secp384r1"));
    return parameters.getParameterSpec(ECParameterSpec.class);
  }

  private static PrivateKey privateKey(Provider provider, KnownAnswers known)
      throws GeneralSecurityException {
    return KeyFactory.getInstance("EC", provider)
        .generatePrivate(
            new ECPrivateKeySpec(new BigInteger(1, known.get("private")), curve(provider)));
  }

  private static PublicKey point(Provider provider, KnownAnswers known)
      throws GeneralSecurityException {
    ECPoint point =
        new ECPoint(new BigInteger(1, known.get("x")), new BigInteger(1, known.get("y")));
    return KeyFactory.getInstance("EC", provider)
        .generatePublic(new ECPublicKeySpec(point, curve(provider)));
  }

  private static byte[] agree(Provider provider, PrivateKey own, PublicKey peers)
      throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH", provider);
    agreement.init(own);
    agreement.doPhase(peers, true);
    return agreement.generateSecret();
  }

  @Override
  public Map<String, Step> operations(Provider provider) throws GeneralSecurityException {
    KnownAnswers known = new KnownAnswers("P-384");
    PrivateKey own = privateKey(provider, known);
    PublicKey peers = point(provider, known);
    return Map.of("agree", () -> agree(provider, own, peers));
  }
}
