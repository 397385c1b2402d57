package io.bellgate.keys.pqc.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.crypto.Algorithm;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.api.ops.Said;
import io.bellgate.keys.pqc.registry.TestedAlgorithms;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.StringReader;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator and a machine get to see. */
class CryptoCommandTest {
  private final TestedAlgorithms registry = new TestedAlgorithms();
  private final CryptoCommand command = new CryptoCommand(registry, new FakeClock());
  private Said said;

  private int run(String... words) throws Exception {
    said = Said.by(command, words);
    return said.code();
  }

  private JsonArray array() {
    return Json.createReader(new StringReader(said.out())).readArray();
  }

  @Test
  void listsEachAlgorithmWithItsProvider() throws Exception {
    assertEquals(Command.OK, run("list", "--json"));
    Set<String> usable =
        array().getValuesAs(JsonObject.class).stream()
            .filter(a -> a.getBoolean("passed") && !a.getString("status").equals("DISABLED"))
            .map(a -> a.getString("algorithm"))
            .collect(Collectors.toSet());
    assertTrue(
        usable.containsAll(
            List.of("ML-KEM-768", "X25519MLKEM768", "ML-DSA-65", "X-Wing", "AES-256-GCM", "LMS")),
        usable.toString());
    assertFalse(usable.contains("HQC-128"));
    assertEquals(Command.OK, run());
    assertTrue(said.out().contains("ML-DSA-65"), said.out());
  }

  @Test
  void measuresWhatIsNamed() throws Exception {
    assertEquals(
        Command.OK, run("bench", "X25519", "SHA-256", "pool-fill", "--millis", "3", "--json"));
    List<JsonObject> rows = array().getValuesAs(JsonObject.class);
    assertTrue(rows.stream().allMatch(r -> r.getJsonNumber("perCpuSecond").doubleValue() > 0));
    assertEquals(
        Set.of("X25519", "SHA-256", "pool-fill"),
        rows.stream().map(r -> r.getString("algorithm")).collect(Collectors.toSet()));
    assertTrue(
        rows.stream().map(r -> r.getString("provider")).collect(Collectors.toSet()).size() >= 3);
  }

  @Test
  void refusesWhatMakesNoSense() throws Exception {
    assertEquals(Command.USAGE, run("bench", "ROT13"));
    assertEquals(Command.USAGE, run("bench", "--millis", "soon"));
    assertEquals(Command.USAGE, run("list", "ML-KEM-768"));
    assertEquals(Command.USAGE, run("break"));
    assertEquals(Command.USAGE, run("cbom", "--vectors", "x"));
    assertEquals(Command.OK, run("--help"));
    assertTrue(said.out().contains("Examples:"));
  }

  @Test
  void failsOnAFolderWithoutVectors(@TempDir Path folder) throws Exception {
    assertEquals(Command.FAILED, run("test", "--vectors", folder.toString()));
    assertTrue(said.err().contains("none of the known sets"), said.err());
    assertEquals(Command.FAILED, run("test", "--vectors", folder.resolve("none").toString()));
  }

  @Test
  void leavesOutWhatIsPastItsLastDay() {
    List<Algorithm> all =
        List.of(until(LocalDate.of(2026, 11, 25)), until(LocalDate.of(2026, 11, 26)));
    String bom =
        Cbom.of(new UUID(1, 2), Instant.parse("2026-11-26T23:59:00Z"), all, List.of()).toString();
    assertFalse(bom.contains("until 2026-11-25"), bom);
    assertTrue(bom.contains("until 2026-11-26"), bom);
  }

  private Algorithm until(LocalDate last) {
    Algorithm a = registry.require("SHA-256", AlgorithmRegistry.Use.ACCEPT);
    return new Algorithm(
        "until " + last,
        a.codePoint(),
        a.primitive(),
        a.provider(),
        a.test(),
        0,
        a.status(),
        0,
        Optional.of(last));
  }

  @Test
  void writesAnInventoryThatHoldsTogether() throws Exception {
    registry.negotiated("bob", "TLS 1.3", List.of("X25519MLKEM768", "ML-DSA-65", "AES-256-GCM"));
    registry.negotiated("carol", "keys.pqc", List.of("ML-KEM-768", "X25519"));
    assertEquals(Command.OK, run("cbom"));
    JsonObject bom = Json.createReader(new StringReader(said.out())).readObject();
    assertEquals("CycloneDX", bom.getString("bomFormat"));
    assertEquals("1.6", bom.getString("specVersion"));
    assertTrue(
        bom.getString("serialNumber")
            .matches("urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
    List<JsonObject> components = bom.getJsonArray("components").getValuesAs(JsonObject.class);
    Set<String> references = new HashSet<>();
    for (JsonObject component : components) {
      assertTrue(references.add(component.getString("bom-ref")), component.toString());
      assertTrue(Set.of("cryptographic-asset", "library").contains(component.getString("type")));
      if (component.getString("type").equals("cryptographic-asset")) {
        checkAsset(component.getJsonObject("cryptoProperties"));
      }
    }
    bom.getJsonArray("dependencies")
        .getValuesAs(JsonObject.class)
        .forEach(
            d -> {
              assertTrue(references.contains(d.getString("ref")));
              texts(d.getJsonArray("provides")).forEach(p -> assertTrue(references.contains(p)));
            });
    JsonObject tls =
        components.stream()
            .filter(c -> c.getString("bom-ref").equals("protocol/bob/TLS 1.3"))
            .findFirst()
            .orElseThrow()
            .getJsonObject("cryptoProperties")
            .getJsonObject("protocolProperties");
    assertEquals("1.3", tls.getString("version"));
    assertEquals(
        List.of("algorithm/X25519MLKEM768", "algorithm/ML-DSA-65", "algorithm/AES-256-GCM"),
        texts(tls.getJsonArray("cryptoRefArray")));
    assertTrue(references.containsAll(texts(tls.getJsonArray("cryptoRefArray"))));
  }

  private static List<String> texts(JsonArray array) {
    return array.getValuesAs(JsonString.class).stream().map(JsonString::getString).toList();
  }

  /** The enumerations of the CycloneDX 1.6 schema. */
  private static void checkAsset(JsonObject crypto) {
    if (crypto.getString("assetType").equals("protocol")) {
      assertTrue(
          Set.of("tls", "other")
              .contains(crypto.getJsonObject("protocolProperties").getString("type")));
      return;
    }
    assertEquals("algorithm", crypto.getString("assetType"));
    JsonObject properties = crypto.getJsonObject("algorithmProperties");
    assertTrue(
        Set.of("mac", "signature", "hash", "kdf", "key-agree", "kem", "ae", "combiner")
            .contains(properties.getString("primitive")));
    int level = properties.getInt("nistQuantumSecurityLevel");
    assertTrue(level >= 0 && level <= 6);
    Set<String> functions =
        Set.of(
            "generate",
            "keygen",
            "encrypt",
            "decrypt",
            "digest",
            "tag",
            "keyderive",
            "sign",
            "verify",
            "encapsulate",
            "decapsulate",
            "other",
            "unknown");
    assertTrue(functions.containsAll(texts(properties.getJsonArray("cryptoFunctions"))));
    if (crypto.containsKey("oid")) {
      assertTrue(crypto.getString("oid").matches("[0-2](\\.[0-9]+)+"), crypto.toString());
    }
  }
}
