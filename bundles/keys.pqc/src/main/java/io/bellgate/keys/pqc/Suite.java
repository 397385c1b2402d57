package io.bellgate.keys.pqc;

import io.bellgate.api.crypto.Algorithm;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.crypto.AlgorithmRegistry.Use;
import io.bellgate.api.keys.KeyOrigin;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A named way to make keys with a peer. The order of the rows is the order of preference.
 *
 * <p>The secrets of a suite's algorithms are joined in its order, that of ML-KEM first as in RFC
 * 10024; a key keeps as long as one of them holds.
 */
enum Suite {
  /** Hybrid, category 3. */
  HYBRID("X25519+ML-KEM-768", KeyOrigin.Kind.PQC, "ML-KEM-768", "X25519"),
  /** Hybrid, category 5. */
  HYBRID_1024("X25519+ML-KEM-1024", KeyOrigin.Kind.PQC, "ML-KEM-1024", "X25519"),
  /** For profiles that forbid hybrids. */
  PURE_1024("ML-KEM-1024", KeyOrigin.Kind.PQC, "ML-KEM-1024"),
  /** An experiment beside what is standardized, never instead of it. */
  EXPERIMENTAL("X25519+ML-KEM-768+HQC-128", KeyOrigin.Kind.PQC, "ML-KEM-768", "X25519", "HQC-128"),
  /** Not quantum safe; only where a configuration asks for it. */
  CLASSICAL("X25519", KeyOrigin.Kind.CLASSICAL, "X25519");

  private final String id;
  private final KeyOrigin.Kind kind;
  private final List<String> algorithms;

  Suite(String id, KeyOrigin.Kind kind, String... algorithms) {
    this.id = id;
    this.kind = kind;
    this.algorithms = List.of(algorithms);
  }

  /** What goes over the wire and into the keys' origin. */
  String id() {
    return id;
  }

  /** What its keys may claim. */
  KeyOrigin.Kind kind() {
    return kind;
  }

  /** Names in the registry. */
  List<String> algorithms() {
    return algorithms;
  }

  /**
   * Its mechanisms, from the providers that the registry names now.
   *
   * @throws io.bellgate.api.crypto.NotAllowed if the registry refuses one of them
   */
  List<Kem> kems(AlgorithmRegistry registry, Use use) {
    return algorithms.stream().map(name -> kem(registry.require(name, use))).toList();
  }

  private static Kem kem(Algorithm algorithm) {
    return switch (algorithm.name()) {
      case "X25519" -> new X25519(algorithm);
      case "HQC-128" -> new Hqc();
      default -> new MlKem(algorithm);
    };
  }

  KeyOrigin origin() {
    return new KeyOrigin(
        kind,
        false,
        false,
        this == PURE_1024
            ? Map.of("algorithm", id, KeyOrigin.HYBRID, "false")
            : Map.of("algorithm", id));
  }

  /**
   * The one of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Suite named(String id) {
    return Arrays.stream(values())
        .filter(s -> s.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "BG-PQC-007 there is no such suite: suite="
                        + id
                        + " known="
                        + Arrays.stream(values()).map(Suite::id).toList()));
  }

  static Optional<Suite> of(String id, List<Suite> enabled) {
    return enabled.stream().filter(s -> s.id.equals(id)).findFirst();
  }
}
