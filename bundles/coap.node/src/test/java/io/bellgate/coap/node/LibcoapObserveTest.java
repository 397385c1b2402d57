package io.bellgate.coap.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.nodekeys.NodeContext;
import io.bellgate.oscore.Aead;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of libcoap that observe while the endpoint is replaced. */
class LibcoapObserveTest {
  private static final String SECONDS = "6";

  @TempDir Path folder;
  private ServingSite site;

  @BeforeEach
  void open() throws Exception {
    site = new ServingSite(folder, Aead.AES_CCM_16_64_128);
  }

  @AfterEach
  void close() {
    site.close();
  }

  private static Path program(String name) {
    return Peers.need("libcoap", Peers.onPath(name), "no " + name + " on the PATH");
  }

  private List<String> observe(Path program, List<String> protection, String uri) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(protection);
    command.addAll(List.of("-w", "-s", SECONDS, "-m", "get", uri));
    return command;
  }

  private String plain(String node) {
    return "coap://127.0.0.1:" + site.plain.getLocalPort() + "/board/" + node;
  }

  private String secure(String node) {
    return "coaps://127.0.0.1:" + site.secure.getLocalPort() + "/board/" + node;
  }

  /** A file of a security context, as libcoap reads it. */
  private Path context(String identity) throws Exception {
    HexFormat hex = HexFormat.of();
    try (Secret root = Secret.copyOf(ServingSite.KEY);
        Secret secret = NodeContext.masterSecret(root, identity)) {
      return Files.writeString(
          folder.resolve("context"),
          String.join(
              "\n",
              "master_secret,hex,\"" + secret.lend(hex::formatHex) + "\"",
              "sender_id,hex,\"" + hex.formatHex(NodeContext.kid(identity)) + "\"",
              "recipient_id,ascii,\"\"",
              "aead_alg,integer," + Aead.AES_CCM_16_64_128.number(),
              "hkdf_alg,integer,-10",
              ""));
    }
  }

  /** All at once, as each one listens for some seconds by the clock. */
  private void hearAllThatChanges(List<List<String>> commands) throws Exception {
    hearAllThatChanges(commands, true);
  }

  private void hearAllThatChanges(List<List<String>> commands, boolean cancels) throws Exception {
    List<Process> clients = new ArrayList<>();
    List<BufferedReader> said = new ArrayList<>();
    try {
      site.board.say("first");
      for (List<String> command : commands) {
        Process client = Peers.start(command);
        clients.add(client);
        said.add(client.inputReader(UTF_8));
      }
      expect(said, "first");
      say("before");
      expect(said, "before");
      for (int i = 0; i < 2; i++) {
        site.stop();
        site.board.say("in gap " + i);
        site.open();
        expect(said, "in gap " + i);
        say("after " + i);
        expect(said, "after " + i);
        String large = PlugtestResources.text(3_001 + i);
        say(large);
        expect(said, large);
      }
      for (Process client : clients) {
        assertTrue(client.waitFor(60, TimeUnit.SECONDS));
      }
      long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ServingSite.HANG_MILLIS);
      while (cancels && !observers().equals(0)) {
        assertTrue(System.nanoTime() < until, () -> "observers: " + observers());
        Thread.onSpinWait();
      }
    } finally {
      clients.forEach(Process::destroyForcibly);
    }
  }

  private Object observers() {
    return ((Map<?, ?>) site.endpoint.served().status().get("observations")).get("now");
  }

  private void say(String text) {
    site.board.say(text);
    for (String node : List.of("n0", "n1", "n2")) {
      site.endpoint.served().changed("board", node);
    }
  }

  private static void expect(List<BufferedReader> said, String text) throws Exception {
    for (BufferedReader one : said) {
      assertEquals(text, one.readLine());
    }
  }

  @Test
  void hearAllThatChangesWithAndWithoutDtls() throws Exception {
    List<String> key = List.of("-k", new String(ServingSite.KEY, UTF_8));
    List<String> n1 = new ArrayList<>(List.of("-u", "n1#1"));
    List<String> n2 = new ArrayList<>(List.of("-u", "n2#1"));
    n1.addAll(key);
    n2.addAll(key);
    hearAllThatChanges(
        List.of(
            observe(program("coap-client-notls"), List.of(), plain("n0")),
            observe(program("coap-client-gnutls"), n1, secure("n1")),
            observe(program("coap-client-openssl"), n2, secure("n2"))));
  }

  private static Path oscoreProgram() {
    Path file = Peers.folder().resolve("coap-client-oscore");
    return Peers.need(
        "libcoap-oscore",
        Optional.of(file).filter(Files::isExecutable),
        "no " + file + " (.ci/libcoap-oscore FOLDER puts one there)");
  }

  @Test
  void hearAllThatChangesUnderOscore() throws Exception {
    String kept = context("n2#1") + "," + folder.resolve("sequence");
    hearAllThatChanges(List.of(observe(oscoreProgram(), List.of("-E", kept), plain("n2"))));
  }

  /**
   * RFC 8613, Appendix B.2: by a client that has forgotten its sequence number. Libcoap 4.3.4
   * cancels with a token that it did not observe with.
   */
  @Test
  void hearAllThatChangesUnderAContextThatWasAgreed() throws Exception {
    Path context = context("n2#1");
    Files.writeString(context, Files.readString(context) + "rfc8613_b_2,bool,true\n");
    hearAllThatChanges(
        List.of(observe(oscoreProgram(), List.of("-E", context.toString()), plain("n2"))), false);
  }
}
