package io.bellgate.keys.pqc;

import io.bellgate.api.crypto.Algorithm;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.keys.pqc.registry.TestedAlgorithms;
import java.util.List;
import org.bouncycastle.pqc.jcajce.provider.BouncyCastlePQCProvider;

/** A registry in which HQC is active, too. */
final class Experimental {
  private Experimental() {}

  static AlgorithmRegistry allowed() {
    TestedAlgorithms others = new TestedAlgorithms();
    return new AlgorithmRegistry() {
      @Override
      public List<Algorithm> algorithms() {
        return others.algorithms();
      }

      @Override
      public Algorithm require(String name, Use use) {
        return name.equals("HQC-128") ? hqc() : others.require(name, use);
      }

      @Override
      public void negotiated(String peer, String protocol, List<String> algorithms) {
        others.negotiated(peer, protocol, algorithms);
      }
    };
  }

  private static Algorithm hqc() {
    return new Algorithm(
        "HQC-128",
        "none",
        Algorithm.Primitive.KEM,
        new BouncyCastlePQCProvider(),
        new Algorithm.SelfTest(true, "in tests"),
        0,
        Algorithm.Status.ACTIVE,
        1,
        java.util.Optional.empty());
  }
}
