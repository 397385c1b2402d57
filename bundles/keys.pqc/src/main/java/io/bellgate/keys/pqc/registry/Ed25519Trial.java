package io.bellgate.keys.pqc.registry;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.util.Arrays;

/** Ed25519 (RFC 8032); keys in the form of RFC 8410. */
record Ed25519Trial() implements Trial {
  private static final String NAME = "Ed25519";
  private static final byte[] PRIVATE = HexFormat.of().parseHex("302e020100300506032b657004220420");
  private static final byte[] PUBLIC = HexFormat.of().parseHex("302a300506032b6570032100");

  @Override
  public String check(Provider provider) throws GeneralSecurityException {
    KnownAnswers known = new KnownAnswers(NAME);
    byte[] message = known.get("message");
    PublicKey key = publicKey(provider, known.get("public"));
    byte[] signature = sign(provider, privateKey(provider, known), message);
    known.expect("signature", signature);
    if (!verifies(provider, key, message, signature)) {
      throw new KnownAnswers.Wrong("refused the known signature");
    }
    byte[] changed = signature.clone();
    changed[40] ^= 1;
    KnownAnswers.refused("a changed signature", () -> verifies(provider, key, message, changed));
    return "signature, verification";
  }

  static PublicKey publicKey(Provider provider, byte[] octets) throws GeneralSecurityException {
    return KeyFactory.getInstance(NAME, provider)
        .generatePublic(new X509EncodedKeySpec(Arrays.concatenate(PUBLIC, octets)));
  }

  private static PrivateKey privateKey(Provider provider, KnownAnswers known)
      throws GeneralSecurityException {
    return KeyFactory.getInstance(NAME, provider)
        .generatePrivate(
            new PKCS8EncodedKeySpec(Arrays.concatenate(PRIVATE, known.get("private"))));
  }

  private static byte[] sign(Provider provider, PrivateKey key, byte[] message)
      throws GeneralSecurityException {
    Signature signer = Signature.getInstance(NAME, provider);
    signer.initSign(key);
    signer.update(message);
    return signer.sign();
  }

  static boolean verifies(Provider provider, PublicKey key, byte[] message, byte[] signature)
      throws GeneralSecurityException {
    Signature verifier = Signature.getInstance(NAME, provider);
    verifier.initVerify(key);
    verifier.update(message);
    return verifier.verify(signature);
  }

  @Override
  public Map<String, Step> operations(Provider provider) throws GeneralSecurityException {
    KnownAnswers known = new KnownAnswers(NAME);
    PrivateKey own = privateKey(provider, known);
    PublicKey key = publicKey(provider, known.get("public"));
    byte[] message = new byte[256];
    byte[] signature = sign(provider, own, message);
    Map<String, Step> steps = new LinkedHashMap<>();
    steps.put("verify", () -> verifies(provider, key, message, signature));
    steps.put("sign", () -> sign(provider, own, message));
    return steps;
  }
}
