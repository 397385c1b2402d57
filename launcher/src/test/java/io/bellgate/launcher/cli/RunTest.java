package io.bellgate.launcher.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.launcher.fixture.BundleBuilder;
import io.bellgate.launcher.fixture.Echo;
import io.bellgate.launcher.fixture.TestProgram;
import io.bellgate.launcher.json.JsonDocument;
import io.bellgate.launcher.report.ExitCode;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class RunTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<Process> processes = new ArrayList<>();
  private TestProgram program;
  private Path data;

  @BeforeEach
  void prepare() {
    data = folder.resolve("d");
    program = new TestProgram(folder);
    program.bundle(
        BundleBuilder.of("echo", "1.0.0")
            .header("Bundle-Activator", Echo.class.getName())
            .header("Import-Package", "org.osgi.framework")
            .header(
                "Provide-Capability",
                "io.bellgate.command;command=ask;summary=x;feature=f,"
                    + "io.bellgate.command;command=hello;summary=x;feature=f;local=true")
            .classes(Echo.class),
        "echo",
        "1.0.0");
    program.feature("f", "\"bundles\": [{\"id\": \"test:echo:1.0.0\"}]");
    program.file(
        "config/alice/site.json",
        "{\"site\": \"alice\", \"features\": [\"f\"],"
            + " \"sockets\": {\"coap\": {\"type\": \"udp\", \"port\": 0}}}");
  }

  @AfterEach
  void end() {
    processes.forEach(Process::destroyForcibly);
  }

  private int command(String... line) {
    out.reset();
    err.reset();
    Cli cli =
        new Cli(
            program.program(),
            Map.of(),
            InputStream.nullInputStream(),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8));
    return new Commands(cli).run(List.of(line));
  }

  private Process run(String... options) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dbellgate.home=" + program.program().home(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.bellgate.launcher.Main",
                "run",
                "--site",
                "alice",
                "--data",
                data.toString()));
    line.addAll(List.of(options));
    Process process =
        new ProcessBuilder(line).redirectError(folder.resolve("stderr").toFile()).start();
    processes.add(process);
    return process;
  }

  private String ready(Process process) throws IOException {
    BufferedReader lines = process.inputReader(UTF_8);
    String line = lines.readLine();
    assertNotNull(line, () -> stderr());
    assertTrue(line.startsWith("bellgate alice ready: generation="), line);
    return line;
  }

  private String stderr() {
    try {
      return Files.readString(folder.resolve("stderr"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static int code(Process process) throws InterruptedException {
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return process.exitValue();
  }

  private JsonObject file(String name) {
    return JsonDocument.read(data.resolve("run").resolve(name)).root();
  }

  @Test
  void tellsWhenItIsReadyAndServesCommandsUntilItIsTerminated() throws Exception {
    Process process = run();
    int port = file(ready(process), "coap");
    assertEquals(port, file("sockets.json").getJsonObject("coap").getInt("port"));
    assertEquals(process.pid(), file("ready.json").getJsonNumber("pid").longValue());
    assertEquals(ExitCode.OK, command("ask", "--data", data.toString(), "a", "--b"), err::toString);
    assertTrue(
        out.toString(UTF_8)
            .startsWith(
                "{\"arguments\":[\"ask\",\"a\",\"--b\"],\"columns\":80}alice{\"format\":1,\"number\":1"),
        out.toString(UTF_8));
    Process second = run();
    assertEquals(ExitCode.REFUSED, code(second));
    assertTrue(stderr().contains("BG-RUN-001"), stderr());
    process.destroy();
    assertEquals(143, code(process));
    assertFalse(Files.exists(data.resolve("run/pid")));
    assertFalse(Files.exists(data.resolve("run/control.sock")));
    assertEquals(ExitCode.UNREACHABLE, command("ask", "--data", data.toString()));
  }

  private static int file(String ready, String socket) {
    return Integer.parseInt(ready.replaceAll(".* " + socket + "=([0-9]+).*", "$1"));
  }

  @Test
  void endsWith75WhenABundleAsksForARestartAndComesBackOnTheSamePort() throws Exception {
    Process process = run();
    String line = ready(process);
    command("ask", "--data", data.toString(), "restart");
    assertEquals(ExitCode.RESTART, code(process));
    assertEquals(line, ready(run()));
  }

  @Test
  void startsAgainAfterItWasKilled() throws Exception {
    Process process = run();
    String line = ready(process);
    process.destroyForcibly();
    assertEquals(137, code(process));
    assertEquals(line, ready(run()));
  }

  @Test
  void givesUpAGenerationThatDiesThreeTimes() throws Exception {
    ready(run()).length();
    processes.get(0).destroy();
    code(processes.get(0));
    program.bundle(
        BundleBuilder.of("bad", "1.0.0")
            .header("Bundle-Activator", io.bellgate.launcher.fixture.Halt.class.getName())
            .header("Import-Package", "org.osgi.framework")
            .classes(io.bellgate.launcher.fixture.Halt.class),
        "bad",
        "1.0.0");
    program.feature(
        "f", "\"bundles\": [{\"id\": \"test:echo:1.0.0\"}, {\"id\": \"test:bad:1.0.0\"}]");
    for (int i = 0; i < 3; i++) {
      assertEquals(139, code(run()));
    }
    assertTrue(ready(run()).contains("generation=1"));
    assertTrue(stderr().contains("FALLING BACK from generation 2"), stderr());
    command("ask", "--data", data.toString());
    assertTrue(out.toString(UTF_8).contains("\"failed\":[{\"number\":2"), out.toString(UTF_8));
  }

  @Test
  void refusesAWrongConfigurationBeforeAnythingStarts() throws Exception {
    program.file("config/alice/overlay.json", "{\"configuration\": {\"nobody\": {}}}");
    assertEquals(ExitCode.REFUSED, code(run()));
    assertTrue(stderr().contains("BG-CONFIG-003") && stderr().contains("overlay.json:1"), stderr());
  }

  @Test
  void runsALocalCommandWithItsFeatureOnly() {
    assertEquals(2, command("hello", "big", "world"), err::toString);
    assertEquals("hello big world", out.toString(UTF_8).strip());
  }

  @Test
  void suggestsCommandsItKnows() {
    assertEquals(ExitCode.USAGE, command("helo"));
    assertTrue(err.toString(UTF_8).contains("did you mean hello"), err.toString(UTF_8));
    assertEquals(ExitCode.OK, command("--help"));
    assertTrue(
        out.toString(UTF_8).contains("hello      x (needs no gateway)"), out.toString(UTF_8));
    assertEquals(ExitCode.USAGE, command("run"));
    assertEquals(ExitCode.USAGE, command("config", "check", "--site", "alice", "--nope"));
  }

  @Test
  void checksShowsAndComparesAConfiguration() {
    assertEquals(ExitCode.OK, command("config", "check", "--site", "alice"));
    program.file("config/alice/overlay.json", "{\"sockets\": {\"coap\": {\"port\": 5683}}}");
    command("config", "show", "--site", "alice");
    assertTrue(
        out.toString(UTF_8).contains("port = 5683   [overlay overlay.json:1]"),
        out.toString(UTF_8));
    command("config", "diff", "--site", "alice");
    assertTrue(out.toString(UTF_8).contains("sockets/coap/port: 0 -> 5683"), out.toString(UTF_8));
    program.file("config/alice/overlay.json", "{\"sockets\": {\"coap\": {\"port\": 70000}}}");
    assertEquals(ExitCode.FAILED, command("config", "check", "--site", "alice", "--json"));
    assertTrue(out.toString(UTF_8).contains("BG-CONFIG-007"));
  }

  @Test
  void writesAConfigurationOnceAndNeverOverIt() {
    assertEquals(ExitCode.OK, command("init", "bob"));
    assertEquals(ExitCode.REFUSED, command("init", "bob"));
    assertEquals(ExitCode.USAGE, command("init", "../x"));
  }

  @Test
  void doctorFailsWhereAFeatureDoesNotResolve() {
    command("doctor", "--site", "alice", "--data", data.toString());
    assertTrue(
        out.toString(UTF_8).contains("BG-DOCTOR-011 features: resolve: bundles=1"),
        out.toString(UTF_8));
    program.bundle(
        BundleBuilder.of("need", "1.0.0").header("Import-Package", "gone"), "need", "1.0.0");
    program.feature("f", "\"bundles\": [{\"id\": \"test:need:1.0.0\"}]");
    assertEquals(ExitCode.FAILED, command("doctor", "--site", "alice", "--data", data.toString()));
    assertTrue(out.toString(UTF_8).contains("missing=package gone"), out.toString(UTF_8));
  }
}
