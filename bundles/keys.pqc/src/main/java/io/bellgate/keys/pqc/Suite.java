package io.bellgate.keys.pqc;

import io.bellgate.api.keys.KeyOrigin;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A named way to make keys with a peer. A new suite is a new row.
 *
 * @param id what goes over the wire and into the keys' origin
 * @param kind what its keys may claim
 * @param kems the secrets of all of them are joined, in this order
 */
record Suite(String id, KeyOrigin.Kind kind, List<Kem> kems) {
  /** Hybrid, the ML-KEM secret first as in RFC 10024. */
  static final Suite HYBRID =
      new Suite("X25519+ML-KEM-768", KeyOrigin.Kind.PQC, List.of(new MlKem768(), new X25519()));

  /** Not quantum safe; only where a configuration asks for it. */
  static final Suite CLASSICAL =
      new Suite("X25519", KeyOrigin.Kind.CLASSICAL, List.of(new X25519()));

  KeyOrigin origin() {
    return new KeyOrigin(kind, false, false, Map.of("algorithm", id));
  }

  static Optional<Suite> of(String id, List<Suite> enabled) {
    return enabled.stream().filter(s -> s.id.equals(id)).findFirst();
  }
}
