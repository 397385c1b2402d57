package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code bellgate qkd simulate}, as somebody types it who has no gateway: protocol, reconciliation
 * and distillation over the simulated optics, whose physics have a seed.
 */
class SimulateIT {
  private static final double SIGMAS = 5;

  private Path folder;

  @BeforeEach
  void make() throws IOException {
    Path work = Files.createDirectories(Path.of(System.getProperty("bellgate.work")));
    folder = Files.createTempDirectory(work, "simulate-");
  }

  private Gateway.Answer simulate(String... options) throws Exception {
    List<String> line = new ArrayList<>();
    line.add(Gateway.PROGRAM.resolve("bellgate").toString());
    line.addAll(List.of("qkd", "simulate"));
    line.addAll(List.of(options));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    Gateway.environment(builder.environment(), Path.of(System.getProperty("java.home")));
    int code = builder.start().waitFor();
    return new Gateway.Answer(code, Files.readString(out), Files.readString(err));
  }

  private static void assertErrorRate(double expected, JsonObject block) {
    double compared = block.getJsonNumber("testSiftedBits").doubleValue();
    double sigma = Math.sqrt(expected * (1 - expected) / compared);
    assertEquals(
        expected, block.getJsonNumber("qber").doubleValue(), SIGMAS * sigma, block::toString);
  }

  @Test
  void makesAKeyThatBothEndsHold() throws Exception {
    Gateway.Answer answer = simulate("--blocks", "1", "--seed", "7", "--json").expect(0);
    JsonObject block = answer.json();
    assertEquals("confirmed", block.getString("outcome"));
    assertTrue(block.getBoolean("simulated"));
    assertTrue(block.getInt("secretBits") > 0, block::toString);
    assertErrorRate(0.01, block);
    assertTrue(answer.err().contains("both ends agreed about 1 of them"), answer::err);
  }

  /** Half of the intercepted pulses in the wrong basis, half of those wrong at Bob. */
  @Test
  void abortsUnderAnEavesdropper() throws Exception {
    Gateway.Answer answer =
        simulate("--eve", "1", "--blocks", "1", "--seed", "7", "--json").expect(0);
    JsonObject block = answer.json();
    assertEquals("aborted", block.getString("outcome"));
    assertEquals("qber", block.getString("reason"));
    assertEquals(0, block.getInt("secretBits"));
    assertErrorRate(0.25 + 0.5 * 0.01, block);
  }

  @Test
  void makesNoKeyOfWeakPulsesWithoutDecoys() throws Exception {
    JsonObject block =
        simulate("--source", "weak-coherent", "--blocks", "1", "--seed", "7", "--json")
            .expect(0)
            .json();
    assertEquals("aborted", block.getString("outcome"));
    assertEquals("no-bound", block.getString("reason"));
    assertEquals(0, block.getInt("secretBits"));
  }

  @Test
  void refusesWhatItDoesNotKnow() throws Exception {
    Gateway.Answer answer = simulate("--photons", "7").expect(2);
    assertTrue(answer.err().contains("option=--photons"), answer::err);
  }
}
