package io.bellgate.coap.node.renewal;

import io.bellgate.api.crypto.Algorithm;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.crypto.NotAllowed;
import java.security.Provider;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** A registry whose algorithms are all Bouncy Castle's, for tests. */
public final class OneProvider implements AlgorithmRegistry {
  private final Provider provider = new BouncyCastleProvider();
  final Set<String> disabled = new HashSet<>();
  final List<String> negotiated = new ArrayList<>();

  @Override
  public List<Algorithm> algorithms() {
    return List.of();
  }

  @Override
  public Algorithm require(String name, Use use) {
    if (disabled.contains(name)) {
      throw new NotAllowed("this algorithm is disabled: name=" + name);
    }
    return new Algorithm(
        name,
        "",
        Algorithm.Primitive.KEM,
        provider,
        new Algorithm.SelfTest(true, ""),
        0,
        Algorithm.Status.ACTIVE,
        1,
        Optional.empty());
  }

  @Override
  public void negotiated(String peer, String protocol, List<String> algorithms) {
    negotiated.add(peer + " " + protocol + " " + algorithms);
  }
}
