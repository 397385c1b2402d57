package io.bellgate.keys.pqc.registry;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.pqc.jcajce.spec.HQCParameterSpec;

/** HQC-128, whose standard is a draft: no published answers, so it is tried against itself. */
record HqcTrial() implements Trial {
  @Override
  public String check(Provider provider) throws GeneralSecurityException {
    SecureRandom random = new SecureRandom();
    KeyPair pair = pair(provider, random);
    JcaKem.Encapsulated made = JcaKem.encapsulate("HQC", provider, pair.getPublic(), random);
    byte[] secret = JcaKem.decapsulate("HQC", provider, pair.getPrivate(), made.ciphertext());
    if (!Arrays.equals(secret, made.secret())) {
      throw new KnownAnswers.Wrong("the two ends got different secrets");
    }
    return "both ends agree; there are no published answers";
  }

  private static KeyPair pair(Provider provider, SecureRandom random)
      throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("HQC", provider);
    generator.initialize(HQCParameterSpec.hqc128, random);
    return generator.generateKeyPair();
  }

  @Override
  public Map<String, Step> operations(Provider provider) throws GeneralSecurityException {
    SecureRandom random = new SecureRandom();
    KeyPair pair = pair(provider, random);
    byte[] ciphertext = JcaKem.encapsulate("HQC", provider, pair.getPublic(), random).ciphertext();
    Map<String, Step> steps = new LinkedHashMap<>();
    steps.put("decaps", () -> JcaKem.decapsulate("HQC", provider, pair.getPrivate(), ciphertext));
    steps.put("encaps", () -> JcaKem.encapsulate("HQC", provider, pair.getPublic(), random));
    steps.put("keygen", () -> pair(provider, random));
    return steps;
  }
}
