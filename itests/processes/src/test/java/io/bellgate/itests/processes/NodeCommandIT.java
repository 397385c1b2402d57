package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.itests.traffic.Await;
import io.bellgate.itests.traffic.Delivered;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bellgate node} at a running gateway, as somebody types it. */
class NodeCommandIT {
  private static final String NODE = "pump-17";
  private static final Pattern SUMMARY =
      Pattern.compile("sent ([0-9]+), acknowledged ([0-9]+), refused 0, lost 0");

  @TempDir Path folder;
  private final List<Process> running = new ArrayList<>();
  private TwoSites sites;
  private String secure;
  private String bare;
  private int commands;

  @BeforeEach
  void start() throws Exception {
    sites = TwoSites.make();
    secure = "coaps://127.0.0.1:" + sites.secure();
    bare = "coap://127.0.0.1:" + sites.coap();
    sites.overlap(1);
    sites.run();
  }

  @AfterEach
  void end() {
    running.forEach(Process::destroyForcibly);
    sites.close();
  }

  /** One call of the command, as a process. */
  private final class Call {
    private final Path out = folder.resolve("out-" + commands);
    private final Path err = folder.resolve("err-" + commands++);
    private final Process process;

    Call(Path in, String... words) throws IOException {
      List<String> line = new ArrayList<>();
      line.addAll(List.of(Gateway.PROGRAM.resolve("bellgate").toString(), "node"));
      line.addAll(List.of(words));
      line.addAll(List.of("--state", folder.resolve("state").toString()));
      ProcessBuilder builder =
          new ProcessBuilder(line)
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      Gateway.environment(builder.environment(), Path.of(System.getProperty("java.home")));
      process = builder.start();
      running.add(process);
    }

    Gateway.Answer answer() throws Exception {
      assertTrue(process.waitFor(Gateway.HANG.toSeconds(), TimeUnit.SECONDS), "it hangs");
      return new Gateway.Answer(process.exitValue(), Files.readString(out), Files.readString(err));
    }
  }

  private Gateway.Answer node(String... words) throws Exception {
    return new Call(Path.of("/dev/null"), words).answer();
  }

  private void begin() throws Exception {
    Path printed = folder.resolve("printed");
    Files.writeString(printed, sites.alice().ask("nodes", "add", NODE).expect(0).out());
    Gateway.Answer answer = new Call(printed, "begin", NODE).answer().expect(0);
    String key = Files.readString(printed).strip().split("\\s+")[3];
    assertFalse((answer.out() + answer.err()).contains(key), "a key is not printed");
  }

  /** Under each protection at a time: a command that waits, and then none, while keys change. */
  @Test
  void observesOnWhileItsKeysChange() throws Exception {
    begin();
    List<List<String>> ways =
        List.of(
            List.of(bare, "--oscore", "--rotate-seconds", "3"),
            List.of(secure, "--dtls", "--rotate-seconds", "3"));
    for (List<String> way : ways) {
      List<String> line =
          new ArrayList<>(List.of("observe", way.get(0), NODE, "/commands/" + NODE));
      line.addAll(way.subList(1, way.size()));
      Call observing = new Call(Path.of("/dev/null"), line.toArray(String[]::new));
      awaitTimes(observing.out, "{}", 1);
      for (int rotated = 1; rotated <= 2; rotated++) {
        awaitTimes(observing.err, "a key of generation", rotated);
        TimeUnit.MILLISECONDS.sleep(1_500); // the key before is not accepted any more
        String text = "step-" + rotated;
        sites.bob().ask("commands", "send", NODE, "valve", text).expect(0);
        awaitTimes(observing.out, text, 1);
        sites.alice().ask("commands", "cancel", waiting()).expect(0);
        awaitTimes(observing.out, "{}", 1 + rotated);
      }
      observing.process.destroy();
      Gateway.Answer ended = observing.answer();
      long whole = ended.out().lines().filter(l -> l.contains("2.05")).count();
      assertEquals(ended.out().lines().count(), whole, ended::toString);
    }
  }

  /** Number of the command that waits. */
  private String waiting() throws Exception {
    return sites
        .alice()
        .ask("commands", "list", NODE, "--json")
        .expect(0)
        .json()
        .getJsonArray("waiting")
        .getJsonObject(0)
        .get("number")
        .toString();
  }

  private static void awaitTimes(Path file, String text, int times) throws Exception {
    Await.until(
        () -> times + " times " + text + " in " + file,
        Gateway.HANG,
        () -> Files.readString(file).split(Pattern.quote(text), -1).length > times);
  }

  private JsonObject posted(String... words) throws Exception {
    List<String> line = new ArrayList<>(List.of("post"));
    line.addAll(List.of(words));
    line.add("--json");
    return node(line.toArray(String[]::new)).expect(0).json();
  }

  private long nextCount() throws Exception {
    return node("show", NODE, "--json").expect(0).json().getJsonNumber("count").longValue();
  }

