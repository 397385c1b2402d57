package io.bellgate.coap.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.nodekeys.NodeContext;
import io.bellgate.oscore.Aead;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The OSCORE of libcoap 4.3.4, whose one AEAD algorithm is AES-CCM-16-64-128. Each test ends with a
 * look at the wire: no request came unprotected.
 */
class LibcoapOscoreTest {
  private static final String IDENTITY = "n1#1";
  private static final String KEY = "0123456789abcdef0123456789ABCDEF";

  @TempDir Path folder;
  private PlugtestServer server;
  private Wire wire;
  private Path context;

  @BeforeEach
  void open() throws Exception {
    server = new PlugtestServer(Aead.AES_CCM_16_64_128, folder, IDENTITY, KEY.getBytes(UTF_8));
    wire = new Wire(server.port());
    context = context("context", KEY, IDENTITY);
  }

  @AfterEach
  void close() {
    wire.close();
    server.close();
  }

  /** A file of a security context, as libcoap reads it. */
  private Path context(String name, String key, String identity) throws IOException {
    HexFormat hex = HexFormat.of();
    try (Secret root = Secret.copyOf(key.getBytes(UTF_8));
        Secret secret = NodeContext.masterSecret(root, identity)) {
      return Files.writeString(
          folder.resolve(name),
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

  /** A client's command line; the path comes last. */
  private List<String> command(String contextAndSequence, String... rest) {
    Path file = Peers.folder().resolve("coap-client-oscore");
    Path program =
        Peers.need(
            "libcoap-oscore",
            Optional.of(file).filter(Files::isExecutable),
            "no " + file + " (.ci/libcoap-oscore FOLDER puts one there)");
    List<String> command = new ArrayList<>(List.of(program.toString(), "-E", contextAndSequence));
    command.addAll(List.of(rest).subList(0, rest.length - 1));
    command.add("coap://127.0.0.1:" + wire.port() + rest[rest.length - 1]);
    return command;
  }

  /** The context, and the file where the client keeps its sequence number. */
  private String kept() {
    return context + "," + folder.resolve("sequence");
  }

  /** What a client that keeps its sequence number prints. */
  private String say(String... rest) throws Exception {
    return Peers.run(command(kept(), rest)).strip();
  }

  /** How many requests came since the last time, all of them protected. */
  private int hiddenRequests() {
    int requests = 0;
    for (Message message : wire.fromNode()) {
      if (message instanceof Request request) {
        requests++;
        assertTrue(request.getOptions().hasOscore());
        assertTrue(request.getOptions().getUriPath().isEmpty());
        assertTrue(request.getCode() == Code.POST || request.getCode() == Code.FETCH);
        assertFalse(request.getOptions().hasBlock1() || request.getOptions().hasBlock2());
      }
    }
    return requests;
  }

  @Test
  void answersOneChallengeAndThenGetsAndPosts() throws Exception {
    assertEquals("a test", say("-m", "get", "/test"));
    assertEquals(2, hiddenRequests(), "once more with the Echo option");
    assertEquals(1, server.resources.test.requests());
    assertEquals("a test", say("-m", "get", "/test"));
    assertEquals("", say("-m", "post", "-t", "50", "-e", "{\"seq\":1}", "/telemetry/n1/pressure"));
    assertEquals(2, hiddenRequests(), "one for each, as its sequence goes on");
    String other = say("-m", "post", "-t", "50", "-e", "{\"seq\":1}", "/telemetry/n2/pressure");
    assertTrue(other.startsWith("4.03"), other);
  }

  @Test
  void movesLargeBodiesBothWays() throws Exception {
    String text = PlugtestResources.text(3_001);
    String file = Files.writeString(folder.resolve("large.txt"), text).toString();
    assertEquals(PlugtestResources.LARGE, say("-m", "get", "/large"));
    for (String octets : List.of("64", "512")) {
      assertEquals(PlugtestResources.LARGE, say("-m", "get", "-b", octets, "/large"));
    }
    assertEquals("", say("-m", "put", "-b", "128", "-f", file, "/large-update"));
    assertEquals(text, server.resources.largeUpdate.text());
    assertEquals(
        text.toUpperCase(Locale.ROOT), say("-m", "post", "-b", "256", "-f", file, "/large-post"));
    assertTrue(hiddenRequests() > 3_001 / 128 + 3_001 / 256);
  }

  @Test
  void observesUntilItHasSeenEnough() throws Exception {
    Process client = Peers.start(command(kept(), "-w", "-s", "3", "-m", "get", "/obs"));
    try {
      BufferedReader said = client.inputReader(UTF_8);
      assertEquals("0", said.readLine());
      server.resources.obs.change("one");
      assertEquals("one", said.readLine());
      server.resources.obs.change("two");
      assertEquals("two", said.readLine());
      assertTrue(client.waitFor(60, TimeUnit.SECONDS));
      RawClient pings = server.client();
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (server.resources.obs.getObserverCount() > 0) {
        assertTrue(System.nanoTime() < until);
        pings.assertSilent();
      }
    } finally {
      client.destroyForcibly();
    }
    assertTrue(hiddenRequests() >= 2);
  }

  @Test
  void isRefusedWhenItForgetsItsSequenceNumber() throws Exception {
    assertEquals("a test", say("-m", "get", "/test"));
    String replayed = Peers.run(command(context.toString(), "-m", "get", "/test")).strip();
    assertTrue(replayed.startsWith("4.01"), replayed);
    assertEquals("a test", say("-m", "get", "/test"));
    assertEquals(2, server.resources.test.requests());
    assertEquals(4, hiddenRequests());
  }

  /** RFC 8613, Appendix B.2. */
  @Test
  void agreesOnAnotherContextWhenItHasForgottenItsSequenceNumber() throws Exception {
    assertEquals("a test", say("-m", "get", "/test"));
    String forgetful = Files.readString(context) + "rfc8613_b_2,bool,true\n";
    Path other = Files.writeString(folder.resolve("forgetful"), forgetful);
    for (int i = 0; i < 2; i++) {
      assertEquals("a test", Peers.run(command(other.toString(), "-m", "get", "/test")).strip());
    }
    assertEquals("a test", say("-m", "get", "/test"), "the one that was there lives on");
    assertEquals(4, server.resources.test.requests());
  }

  @Test
  void isNotServedUnderAWrongKeyOrAnUnknownIdentity() throws Exception {
    Path wrong = context("wrong", KEY.replace('0', '1'), IDENTITY);
    String undeciphered = Peers.run(command(wrong.toString(), "-m", "get", "/test")).strip();
    assertTrue(undeciphered.startsWith("4.00"), undeciphered);
    Path unknown = context("unknown", KEY, "n9#1");
    String stranger = Peers.run(command(unknown.toString(), "-m", "get", "/test")).strip();
    assertTrue(stranger.startsWith("4.01"), stranger);
    assertEquals(0, server.resources.test.requests());
    assertEquals("a test", say("-m", "get", "/test"), "the others are served");
  }
}
