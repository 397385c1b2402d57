package io.bellgate.coap.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.elements.DtlsEndpointContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of libcoap: without protection, and with the DTLS of GnuTLS and of OpenSSL. */
class LibcoapTest {
  private static final String PLAIN = "coap-client-notls";
  private static final String GNUTLS = "coap-client-gnutls";
  private static final String OPENSSL = "coap-client-openssl";
  private static final String IDENTITY = "n1#1";
  private static final String KEY = "0123456789abcdef0123456789ABCDEF";

  @TempDir Path folder;
  private DatagramSocket secure;
  private PlugtestServer server;

  @BeforeEach
  void open() throws Exception {
    secure = new LentSocket();
    server = new PlugtestServer(secure, folder, IDENTITY, KEY.getBytes(UTF_8));
    server.add(new Suite());
  }

  @AfterEach
  void close() {
    server.close();
  }

  /** Says how its client is protected. */
  private static final class Suite extends CoapResource {
    Suite() {
      super("suite");
    }

    @Override
    public void handleGET(CoapExchange exchange) {
      String suite =
          exchange
              .advanced()
              .getRequest()
              .getSourceContext()
              .getString(DtlsEndpointContext.KEY_CIPHER);
      exchange.respond(ResponseCode.CONTENT, String.valueOf(suite));
    }
  }

  /** A client's command line; the path comes last. */
  private List<String> command(String client, String identity, String key, String... rest) {
    Path program =
        Peers.need(
            "libcoap",
            Peers.onPath(client),
            "no " + client + " on the PATH (Debian: libcoap3-bin)");
    List<String> command = new ArrayList<>(List.of(program.toString()));
    boolean plain = client.equals(PLAIN);
    if (!plain) {
      command.addAll(List.of("-u", identity, "-k", key));
    }
    command.addAll(List.of(rest).subList(0, rest.length - 1));
    command.add(
        (plain ? "coap://127.0.0.1:" + server.port() : "coaps://127.0.0.1:" + secure.getLocalPort())
            + rest[rest.length - 1]);
    return command;
  }

  /** What a client prints: the payload, or an error with its code. */
  private String say(String client, String... rest) throws Exception {
    return Peers.run(command(client, IDENTITY, KEY, rest)).strip();
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, GNUTLS, OPENSSL})
  void getsAndPosts(String client) throws Exception {
    assertEquals("a test", say(client, "-m", "get", "/test"));
    assertEquals(
        client.equals(PLAIN) ? "null" : "TLS_PSK_WITH_AES_256_GCM_SHA378",
        say(client, "-m", "get", "/suite"));
    String reading =
        say(client, "-m", "post", "-t", "50", "-e", "{\"seq\":1}", "/telemetry/n1/pressure");
    assertEquals(client.equals(PLAIN) ? "4.03" : "", reading.split(" ")[0], reading);
  }

  @ParameterizedTest
  @ValueSource(strings = {PLAIN, GNUTLS, OPENSSL})
  void movesLargeBodiesBothWays(String client) throws Exception {
    String text = PlugtestResources.text(3_001);
    String file = Files.writeString(folder.resolve("large.txt"), text).toString();
    assertEquals(PlugtestResources.LARGE, say(client, "-m", "get", "/large"));
    for (String octets : List.of("16", "64", "1024")) {
      assertEquals(PlugtestResources.LARGE, say(client, "-m", "get", "-b", octets, "/large"));
    }
    assertEquals("", say(client, "-m", "put", "-b", "128", "-f", file, "/large-update"));
    assertEquals(text, server.resources.largeUpdate.text());
    assertEquals(
        text.toUpperCase(Locale.ROOT),
        say(client, "-m", "post", "-b", "256", "-f", file, "/large-post"));
  }

  /** All three at once, as each one listens for some seconds by the clock. */
  @Test
  void observesUntilItHasSeenEnough() throws Exception {
    Map<String, Process> clients = new LinkedHashMap<>();
    Map<String, BufferedReader> said = new LinkedHashMap<>();
    try {
      for (String client : List.of(PLAIN, GNUTLS, OPENSSL)) {
        Process process =
            Peers.start(command(client, IDENTITY, KEY, "-w", "-s", "3", "-m", "get", "/obs"));
        clients.put(client, process);
        said.put(client, process.inputReader(UTF_8));
      }
      expect(said, "0");
      server.resources.obs.change("one");
      expect(said, "one");
      server.resources.obs.change("two");
      expect(said, "two");
      for (Process client : clients.values()) {
        assertTrue(client.waitFor(60, TimeUnit.SECONDS));
      }
      RawClient pings = server.client();
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (server.resources.obs.getObserverCount() > 0) {
        assertTrue(System.nanoTime() < until);
        pings.assertSilent();
      }
    } finally {
      clients.values().forEach(Process::destroyForcibly);
    }
  }

  private static void expect(Map<String, BufferedReader> said, String value) throws Exception {
    for (Map.Entry<String, BufferedReader> client : said.entrySet()) {
      assertEquals(value, client.getValue().readLine(), client.getKey());
    }
  }

  /** The endpoint says nothing, so that nobody learns which identities there are. */
  @ParameterizedTest
  @ValueSource(strings = {GNUTLS, OPENSSL})
  void isNotServedUnderAWrongKeyOrAnUnknownIdentity(String client) throws Exception {
    String wrong = KEY.replace('0', '1');
    String[] ask = {"-B", "1", "-m", "get", "/test"};
    List<Process> refused = new ArrayList<>();
    refused.add(Peers.start(command(client, IDENTITY, wrong, ask)));
    refused.add(Peers.start(command(client, "n9#1", KEY, ask)));
    for (Process process : refused) {
      try {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertFalse(said.contains("a test"), said);
      } finally {
        process.destroyForcibly();
      }
    }
    assertEquals(0, server.resources.test.requests());
    assertEquals("a test", say(client, "-m", "get", "/test"), "the others are served");
  }
}
