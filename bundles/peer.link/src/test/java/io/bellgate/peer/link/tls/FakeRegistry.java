package io.bellgate.peer.link.tls;

import io.bellgate.api.crypto.Algorithm;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.crypto.NotAllowed;
import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Allows what the test does not forbid; providers are the JDK's. */
public final class FakeRegistry implements AlgorithmRegistry {
  /** Names that may not be used. */
  public final Set<String> disabled = ConcurrentHashMap.newKeySet();

  /** Who does Ed25519. */
  public Provider ed25519 = Security.getProvider("SunEC");

  /** What connections agreed on. */
  public final List<String> negotiated = new CopyOnWriteArrayList<>();

  @Override
  public List<Algorithm> algorithms() {
    return List.of();
  }

  @Override
  public Algorithm require(String name, Use use) {
    if (disabled.contains(name)) {
      throw new NotAllowed("BG-CRYPTO-001 an algorithm is not disabled: name=" + name);
    }
    Provider provider = name.equals("Ed25519") ? ed25519 : Security.getProvider("SunJCE");
    return new Algorithm(
        name,
        "",
        Algorithm.Primitive.AEAD,
        provider,
        new Algorithm.SelfTest(true, ""),
        0,
        Algorithm.Status.ACTIVE,
        1,
        Optional.empty());
  }

  @Override
  public void negotiated(String peer, String protocol, List<String> algorithms) {
    negotiated.add(peer + " " + algorithms);
  }
}
