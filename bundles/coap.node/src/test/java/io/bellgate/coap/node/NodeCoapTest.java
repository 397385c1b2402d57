package io.bellgate.coap.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client in JavaScript: the npm package {@code coap}. */
class NodeCoapTest {
  @TempDir Path folder;

  @Test
  void getsPostsMovesLargeBodiesAndObserves() throws Exception {
    Path node = Peers.need("node-coap", Peers.onPath("node"), "no node on the PATH");
    Path module =
        Peers.need(
            "node-coap",
            Optional.of(Peers.folder().resolve("node-coap/node_modules/coap"))
                .filter(Files::isDirectory),
            "no npm package coap in the folder of peers (.ci/run installs it)");
    Path script = folder.resolve("node-coap.js");
    try (InputStream in = NodeCoapTest.class.getResourceAsStream("node-coap.js")) {
      Files.copy(in, script);
    }
    String text = PlugtestResources.text(2_003);
    try (PlugtestServer server = new PlugtestServer()) {
      Process process =
          Peers.start(
              List.of(
                  node.toString(),
                  script.toString(),
                  module.toString(),
                  String.valueOf(server.port()),
                  text));
      try (BufferedReader said = process.inputReader(UTF_8)) {
        assertEquals("[\"2.05\",\"a test\"]", said.readLine());
        assertEquals("[\"2.01\",\"\"]", said.readLine());
        assertEquals("[\"2.05\",\"" + PlugtestResources.LARGE + "\"]", said.readLine());
        assertEquals("[\"2.05\",\"" + PlugtestResources.LARGE + "\"]", said.readLine());
        assertEquals("[\"2.04\",\"\"]", said.readLine());
        assertEquals(text, server.resources.largeUpdate.text());
        assertEquals("[\"2.04\",\"" + text.toUpperCase(Locale.ROOT) + "\"]", said.readLine());
        assertEquals("\"0\"", said.readLine());
        server.resources.obs.change("one");
        assertEquals("\"one\"", said.readLine());
        server.resources.obs.change("two");
        assertEquals("\"two\"", said.readLine());
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
      } finally {
        process.destroyForcibly();
      }
    }
  }
}
