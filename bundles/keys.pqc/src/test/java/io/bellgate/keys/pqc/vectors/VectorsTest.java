package io.bellgate.keys.pqc.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bellgate.keys.pqc.registry.TestedAlgorithms;
import jakarta.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Published vectors, where their folder is named. */
class VectorsTest {
  @Test
  void everySetOfTheFolderPasses() throws Exception {
    String folder = System.getProperty("bellgate.vectors");
    assumeTrue(folder != null, "no published test vectors: set -Dbellgate.vectors=FOLDER");
    List<String> failures = new ArrayList<>();
    int cases = 0;
    for (VectorSets.Result set : VectorSets.run(Path.of(folder), new TestedAlgorithms())) {
      Tally tally = set.tally().orElse(null);
      if (tally == null) {
        System.out.println("vectors " + set.file() + " absent");
        continue;
      }
      System.out.println(
          "vectors "
              + set.file()
              + " cases="
              + tally.cases()
              + " failed="
              + tally.failures().size());
      tally.failures().forEach(f -> failures.add(set.file() + " " + f));
      cases += tally.cases();
    }
    assertEquals(List.of(), failures);
    assertTrue(cases > 0, "the folder has none of the known sets: folder=" + folder);
  }

  @Test
  void aWrongAnswerAndAnAcceptedForgeryAreFailures(@TempDir Path folder) throws Exception {
    String wrong =
        Json.createArrayBuilder()
            .add(
                Json.createObjectBuilder()
                    .add("id", "A.1")
                    .add("ikm", "0b0b")
                    .add("salt", "00")
                    .add("info", "")
                    .add("L", 4)
                    .add("prk", "00")
                    .add("okm", "00000000"))
            .build()
            .toString();
    Files.writeString(folder.resolve("rfc5869_hkdf.json"), wrong);
    List<VectorSets.Result> results = VectorSets.run(folder, new TestedAlgorithms());
    List<Tally> there = results.stream().flatMap(r -> r.tally().stream()).toList();
    assertEquals(1, there.size());
    assertEquals(1, there.get(0).failures().size());
    Tally tally = new Tally();
    tally.refused("forged", () -> true);
    tally.refused("thrown", () -> bad());
    tally.refused("false", () -> false);
    assertEquals(3, tally.cases());
    assertEquals(1, tally.failures().size());
  }

  private static boolean bad() {
    throw new IllegalArgumentException("malformed");
  }
}
