package io.bellgate.entropy.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.NoiseSource;
import io.bellgate.api.entropy.NoiseSource.Description;
import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.entropy.remote.feed.Endpoint;
import io.bellgate.entropy.remote.feed.FakeTpm;
import io.bellgate.entropy.remote.feed.MockServer;
import io.bellgate.entropy.remote.feed.Pins;
import io.bellgate.entropy.remote.feed.TlsIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources that come and go with what is behind them. */
class SourcesTest {
  private static final Endpoint.Patience PATIENCE =
      new Endpoint.Patience(Duration.ofSeconds(5), Duration.ofMillis(1), Duration.ofMillis(50));
  private static final Presence.Pauses PAUSES = new Presence.Pauses(1, 4);

  @TempDir Path folder;
  private Registry registry;
  private AutoCloseable running = () -> {};

  @BeforeEach
  void open() {
    registry = new Registry(folder);
  }

  @AfterEach
  void close() throws Exception {
    running.close();
    assertEquals(List.of(), registry.services());
  }

  private static Map<String, Object> web(String url, Object... more) {
    Map<String, Object> values = new HashMap<>();
    values.put("protocol", "appliance");
    values.put("url", url);
    values.put("min_entropy", 7.9);
    values.put("claim", "a test");
    for (int i = 0; i < more.length; i += 2) {
      values.put((String) more[i], more[i + 1]);
    }
    return values;
  }

  private void start(Map<String, Object> values) {
    WebSource source =
        new WebSource(
            registry.context(), Registry.settings(WebSettings.class, values), PATIENCE, PAUSES);
    running = source::stop;
  }

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void comeAndGoWithTheirServer() throws Exception {
    int port = free();
    start(web("http://127.0.0.1:" + port));
    Registry.await(
        () -> registry.status().get("problems").toString().contains("BG-ENTROPY-051"),
        "it says that it is away");
    for (int i = 0; i < 2; i++) {
      try (MockServer server = MockServer.plain(port)) {
        registry.awaitSources(1);
        assertEquals(List.of(), registry.status().get("problems"));
        byte[] samples = new byte[100_000]; // of several answers
        try (NoiseSource.Reading reading = registry.source().open()) {
          reading.read(samples);
        }
        assertTrue(samples[0] != 0 || samples[99_999] != 0);
        server.stop();
        NoiseSource source = registry.source();
        try (NoiseSource.Reading reading = source.open()) {
          assertThrows(IOException.class, () -> reading.read(samples));
        }
        registry.awaitSources(0);
      }
    }
    assertTrue((Long) registry.status().get("octets") >= 200_000);
    assertEquals(2L, registry.status().get("losses"));
  }

  @Test
  void goWhenAnAnswerRepeatsTheOneBefore() throws Exception {
    try (MockServer server = MockServer.plain()) {
      start(web(server.url()));
      registry.awaitSources(1);
      server.repeat();
      try (NoiseSource.Reading reading = registry.source().open()) {
        reading.read(new byte[64]);
        String message =
            assertThrows(IOException.class, () -> reading.read(new byte[64])).getMessage();
        assertTrue(message.startsWith("BG-ENTROPY-053"), message);
      }
      Registry.await(() -> registry.status().get("losses").equals(1L), "it is withdrawn");
    }
  }

  @Test
  void areOpaqueAndKnownByTheKeyOfTheirServer() throws Exception {
    TlsIdentity identity = TlsIdentity.one();
    try (MockServer server = MockServer.tls(identity)) {
      String pin = Pins.ofKey(identity.certificate());
      start(web(server.url(), "protocol", "open-api", "pins", new String[] {pin}));
      registry.awaitSources(1);
      Description description = registry.source().description();
      assertEquals(Output.OPAQUE, description.output());
      assertTrue(description.physical());
      assertEquals("https:" + pin, description.device());
      assertEquals("open-api:127.0.0.1:" + server.port(), description.name());
      assertTrue(registry.status().get("healthTestsOfServer").toString().contains("nist_90b"));
    }
  }

