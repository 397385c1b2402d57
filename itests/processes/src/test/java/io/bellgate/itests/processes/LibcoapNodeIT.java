package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bellgate.itests.traffic.Await;
import io.bellgate.itests.traffic.Delivered;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The node in C of the examples, built and used as its README says. */
class LibcoapNodeIT {
  private static final String NODE = "pump-17";

  @TempDir Path folder;
  private TwoSites sites;
  private Process node;
  private int port;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(
        run("sh", "-c", "cc --version && make --version && pkg-config --exists libcoap-3-gnutls"),
        "no C compiler, make or libcoap with headers (Debian: gcc make pkg-config libcoap3-dev)");
    Path example = Path.of(System.getProperty("bellgate.examples"), "node-libcoap");
    for (String file : new String[] {"node.c", "Makefile"}) {
      Files.copy(example.resolve(file), folder.resolve(file));
    }
    assertTrue(run("make"), () -> "it does not build: " + text("log"));
    assertFalse(text("log").contains("warning:"), () -> text("log"));
    sites = TwoSites.make();
    port = sites.secure();
    sites.run();
    Path key = folder.resolve("key");
    Files.createFile(
        key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(key, sites.alice().ask("nodes", "add", NODE).expect(0).out());
  }

  @AfterEach
  void end() {
    if (node != null) {
      node.destroyForcibly();
    }
    if (sites != null) {
      sites.close();
    }
  }

  private boolean run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    try {
      return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private String text(String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private void begin() throws IOException {
    node =
        new ProcessBuilder(
                folder.resolve("node").toString(),
                "127.0.0.1",
                String.valueOf(port),
                NODE,
                "pressure",
                "key",
                "count")
            .directory(folder.toFile())
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("out").toFile()))
            .redirectError(folder.resolve("err").toFile())
            .start();
  }

  private void say(int value) throws IOException {
    OutputStream in = node.getOutputStream();
    in.write((value + "\n").getBytes(StandardCharsets.US_ASCII));
    in.flush();
  }

  private void awaitAccepted(int readings) throws Exception {
    Await.until(
        () -> readings + " readings accepted: " + text("out") + text("err"),
        Gateway.HANG,
        () -> text("out").lines().count() == readings);
  }

  @Test
  void isHeardOnceOverASwapAndACrashAndItsOwnRestart() throws Exception {
    begin();
    say(1);
    awaitAccepted(1);
    Path next = NextVersion.of("coap.node", folder);
    sites.alice().command("swap", next.toString()).expect(0);
    say(2);
    awaitAccepted(2);
    sites.alice().kill9();
    say(3);
    sites.alice().start().awaitReady();
    say(4);
    awaitAccepted(4);
    node.getOutputStream().close();
    assertTrue(node.waitFor(60, TimeUnit.SECONDS), "it hangs");
    assertEquals(0, node.exitValue(), () -> text("err"));
    begin();
    say(5);
    awaitAccepted(5);
    assertEquals("5\n", text("count"));
    Set<String> posted = new TreeSet<>();
    for (int sequence = 0; sequence < 5; sequence++) {
      posted.add(NODE + "/" + sequence);
    }
    new Delivered(sites.bob().north()).awaitExactlyOnce(posted, Gateway.HANG);
  }

  @Test
  void saysWhatTheGatewayRefuses() throws Exception {
    begin();
    say(1);
    awaitAccepted(1);
    sites.alice().ask("nodes", "remove", NODE).expect(0);
    say(2);
    node.getOutputStream().close();
    assertTrue(node.waitFor(120, TimeUnit.SECONDS), "it hangs");
    assertEquals(4, node.exitValue(), () -> text("out") + text("err"));
    assertTrue(text("err").contains("refused: 4.03"), () -> text("err"));
  }
}
