package io.bellgate.keys.pqc.registry;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.KeyAgreement;
import org.bouncycastle.util.Arrays;

/** X25519 (RFC 7748); keys in the form of RFC 8410. */
record X25519Trial() implements Trial {
  private static final String NAME = "X25519";
  private static final byte[] PRIVATE = HexFormat.of().parseHex("302e020100300506032b656e04220420");
  private static final byte[] PUBLIC = HexFormat.of().parseHex("302a300506032b656e032100");

  @Override
  public String check(Provider provider) throws GeneralSecurityException {
    KnownAnswers known = new KnownAnswers(NAME);
    PrivateKey own = privateKey(provider, known.get("private"));
    known.expect("secret", agree(provider, own, publicKey(provider, known.get("public"))));
    KnownAnswers.refused(
        "a point of small order",
        () -> !zero(agree(provider, own, publicKey(provider, new byte[32]))));
    return "agreement, small order";
  }

  private static boolean zero(byte[] octets) {
    int any = 0;
    for (byte octet : octets) {
      any |= octet;
    }
    return any == 0;
  }

  static PublicKey publicKey(Provider provider, byte[] octets) throws GeneralSecurityException {
    return KeyFactory.getInstance(NAME, provider)
        .generatePublic(new X509EncodedKeySpec(Arrays.concatenate(PUBLIC, octets)));
  }

  static PrivateKey privateKey(Provider provider, byte[] octets) throws GeneralSecurityException {
    return KeyFactory.getInstance(NAME, provider)
        .generatePrivate(new PKCS8EncodedKeySpec(Arrays.concatenate(PRIVATE, octets)));
  }

  static byte[] agree(Provider provider, PrivateKey own, PublicKey peers)
      throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance(NAME, provider);
    agreement.init(own);
    agreement.doPhase(peers, true);
    return agreement.generateSecret();
  }

  @Override
  public Map<String, Step> operations(Provider provider) throws GeneralSecurityException {
    KnownAnswers known = new KnownAnswers(NAME);
    PrivateKey own = privateKey(provider, known.get("private"));
    PublicKey peers = publicKey(provider, known.get("public"));
    KeyPairGenerator generator = KeyPairGenerator.getInstance(NAME, provider);
    Map<String, Step> steps = new LinkedHashMap<>();
    steps.put("agree", () -> agree(provider, own, peers));
    steps.put("keygen", generator::generateKeyPair);
    return steps;
  }
}
