package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.itests.traffic.Await;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node of bob observes, under OSCORE, what a node of alice measures, under DTLS. */
class ReadingsIT {
  private static final String PATH = "/alice/tank-1/level";

  @TempDir Path folder;
  private TwoSites sites;
  private String alice;
  private String bob;
  private Process observer;

  @BeforeEach
  void start() throws Exception {
    sites = TwoSites.make();
    alice = "coaps://127.0.0.1:" + sites.secure();
    sites.rules("shared: (resource=level) => qkd+pqc, pqc to bob sink readings else hold");
    sites.overlay("bob", "\"features\":[\"lab-link\",\"readings\"],");
    sites.configure(
        "bob", "io.bellgate.coap.readings", "{\"readers\":[\"panel=alice/tank-1/level\"]}");
    sites.run();
    bob = "coap://127.0.0.1:" + sites.bob().ready().getJsonObject("ports").getInt("coap");
    begin(sites.alice(), "tank-1");
    begin(sites.bob(), "panel");
    begin(sites.bob(), "door");
  }

  @AfterEach
  void end() {
    if (observer != null) {
      observer.destroyForcibly();
    }
    sites.close();
  }

  private void begin(Gateway gateway, String node) throws Exception {
    Path printed = folder.resolve("printed-" + node);
    Files.writeString(printed, gateway.ask("nodes", "add", node).expect(0).out());
    end(node(printed, "begin", node), 0);
  }

  private Path out() {
    return folder.resolve("out");
  }

  /** One call of {@code bellgate node}; what an observer says goes into a file of its own. */
  private Process node(Path in, String... words) throws IOException {
    List<String> line = new ArrayList<>();
    line.addAll(List.of(Gateway.PROGRAM.resolve("bellgate").toString(), "node"));
    line.addAll(List.of(words));
    String name = words[words[0].equals("begin") ? 1 : 2];
    line.addAll(List.of("--state", folder.resolve("state-" + name).toString()));
    Path out = words[0].equals("observe") ? folder.resolve("observed") : out();
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectInput(in.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    Gateway.environment(builder.environment(), Path.of(System.getProperty("java.home")));
    return builder.start();
  }

  private String end(Process process, int expected) throws Exception {
    try {
      assertTrue(process.waitFor(Gateway.HANG.toSeconds(), TimeUnit.SECONDS), "it hangs");
      assertEquals(expected, process.exitValue(), Files.readString(out()));
      return Files.readString(out());
    } finally {
      process.destroyForcibly();
    }
  }

  private void measure(String value) throws Exception {
    end(node(Path.of("/dev/null"), "post", alice, "tank-1", "level", value), 0);
  }

  private List<JsonObject> observed() throws IOException {
    List<JsonObject> all = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("observed"))) {
      try (JsonReader reader = Json.createReader(new StringReader(line))) {
        all.add(reader.readObject());
      }
    }
    return all;
  }

  private JsonObject awaitObserved(int number) throws Exception {
    Await.until(
        () -> number + " answers to the observer", Gateway.HANG, () -> observed().size() == number);
    return observed().get(number - 1);
  }

  @Test
  void reachANodeOfTheOtherSiteAlsoThroughASwap() throws Exception {
    Path nothing = Path.of("/dev/null");
    observer =
        node(nothing, "observe", bob, "panel", "/readings/panel" + PATH, "--oscore", "--json");
    JsonObject before = awaitObserved(1);
    assertEquals(0, before.getInt("octets"), before::toString);
    measure("1.5");
    JsonObject first = awaitObserved(2);
    assertEquals("{\"seq\":0,\"v\":1.5}", first.getString("payload").replace(" ", ""));
    assertTrue(first.getInt("observe") > before.getInt("observe"), first::toString);
    String next = NextVersion.of("coap.readings", folder).toString();
    JsonObject swap = sites.bob().ask("swap", next, "--json").expect(0).json();
    assertEquals("parked", swap.getString("mode"));
    measure("1.6");
    JsonObject second = awaitObserved(3);
    assertEquals("{\"seq\":1,\"v\":1.6}", second.getString("payload").replace(" ", ""));
    assertTrue(observer.isAlive(), "by the observation that was there before");
    String refused =
        end(node(nothing, "fetch", bob, "door", "/readings/door" + PATH, "--oscore"), 4);
    assertTrue(refused.contains("BG-READ-001"), refused);
    JsonObject status = sites.bob().status("readings");
    assertEquals(1, status.getInt("kept"));
    assertEquals(
        1, status.getJsonObject("keptByProtection").getInt("pqc"), "the quantum link is dark");
  }
}
