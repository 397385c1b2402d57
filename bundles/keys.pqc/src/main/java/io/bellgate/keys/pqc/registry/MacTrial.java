package io.bellgate.keys.pqc.registry;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HMAC (RFC 2104).
 *
 * @param name in the registry
 * @param algorithm in JCA
 */
record MacTrial(String name, String algorithm) implements Trial {
  @Override
  public String check(Provider provider) throws GeneralSecurityException {
    byte[] data = "what do ya want for nothing?".getBytes(StandardCharsets.US_ASCII);
    new KnownAnswers(name).expect("tag", mac(provider, data));
    return "tag";
  }

  private byte[] mac(Provider provider, byte[] data) throws GeneralSecurityException {
    Mac mac = Mac.getInstance(algorithm, provider);
    mac.init(new SecretKeySpec("Jefe".getBytes(StandardCharsets.US_ASCII), algorithm));
    return mac.doFinal(data);
  }

  @Override
  public Map<String, Step> operations(Provider provider) {
    byte[] data = new byte[64];
    return Map.of("64 B", () -> mac(provider, data));
  }
}