  @Test
  void comesToKeysInEachWayAndItsReadingsArriveOnce() throws Exception {
    begin();
    assertEquals(1, posted(secure, NODE, "pressure", "1016.6").getInt("acknowledged"));
    Path csv = folder.resolve("weather.csv");
    Files.writeString(csv, "t;v;note\n2010-01-01T01:00:00;7.4;\"dry; cold\"\n;7.1;\n;6.9;\n");
    assertEquals(
        3,
        posted(bare, NODE, "temperature", "--csv", csv.toString(), "--oscore")
            .getInt("acknowledged"));
    JsonObject enrolled = node("enrol", secure, NODE, "--suite", "512", "--json").expect(0).json();
    assertEquals("X25519+ML-KEM-512", enrolled.getString("how"));
    assertEquals(1, posted(bare, NODE, "pressure", "7", "--oscore").getInt("acknowledged"));
    Await.until(
        () -> "a key of the pool for nodes",
        Gateway.HANG,
        () -> sites.alice().status("keys").toString().contains("\"READY\""));
    JsonObject rotated =
        node("rotate", bare, NODE, "--oscore", "--pool", "--json").expect(0).json();
    assertEquals("pool", rotated.getString("how"));
    assertEquals(
        1,
        posted(secure, NODE, "pressure", "--payload", "{\"v\":8}", "--type", "non")
            .getInt("acknowledged"));
    JsonObject plainly = node("rotate", secure, NODE, "--version", "1", "--json").expect(0).json();
    assertEquals("nonces", plainly.getString("how"));
    assertEquals(rotated.getInt("generation") + 1, plainly.getInt("generation"));
    assertEquals(1, posted(secure, NODE, "pressure", "9").getInt("acknowledged"));
    node("enrol", bare, NODE, "--oscore").expect(0);
    assertEquals(1, posted(bare, NODE, "pressure", "10", "--oscore").getInt("acknowledged"));
    assertEquals(8, nextCount());
    Gateway.Answer refused = node("post", bare, NODE, "pressure", "11", "--plain").expect(4);
    assertTrue(refused.out().contains("refused 4.03 BG-COAP-007: 1"), refused::toString);
    assertTrue(
        node("fetch", bare, NODE, "/.well-known/core", "--oscore")
            .expect(0)
            .out()
            .contains("</telemetry>"));
    assertTrue(
        node("send", secure, NODE, "post", "/rd?et=pump", "--format", "40", "--payload", "</p>")
            .expect(0)
            .out()
            .startsWith("location /rd/"));
    assertTrue(
        node("fetch", bare, NODE, "/rd-lookup/ep?et=pump", "--oscore")
            .expect(0)
            .out()
            .contains("ep=\"" + NODE + "\""));
    Set<String> accepted = new HashSet<>();
    for (int count = 0; count < 8; count++) {
      accepted.add(NODE + "/" + count);
    }
    new Delivered(sites.bob().north()).awaitExactlyOnce(accepted, Gateway.HANG);
  }

  /** Neither counts nor OSCORE sequence numbers come twice, whatever ends a node. */
  @Test
  void goesOnAfterAKillAndIsOneAtATime() throws Exception {
    begin();
    String[] endless = {"post", bare, NODE, "pressure", "1", "--count", "100000", "--oscore"};
    Delivered delivered = new Delivered(sites.bob().north());
    Call first = new Call(Path.of("/dev/null"), endless);
    awaitMore(delivered, 200);
    Gateway.Answer second = node("post", bare, NODE, "pressure", "2", "--oscore").expect(4);
    assertTrue(second.err().contains("BG-NODE-011"), second::toString);
    first.process.destroyForcibly().waitFor();
    Call third = new Call(Path.of("/dev/null"), endless);
    awaitMore(delivered, 200);
    third.process.destroy(); // as Ctrl-C: it says what came of it
    Gateway.Answer ended = third.answer();
    Matcher summary = SUMMARY.matcher(ended.out());
    assertTrue(summary.find(), ended::toString);
    assertTrue(Long.parseLong(summary.group(2)) >= 200, ended::out);
    long next = nextCount();
    assertEquals(1, posted(bare, NODE, "pressure", "3", "--oscore").getInt("acknowledged"));
    Await.until(
        () -> "the last one arrives",
        Gateway.HANG,
        () -> identities(delivered).contains(NODE + "/" + next));
    List<String> all = identities(delivered);
    assertEquals(all.size(), new HashSet<>(all).size(), "nothing is delivered twice");
  }

  @Test
  void shakesHandsAgainWithAGatewayThatCrashed() throws Exception {
    begin();
    Call posting =
        new Call(
            Path.of("/dev/null"),
            "post",
            secure,
            NODE,
            "pressure",
            "1",
            "--count",
            "100000",
            "--timeout",
            "2",
            "--again",
            "60");
    Delivered delivered = new Delivered(sites.bob().north());
    awaitMore(delivered, 50);
    sites.alice().kill9();
    sites.alice().start().awaitReady();
    awaitMore(delivered, 50);
    posting.process.destroy();
    Gateway.Answer ended = posting.answer();
    Matcher summary = SUMMARY.matcher(ended.out());
    assertTrue(summary.find(), ended::toString);
    assertTrue(ended.out().contains(", posted again "), ended::toString);
    Set<String> accepted = new HashSet<>();
    for (int count = 0; count < Integer.parseInt(summary.group(2)); count++) {
      accepted.add(NODE + "/" + count);
    }
    Await.until(
        () -> "what was acknowledged arrives",
        Gateway.HANG,
        () -> identities(delivered).containsAll(accepted));
    assertEquals(
        identities(delivered).size(),
        new HashSet<>(identities(delivered)).size(),
        "nothing is delivered twice");
  }

  private static List<String> identities(Delivered delivered) throws IOException {
    return delivered.lines().stream().map(Delivered.Delivery::identity).toList();
  }

  private void awaitMore(Delivered delivered, int readings) throws Exception {
    int wanted = delivered.lines().size() + readings;
    Await.until(
        () -> "readings: " + wanted, Gateway.HANG, () -> delivered.lines().size() >= wanted);
  }
}
