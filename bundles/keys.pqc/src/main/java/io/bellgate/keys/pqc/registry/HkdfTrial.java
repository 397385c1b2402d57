package io.bellgate.keys.pqc.registry;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Map;

/**
 * HKDF (RFC 5869).
 *
 * @param hash 256 or 384
 */
record HkdfTrial(int hash) implements Trial {
  @Override
  public String check(Provider provider) throws GeneralSecurityException {
    KnownAnswers known = new KnownAnswers("HKDF-SHA-" + hash);
    Hkdf hkdf = new Hkdf(hash, provider);
    byte[] prk = hkdf.extract(known.get("salt"), known.get("ikm"));
    known.expect("okm", hkdf.expand(prk, known.get("info"), known.get("okm").length));
    return "output";
  }

  @Override
  public Map<String, Step> operations(Provider provider) {
    Hkdf hkdf = new Hkdf(hash, provider);
    byte[] secret = new byte[64];
    byte[] info = new byte[64];
    return Map.of("64 B", () -> hkdf.expand(hkdf.extract(secret, secret), info, 64));
  }
}
