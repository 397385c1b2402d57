package io.bellgate.keys.pqc.registry;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.util.Map;

/**
 * SHA-2 (FIPS 180-4).
 *
 * @param name in the registry and in JCA
 */
record HashTrial(String name) implements Trial {
  @Override
  public String check(Provider provider) throws GeneralSecurityException {
    byte[] digest = MessageDigest.getInstance(name, provider).digest(new byte[] {'a', 'b', 'c'});
    new KnownAnswers(name).expect("digest", digest);
    return "digest";
  }

  @Override
  public Map<String, Step> operations(Provider provider) throws GeneralSecurityException {
    byte[] data = new byte[16384];
    MessageDigest digest = MessageDigest.getInstance(name, provider);
    return Map.of("16 KiB", () -> digest.digest(data));
  }
}
