package io.bellgate.ops.demo;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How the demo went.
 *
 * @param sent readings that nodes posted
 * @param accepted readings answered 2.04
 * @param delivered readings in bob's file, each identity once
 * @param lost accepted and not in bob's file
 * @param duplicated lines in bob's file beyond the first of an identity
 * @param classes data classes that were sent
 * @param protections data class to protection to count, as delivered
 * @param swaps reports of swaps
 * @param eve what Eve's visit did; empty if she was not to come
 * @param firstSeconds from start to the first accepted reading
 * @param kills gateways killed on request
 */
record Summary(
    long sent,
    long accepted,
    long delivered,
    long lost,
    long duplicated,
    Set<String> classes,
    Map<String, Map<String, Long>> protections,
    List<JsonObject> swaps,
    Optional<Eavesdropper.Evidence> eve,
    double firstSeconds,
    int kills) {

  static Summary of(
      Fleet fleet,
      Delivered delivered,
      Set<String> classes,
      List<JsonObject> swaps,
      Optional<Eavesdropper.Evidence> eve,
      double firstSeconds,
      int kills) {
    Set<String> missing = new HashSet<>(fleet.accepted());
    missing.removeAll(delivered.identities());
    return new Summary(
        fleet.sent(),
        fleet.accepted().size(),
        delivered.identities().size(),
        missing.size(),
        delivered.duplicates(),
        classes,
        delivered.protectionsByClass(),
        swaps,
        eve,
        firstSeconds,
        kills);
  }

  /** What was promised and did not happen; empty if all is well. */
  List<String> failures() {
    List<String> failures = new ArrayList<>();
    if (sent == 0 || accepted * 100 < sent * 99) {
      failures.add(
          "fewer than 99 % of what was sent was accepted: sent=" + sent + " accepted=" + accepted);
    }
    for (String dataClass : classes) {
      if (!protections.containsKey(dataClass)) {
        failures.add("a data class was not delivered: class=" + dataClass);
      }
    }
    if (lost > 0) {
      failures.add("accepted readings were lost: lost=" + lost);
    }
    if (duplicated > 0) {
      failures.add("readings were delivered twice: duplicated=" + duplicated);
    }
    for (JsonObject swap : swaps) {
      if (!swap.containsKey("before") || !swap.containsKey("after")) {
        failures.add("a swap did not happen: " + swap);
      }
    }
    eve.ifPresent(e -> failures.addAll(e.failures()));
    return failures;
  }

  JsonObject json() {
    JsonArrayBuilder reports = Json.createArrayBuilder();
    swaps.forEach(reports::add);
    Map<String, Object> counts = new java.util.LinkedHashMap<>(protections);
    return Json.createObjectBuilder()
        .add("sent", sent)
        .add("accepted", accepted)
        .add("delivered", delivered)
        .add("lost", lost)
        .add("duplicated", duplicated)
        .add("firstReadingSeconds", firstSeconds)
        .add("kills", kills)
        .add("deliveredByClassAndProtection", Json.createObjectBuilder(counts))
        .add("swaps", reports)
        .add("failures", Json.createArrayBuilder(failures()))
        .add("quantumLink", "simulated")
        .add("eve", eve.map(Eavesdropper.Evidence::json).orElse(JsonObject.EMPTY_JSON_OBJECT))
        .build();
  }

  void print(PrintStream out) {
    out.printf(
        "sent %d, accepted %d, delivered %d, lost %d, duplicated %d%n",
        sent, accepted, delivered, lost, duplicated);
    out.printf("first reading accepted %.1f s after start%n", firstSeconds);
    protections.forEach((dataClass, counts) -> out.printf("  %-10s %s%n", dataClass, counts));
    for (JsonObject swap : swaps) {
      if (swap.containsKey("before")) {
        out.printf(
            "  swap %s %s -> %s (DEMO VARIANT, %s): gap %s ms, deactivated elsewhere: bundles %s, components %s%n",
            swap.getString("symbolicName"),
            swap.getString("before"),
            swap.getString("after"),
            swap.getString("mode"),
            swap.get("gapMillis"),
            swap.getJsonArray("blastRadiusBundles").size(),
            swap.getJsonArray("blastRadiusComponents").size());
      } else {
        out.println("  swap failed: " + swap);
      }
    }
    eve.ifPresent(e -> out.println("  " + e.words()));
    failures().forEach(f -> out.println("FAILED: " + f));
    if (failures().isEmpty()) {
      out.println("OK: nothing lost, nothing duplicated");
    }
  }
}
