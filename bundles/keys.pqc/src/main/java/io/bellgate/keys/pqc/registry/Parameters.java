package io.bellgate.keys.pqc.registry;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.NamedParameterSpec;
import org.bouncycastle.jcajce.spec.MLDSAParameterSpec;
import org.bouncycastle.jcajce.spec.MLKEMParameterSpec;
import org.bouncycastle.jcajce.spec.SLHDSAParameterSpec;

/** Names a parameter set the way that the provider of a generator wants it. */
final class Parameters {
  private Parameters() {}

  static void initialize(KeyPairGenerator generator, String name, SecureRandom random)
      throws GeneralSecurityException {
    if (BouncyCastle.isIt(generator.getProvider())) {
      if (name.equals("X-Wing")) {
        generator.initialize(256, random);
      } else {
        generator.initialize(bouncyCastle(name), random);
      }
    } else {
      generator.initialize(new NamedParameterSpec(name), random);
    }
  }

  private static AlgorithmParameterSpec bouncyCastle(String name) {
    if (name.startsWith("ML-KEM-")) {
      return MLKEMParameterSpec.fromName(name);
    }
    return name.startsWith("ML-DSA-")
        ? MLDSAParameterSpec.fromName(name)
        : SLHDSAParameterSpec.fromName(name);
  }
}