  @Test
  void areNotPhysicalWhereAGatewayPassesOn() throws Exception {
    try (MockServer server = MockServer.plain()) {
      server.capabilities(
          "{\"entropy\":{\"max_block_size\":64,\"max_block_count\":8,"
              + "\"extensions\":{\"bellgate\":{}}},\"source_count\":1}");
      start(web(server.url(), "protocol", "open-api", "physical", true));
      registry.awaitSources(1);
      assertFalse(registry.source().description().physical());
      assertEquals(true, registry.status().get("serverIsAGateway"));
    }
  }

  @Test
  void arePublicWithoutCredit() throws Exception {
    try (MockServer server = MockServer.plain()) {
      PublicSource source =
          new PublicSource(
              registry.context(),
              Registry.settings(
                  PublicSettings.class,
                  Map.of(
                      "url",
                      server.url() + "/public?length=64",
                      "pointer",
                      "/data",
                      "encoding",
                      "octets",
                      "answer_octets",
                      64,
                      "seconds_between",
                      0)),
              PATIENCE,
              PAUSES);
      running = source::stop;
      registry.awaitSources(1);
      assertFalse(registry.source().description().physical());
      byte[] samples = new byte[200];
      try (NoiseSource.Reading reading = registry.source().open()) {
        reading.read(samples);
      }
      assertTrue(samples[0] != 0 || samples[199] != 0);
    }
  }

  @Test
  void readATpmThatIsNeverPhysicalBehindASocket() throws Exception {
    try (FakeTpm fake = new FakeTpm()) {
      TpmSource source =
          new TpmSource(
              registry.context(),
              Registry.settings(
                  TpmSettings.class,
                  Map.of("tpm", fake.place(), "min_entropy", 1.0, "claim", "a test")),
              PAUSES);
      running = source::stop;
      registry.awaitSources(1);
      assertFalse(registry.source().description().physical());
      try (NoiseSource.Reading reading = registry.source().open()) {
        reading.read(new byte[1_000]);
      }
      assertTrue((Long) registry.status().get("shortAnswers") >= 1_000 / 64);
    }
  }

  @Test
  void keepTryingForAModuleThatIsNotThere() throws Exception {
    Pkcs11Source source =
        new Pkcs11Source(
            registry.context(),
            Registry.settings(
                Pkcs11Settings.class,
                Map.of("library", "/no/such.so", "min_entropy", 1.0, "claim", "a test")),
            PAUSES);
    running = source::stop;
    Registry.await(
        () -> registry.status().get("problems").toString().contains("BG-ENTROPY-056"),
        "it says what is not there");
  }

  @Test
  void stopWhileAnAnswerIsWaitedFor() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      start(web("http://127.0.0.1:" + silent.getLocalPort()));
      silent.accept().getInputStream().read(); // it has asked
      CountDownLatch stopped = new CountDownLatch(1);
      AutoCloseable source = running;
      running = () -> {};
      new Thread(
              () -> {
                try {
                  source.close();
                  stopped.countDown();
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              })
          .start();
      assertTrue(stopped.await(4, TimeUnit.SECONDS), "before the answer is given up");
    }
  }

  @Test
  void refuseAConfigurationThatCannotBe() throws Exception {
    Files.createDirectories(folder.resolve("secrets"));
    Files.writeString(folder.resolve("secrets/open"), "key");
    for (Map<String, Object> wrong :
        List.of(
            web("https://qrng.example"), // without a pin
            web("http://qrng.example"),
            web("https://qrng.example", "pins", new String[] {"sha256/no"}),
            web("http://127.0.0.1", "protocol", "rest"),
            web("http://127.0.0.1", "min_entropy", 8.1),
            web("http://127.0.0.1", "claim", ""))) {
      String why = assertThrows(IllegalArgumentException.class, () -> start(wrong)).getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-050"), why);
    }
    for (String file : List.of("absent", "open")) {
      Map<String, Object> wrong = web("http://127.0.0.1", "key_file", file);
      String why = assertThrows(IllegalArgumentException.class, () -> start(wrong)).getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-058"), why);
    }
  }
}
