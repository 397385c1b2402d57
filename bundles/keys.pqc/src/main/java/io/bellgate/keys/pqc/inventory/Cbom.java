package io.bellgate.keys.pqc.inventory;

import io.bellgate.api.crypto.Algorithm;
import io.bellgate.api.crypto.Algorithm.Primitive;
import io.bellgate.api.crypto.Algorithm.Status;
import io.bellgate.keys.pqc.registry.Negotiated;
import io.bellgate.keys.pqc.registry.TestedAlgorithms;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The inventory as a CycloneDX 1.6 document (ECMA-424): algorithms that are in use with the library
 * that provides them, and what was negotiated with peers. Stateless.
 */
final class Cbom {
  private static final String PREFIX = "bellgate:";

  private Cbom() {}

  /**
   * Writes the document.
   *
   * @param serial the document's own
   * @param algorithms of the registry; what is disabled, failed or past its last day is left out
   */
  static JsonObject of(
      UUID serial, Instant now, List<Algorithm> algorithms, List<Negotiated> negotiations) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    List<Algorithm> live =
        algorithms.stream()
            .filter(a -> a.status() != Status.DISABLED && a.test().passed())
            .filter(a -> a.notAfter().filter(today::isAfter).isEmpty())
            .toList();
    JsonArrayBuilder components = Json.createArrayBuilder();
    Map<String, JsonArrayBuilder> provided = new LinkedHashMap<>();
    for (Algorithm algorithm : live) {
      components.add(algorithm(algorithm));
      provided
          .computeIfAbsent(
              TestedAlgorithms.version(algorithm.provider()), p -> Json.createArrayBuilder())
          .add(reference(algorithm.name()));
    }
    JsonArrayBuilder dependencies = Json.createArrayBuilder();
    provided.forEach(
        (provider, names) -> {
          components.add(library(provider));
          dependencies.add(
              Json.createObjectBuilder().add("ref", "provider/" + provider).add("provides", names));
        });
    TreeSet<String> names = new TreeSet<>(live.stream().map(Algorithm::name).toList());
    negotiations.forEach(n -> components.add(protocol(n, names)));
    return Json.createObjectBuilder()
        .add("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json")
        .add("bomFormat", "CycloneDX")
        .add("specVersion", "1.6")
        .add("serialNumber", "urn:uuid:" + serial)
        .add("version", 1)
        .add(
            "metadata",
            Json.createObjectBuilder()
                .add("timestamp", now.toString())
                .add(
                    "component",
                    Json.createObjectBuilder()
                        .add("type", "application")
                        .add("bom-ref", "bellgate")
                        .add("name", "bellgate")))
        .add("components", components)
        .add("dependencies", dependencies)
        .build();
  }

  private static String reference(String name) {
    return "algorithm/" + name;
  }

  private static JsonObjectBuilder algorithm(Algorithm algorithm) {
    JsonObjectBuilder properties =
        Json.createObjectBuilder()
            .add("primitive", primitive(algorithm))
            .add("parameterSetIdentifier", parameters(algorithm.name()))
            .add("executionEnvironment", "software-plain-ram")
            .add("implementationPlatform", "generic")
            .add("cryptoFunctions", functions(algorithm))
            .add("nistQuantumSecurityLevel", algorithm.nistLevel());
    JsonObjectBuilder crypto =
        Json.createObjectBuilder()
            .add("assetType", "algorithm")
            .add("algorithmProperties", properties);
    oid(algorithm.codePoint(), crypto);
    return Json.createObjectBuilder()
        .add("type", "cryptographic-asset")
        .add("bom-ref", reference(algorithm.name()))
        .add("name", algorithm.name())
        .add("cryptoProperties", crypto)
        .add(
            "properties",
            Json.createArrayBuilder()
                .add(property("status", algorithm.status().name()))
                .add(property("codePoint", algorithm.codePoint()))
                .add(property("provider", TestedAlgorithms.version(algorithm.provider())))
                .add(property("selfTest", algorithm.test().detail()))
                .add(
                    property(
                        "notAfter", algorithm.notAfter().map(Object::toString).orElse("none"))));
  }

  private static void oid(String codePoint, JsonObjectBuilder crypto) {
    int at = codePoint.indexOf("OID ");
    if (at >= 0) {
      crypto.add("oid", codePoint.substring(at + 4).split(",")[0]);
    }
  }

  private static JsonObjectBuilder property(String name, String value) {
    return Json.createObjectBuilder().add("name", PREFIX + name).add("value", value);
  }

  private static String primitive(Algorithm algorithm) {
    return switch (algorithm.primitive()) {
      case KEM -> algorithm.codePoint().startsWith("TLS") ? "combiner" : "kem";
      case KEY_AGREEMENT -> "key-agree";
      case SIGNATURE -> "signature";
      case AEAD -> "ae";
      case MAC -> "mac";
      case KDF -> "kdf";
      case HASH -> "hash";
    };
  }

  private static JsonArrayBuilder functions(Algorithm algorithm) {
    JsonArrayBuilder functions = Json.createArrayBuilder();
    for (String function : words(algorithm.primitive(), algorithm.status())) {
      functions.add(function);
    }
    return functions;
  }

  private static List<String> words(Primitive primitive, Status status) {
    return switch (primitive) {
      case KEM -> List.of("keygen", "encapsulate", "decapsulate");
      case KEY_AGREEMENT -> List.of("keygen", "keyderive");
      case SIGNATURE ->
          status == Status.ACTIVE ? List.of("keygen", "sign", "verify") : List.of("verify");
      case AEAD -> List.of("encrypt", "decrypt", "tag");
      case MAC -> List.of("tag");
      case KDF -> List.of("keyderive");
      case HASH -> List.of("digest");
    };
  }

  /** What follows the family in a name: {@code 768}, {@code SHA2-128s}; else the name itself. */
  private static String parameters(String name) {
    for (String family : List.of("ML-KEM-", "ML-DSA-", "SLH-DSA-", "HQC-")) {
      if (name.startsWith(family)) {
        return name.substring(family.length());
      }
    }
    return name;
  }

  private static JsonObjectBuilder library(String provider) {
    int space = provider.indexOf(' ');
    return Json.createObjectBuilder()
        .add("type", "library")
        .add("bom-ref", "provider/" + provider)
        .add("name", provider.substring(0, space))
        .add("version", provider.substring(space + 1));
  }

  private static JsonObjectBuilder protocol(Negotiated negotiated, TreeSet<String> live) {
    boolean tls = negotiated.protocol().startsWith("TLS");
    JsonArrayBuilder references = Json.createArrayBuilder();
    negotiated.algorithms().stream()
        .filter(live::contains)
        .forEach(name -> references.add(reference(name)));
    JsonObjectBuilder properties = Json.createObjectBuilder().add("type", tls ? "tls" : "other");
    if (tls) {
      properties.add("version", negotiated.protocol().substring(3).trim());
    }
    return Json.createObjectBuilder()
        .add("type", "cryptographic-asset")
        .add("bom-ref", "protocol/" + negotiated.peer() + "/" + negotiated.protocol())
        .add("name", negotiated.protocol())
        .add(
            "cryptoProperties",
            Json.createObjectBuilder()
                .add("assetType", "protocol")
                .add("protocolProperties", properties.add("cryptoRefArray", references)))
        .add(
            "properties",
            Json.createArrayBuilder()
                .add(property("peer", negotiated.peer()))
                .add(property("at", negotiated.at().toString()))
                .add(property("algorithms", String.join(" ", negotiated.algorithms()))));
  }
}
