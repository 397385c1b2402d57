package io.bellgate.keys.pqc.identity;

import io.bellgate.api.bits.Secret;
import java.util.function.Function;
import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.bouncycastle.crypto.params.MLKEMParameters;
import org.bouncycastle.crypto.params.MLKEMPrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.util.Arrays;

/** An X-Wing key pair (draft-connolly-cfrg-xwing-kem-10), kept as its seed. Thread safe. */
final class XWing implements AutoCloseable {
  private final Secret seed;
  private final byte[] encapsulationKey;

  /**
   * Makes the key.
   *
   * @param seed 32 octets; is taken over
   */
  XWing(Secret seed) {
    this.seed = seed;
    this.encapsulationKey = encapsulationKey(seed);
  }

  /** ML-KEM-768's key, then X25519's: 1,216 octets (section 5.2). */
  private static byte[] encapsulationKey(Secret seed) {
    byte[] expanded = new byte[96];
    SHAKEDigest shake = new SHAKEDigest(256);
    seed.use(s -> shake.update(s, 0, s.length));
    shake.doFinal(expanded, 0, expanded.length);
    byte[] forMlKem = Arrays.copyOf(expanded, 64);
    try {
      return Arrays.concatenate(
          new MLKEMPrivateKeyParameters(MLKEMParameters.ml_kem_768, forMlKem).getPublicKey(),
          new X25519PrivateKeyParameters(expanded, 64).generatePublicKey().getEncoded());
    } finally {
      Arrays.fill(expanded, (byte) 0);
      Arrays.fill(forMlKem, (byte) 0);
    }
  }

  byte[] encapsulationKey() {
    return encapsulationKey.clone();
  }

  /** Lends a copy of the seed, and destroys it. */
  <R> R lend(Function<Secret, R> use) {
    try (Secret copy = seed.part(0, OwnKeys.SEED_OCTETS)) {
      return use.apply(copy);
    }
  }

  @Override
  public void close() {
    seed.destroy();
  }
}
