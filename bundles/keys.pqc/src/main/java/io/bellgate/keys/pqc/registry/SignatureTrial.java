package io.bellgate.keys.pqc.registry;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * ML-DSA (FIPS 204) and SLH-DSA (FIPS 205), whose key pairs follow from given octets. The signature
 * of ML-DSA is compared, too, made with a random value of zeros: the deterministic variant (FIPS
 * 204, section 3.4).
 *
 * @param name in the registry, and of its known answers
 * @param algorithm JCA name of the parameter set
 * @param keyOctets octets of the public key, which is the end of its encoded form
 */
record SignatureTrial(String name, String algorithm, int keyOctets) implements Trial {
  private static final byte[] MESSAGE = "Hello world".getBytes(StandardCharsets.US_ASCII);

  @Override
  public String check(Provider provider) throws GeneralSecurityException {
    KnownAnswers known = new KnownAnswers(name);
    KeyPair pair = pair(provider, new FixedRandom(known.get("seed")));
    byte[] encoded = pair.getPublic().getEncoded();
    byte[] key = Arrays.copyOfRange(encoded, encoded.length - keyOctets, encoded.length);
    boolean lattice = name.startsWith("ML-DSA-");
    known.expect(lattice ? "keyHash" : "key", key);
    byte[] signature = sign(provider, pair, MESSAGE, new FixedRandom(new byte[0]));
    if (lattice) {
      known.expect("signatureHash", signature);
    }
    if (!verifies(provider, pair.getPublic(), MESSAGE, signature)) {
      throw new KnownAnswers.Wrong("refused a signature of its own");
    }
    byte[] changed = signature.clone();
    changed[changed.length / 2] ^= 1;
    KnownAnswers.refused(
        "a changed signature", () -> verifies(provider, pair.getPublic(), MESSAGE, changed));
    KnownAnswers.refused(
        "another message", () -> verifies(provider, pair.getPublic(), new byte[11], signature));
    return lattice ? "key pair, signature, verification" : "key pair, verification of its own";
  }

  private KeyPair pair(Provider provider, SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, provider);
    Parameters.initialize(generator, name, random);
    return generator.generateKeyPair();
  }

  private byte[] sign(Provider provider, KeyPair pair, byte[] message, SecureRandom random)
      throws GeneralSecurityException {
    Signature signer = Signature.getInstance(algorithm, provider);
    signer.initSign(pair.getPrivate(), random);
    signer.update(message);
    return signer.sign();
  }

  private boolean verifies(Provider provider, PublicKey key, byte[] message, byte[] signature)
      throws GeneralSecurityException {
    Signature verifier = Signature.getInstance(algorithm, provider);
    verifier.initVerify(key);
    verifier.update(message);
    return verifier.verify(signature);
  }

  @Override
  public Map<String, Step> operations(Provider provider) throws GeneralSecurityException {
    SecureRandom random = new SecureRandom();
    KeyPair pair = pair(provider, random);
    byte[] message = new byte[256];
    byte[] signature = sign(provider, pair, message, random);
    byte[] fresh = new byte[256];
    Map<String, Step> steps = new LinkedHashMap<>();
    steps.put("verify", () -> verifies(provider, pair.getPublic(), message, signature));
    steps.put(
        "sign",
        () -> {
          random.nextBytes(fresh);
          sign(provider, pair, fresh, random);
        });
    steps.put("keygen", () -> pair(provider, random));
    return steps;
  }
}
