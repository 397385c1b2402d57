package io.bellgate.entropy.remote.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.Provenance.Construction;
import io.bellgate.entropy.remote.Registry;
import io.bellgate.entropy.remote.feed.Endpoint;
import io.bellgate.entropy.remote.feed.Key;
import io.bellgate.entropy.remote.feed.OpenApi;
import io.bellgate.entropy.remote.feed.Pins;
import io.bellgate.entropy.remote.feed.SecretFile;
import io.bellgate.entropy.remote.feed.TlsIdentity;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server and its clients: ours over TLS, and whatever else may knock. */
class OpenApiServerTest {
  private static final String TOKEN = "0123456789abcdef-token";
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir Path folder;
  private final ScriptedBits bits = new ScriptedBits();
  private Registry registry;
  private OpenApiServer server;

  @BeforeEach
  void secrets() throws Exception {
    registry = new Registry(folder);
    Files.createDirectories(folder.resolve("secrets"));
    secret("token", TOKEN + "\n");
  }

  @AfterEach
  void stop() throws Exception {
    if (server != null) {
      server.stop();
    }
  }

  private void secret(String name, String content) throws IOException {
    Path file = Files.writeString(folder.resolve("secrets").resolve(name), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private ServerSettings settings(Object... more) {
    Map<String, Object> values = new HashMap<>(Map.of("port", 0, "token_file", "token"));
    for (int i = 0; i < more.length; i += 2) {
      values.put((String) more[i], more[i + 1]);
    }
    return Registry.settings(ServerSettings.class, values);
  }

  private void start(Duration bound, Object... more) throws IOException {
    server = new OpenApiServer(registry.context(), settings(more), bound);
    server.bits(bits);
  }

  private void start(Object... more) throws IOException {
    start(Duration.ofSeconds(30), more);
  }

  private int port() {
    return (Integer) server.status().get("port");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
        .header("Authorization", "Bearer " + TOKEN);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> entropy(String body) throws Exception {
    return send(
        request("/v1/entropy")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static JsonObject json(HttpResponse<String> response) {
    return Json.createReader(new StringReader(response.body())).readObject();
  }

  @Test
  void givesBlocksAndSaysWhereTheyComeFrom() throws Exception {
    start();
    HttpResponse<String> response = entropy("{\"block_size\":33,\"block_count\":5}");
    assertEquals(200, response.statusCode(), response.body());
    assertEquals("no-store", response.headers().firstValue("Cache-Control").orElseThrow());
    Set<String> blocks = new HashSet<>();
    for (JsonString block : json(response).getJsonArray("entropy").getValuesAs(JsonString.class)) {
      assertEquals(33, Base64.getDecoder().decode(block.getString()).length);
      blocks.add(block.getString());
    }
    assertEquals(5, blocks.size());
    assertEquals(
        "{\"construction\":\"RBG3_XOR\",\"full_entropy\":true,\"simulated\":false,"
            + "\"sources\":[\"device:\\\"a\\\"\",\"device:b\"]}",
        json(response).getJsonObject("extensions").toString());
    assertEquals(165L, server.status().get("octetsGiven"));
    assertEquals(165L, server.status().get("fullEntropyOctetsGiven"));
    for (Secret given : bits.given()) {
      assertThrows(IllegalStateException.class, () -> given.use(s -> {}), "it is destroyed");
    }
  }

  @Test
  void servesOurOwnClientOverTls() throws Exception {
    TlsIdentity identity = TlsIdentity.one();
    secret("server.pem", identity.pem());
    start("tls_file", "server.pem", "block_octets", 512, "block_count", 4);
    OpenApi api =
        new OpenApi(
            new Endpoint(
                "https://127.0.0.1:" + port(),
                new Pins(List.of(Pins.ofKey(identity.certificate()))),
                Key.of("Authorization", new SecretFile(folder.resolve("secrets"), "token")),
                new Endpoint.Patience(Duration.ofSeconds(20), Duration.ZERO, Duration.ZERO)),
            "full-entropy");
    assertEquals("https:" + Pins.ofKey(identity.certificate()), api.reach());
    assertEquals(2_048, api.next(4_096).length);
    assertEquals(2, api.status().get("sourcesOfServer"));
    assertTrue(api.gateway());
  }

  @Test
  void saysWhatItCanDo() throws Exception {
    start("block_octets", 100, "block_count", 3);
    JsonObject all = json(send(request("/v1/capabilities").GET()));
    JsonObject entropy = all.getJsonObject("entropy");
    assertEquals(100, entropy.getInt("max_block_size"));
    assertEquals(3, entropy.getInt("max_block_count"));
    assertEquals(
        300, entropy.getJsonObject("extensions").getJsonObject("bellgate").getInt("max_octets"));
    assertEquals("[\"best\",\"full-entropy\"]", entropy.get("entropy_types").toString());
    assertEquals(2, all.getInt("source_count"));
    assertEquals(404, send(request("/v1/healthtest").GET()).statusCode());
  }

  @Test
  void letsNobodyInWithoutTheToken() throws Exception {
    start();
    URI uri = URI.create("http://127.0.0.1:" + port() + "/v1/capabilities");
    for (String shown : new String[] {null, "Bearer ", "Bearer " + TOKEN + "x", "Basic " + TOKEN}) {
      HttpRequest.Builder request = HttpRequest.newBuilder(uri);
      if (shown != null) {
        request.header("Authorization", shown);
      }
      HttpResponse<String> response = send(request);
      assertEquals(401, response.statusCode());
      assertEquals("Bearer", response.headers().firstValue("WWW-Authenticate").orElseThrow());
    }
    assertEquals(Map.of("401", 4L), server.status().get("refusals"));
    String last = server.status().get("lastWithoutToken").toString();
    assertTrue(last.endsWith(" 127.0.0.1"), last);
    assertEquals(0L, server.status().get("octetsGiven"));
  }

  @Test
  void refusesWhatCannotBeAnswered() throws Exception {
    start("block_octets", 64, "block_count", 4);
    for (String wrong :
        List.of(
            "",
            "[]",
            "{}",
            "{\"block_size\":0}",
            "{\"block_size\":-1}",
            "{\"block_size\":65}",
            "{\"block_size\":1e9}",
            "{\"block_size\":99999999999}",
            "{\"block_size\":\"64\"}",
            "{\"block_size\":6.5}",
            "{\"block_size\":64,\"block_count\":0}",
            "{\"block_size\":64,\"block_count\":5}",
            "{\"block_size\":64,\"entropy_type\":\"cheap\"}",
            "{\"block_size\":64,\"entropy_type\":7}")) {
      assertEquals(422, entropy(wrong).statusCode(), wrong);
    }
    assertEquals(413, entropy(" ".repeat(5_000)).statusCode());
    HttpRequest.BodyPublisher right = HttpRequest.BodyPublishers.ofString("{\"block_size\":64}");
    assertEquals(415, send(request("/v1/entropy").POST(right)).statusCode());
    assertEquals(405, send(request("/v1/entropy").GET()).statusCode());
    assertEquals(405, send(request("/v1/capabilities").POST(right)).statusCode());
    assertEquals(404, send(request("/v2/entropy").GET()).statusCode());
    assertEquals(List.of(), bits.given());
    assertEquals(200, entropy("{\"block_size\":64,\"block_count\":4}").statusCode());
  }

  @Test
  void boundsRates() throws Exception {
    start("octets_per_second", 1, "block_octets", 10, "requests_per_second", 1_000);
    assertEquals(200, entropy("{\"block_size\":10}").statusCode());
    HttpResponse<String> second = entropy("{\"block_size\":10}");
    assertEquals(429, second.statusCode());
    int wait = Integer.parseInt(second.headers().firstValue("Retry-After").orElseThrow());
    assertTrue(wait >= 1 && wait <= 10, "seconds=" + wait);
    assertEquals(1, bits.given().size());
  }

  @Test
  void spendsABudgetByItsClock() {
    long[] now = {7};
    Budget budget = new Budget(2, 4, () -> now[0]);
    assertEquals(0, budget.spend(4));
    assertEquals(2, budget.spend(4));
    now[0] += 1_999_999_999;
    assertEquals(1, budget.spend(4));
    now[0] += 1;
    assertEquals(0, budget.spend(4));
    now[0] += 3_600_000_000_000L;
    assertEquals(1, budget.spend(5), "it saves no more than its reserve");
  }

  @Test
  void isUnavailableWithoutBitsAndWithoutFullEntropy() throws Exception {
    start();
    bits.now(Construction.RBG2_P);
    String full = "{\"block_size\":8,\"entropy_type\":\"full-entropy\"}";
    assertEquals(503, entropy(full).statusCode());
    HttpResponse<String> best = entropy("{\"block_size\":8}");
    assertFalse(json(best).getJsonObject("extensions").getBoolean("full_entropy"));
    assertEquals(0L, server.status().get("fullEntropyOctetsGiven"));
    bits.fail();
    assertEquals(503, entropy("{\"block_size\":8}").statusCode());
    server.bits(null);
    assertEquals(503, entropy("{\"block_size\":8}").statusCode());
    assertEquals(503, send(request("/v1/capabilities").GET()).statusCode());
    assertEquals(Map.of("503", 4L), server.status().get("refusals"));
    for (Secret given : bits.given()) {
      assertThrows(IllegalStateException.class, () -> given.use(s -> {}), "it is destroyed");
    }
  }

  @Test
  void hangsUpOnSlowClientsAndServesOthers() throws Exception {
    start(Duration.ofMillis(400));
    Socket[] slow = new Socket[8]; // more than it has threads
    for (int i = 0; i < slow.length; i++) {
      slow[i] = new Socket(InetAddress.getLoopbackAddress(), port());
      slow[i].getOutputStream().write("POST /v1/entropy HTTP/1.1\r\nX-A: ".getBytes());
      slow[i].setSoTimeout(20_000);
    }
    assertEquals(200, entropy("{\"block_size\":8}").statusCode());
    for (Socket socket : slow) {
      int read;
      try {
        read = socket.getInputStream().read();
      } catch (java.net.SocketException reset) {
        read = -1;
      }
      assertEquals(-1, read, "it is hung up on");
      socket.close();
    }
    assertEquals(8L, server.status().get("hungUpOnSlowClients"));
    assertEquals(200, entropy("{\"block_size\":8}").statusCode());
  }

  @Test
  void waitsForItsPort() throws Exception {
    ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    int port = other.getLocalPort();
    start("port", port);
    assertEquals(false, server.status().get("listening"));
    String problems = server.status().get("problems").toString();
    assertTrue(problems.contains("BG-ENTROPY-057"), problems);
    other.close();
    Registry.await(() -> server.status().get("listening").equals(true), "it listens");
    assertEquals(200, entropy("{\"block_size\":8}").statusCode());
    assertEquals(List.of(), server.status().get("problems"));
    server.stop();
    assertThrows(IOException.class, () -> entropy("{\"block_size\":8}"));
    new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
  }

  @Test
  void refusesAConfigurationThatProtectsNothing() throws Exception {
    secret("short", "0123456789abcde");
    secret("junk.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    TlsIdentity one = TlsIdentity.one();
    TlsIdentity two = TlsIdentity.other();
    String certificate = one.pem().substring(0, one.pem().indexOf("-----BEGIN PRIVATE"));
    secret("mixed.pem", certificate + two.pem().substring(two.pem().indexOf("-----BEGIN PRIVATE")));
    for (ServerSettings wrong :
        List.of(
            settings("address", "0.0.0.0"),
            settings("address", ""),
            settings("address", "192.0.2.1"),
            settings("port", 65_536),
            settings("token_file", "short"),
            settings("tls_file", "junk.pem"),
            settings("tls_file", "mixed.pem"),
            settings("block_octets", 65_537),
            settings("block_count", 0),
            settings("octets_per_second", 100, "block_octets", 1_001),
            settings("requests_per_second", 0))) {
      String why =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new OpenApiServer(registry.context(), wrong))
              .getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-050"), why);
    }
    Files.setPosixFilePermissions(
        folder.resolve("secrets/token"), PosixFilePermissions.fromString("rw-r--r--"));
    for (ServerSettings wrong : List.of(settings(), settings("token_file", "absent"))) {
      String why =
          assertThrows(IOException.class, () -> new OpenApiServer(registry.context(), wrong))
              .getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-058"), why);
    }
  }
}
