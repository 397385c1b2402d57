package io.bellgate.keys.pqc.vectors;

import io.bellgate.keys.pqc.registry.FixedRandom;
import jakarta.json.JsonObject;
import org.bouncycastle.crypto.generators.SLHDSAKeyPairGenerator;
import org.bouncycastle.crypto.params.SLHDSAKeyGenerationParameters;
import org.bouncycastle.crypto.params.SLHDSAParameters;
import org.bouncycastle.crypto.params.SLHDSAPublicKeyParameters;

/** A key pair of SLH-DSA from given octets. Stateless. */
final class SlhDsaKey {
  private SlhDsaKey() {}

  static byte[] from(SLHDSAParameters set, JsonObject test) {
    byte[] seeds =
        Fields.joined(
            Fields.octets(test, "skSeed"),
            Fields.octets(test, "skPrf"),
            Fields.octets(test, "pkSeed"));
    SLHDSAKeyPairGenerator generator = new SLHDSAKeyPairGenerator();
    generator.init(new SLHDSAKeyGenerationParameters(new FixedRandom(seeds), set));
    return ((SLHDSAPublicKeyParameters) generator.generateKeyPair().getPublic()).getEncoded();
  }
}
