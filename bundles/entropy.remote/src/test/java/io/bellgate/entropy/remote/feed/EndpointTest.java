package io.bellgate.entropy.remote.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.entropy.remote.feed.MockServer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an appliance answers, over TLS with a pin, and whatever else may answer in its place. */
class EndpointTest {
  @TempDir Path folder;
  private final TlsIdentity right = TlsIdentity.one();
  private final TlsIdentity wrong = TlsIdentity.other();

  private static String fingerprint(TlsIdentity of) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(of.certificate().getEncoded());
    return HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
  }

  private static String fails(Endpoint endpoint) {
    return assertThrows(IOException.class, () -> new Appliance(endpoint).next(64)).getMessage();
  }

  @Test
  void acceptsAPinnedKeyOrCertificate() throws Exception {
    try (MockServer server = MockServer.tls(right)) {
      for (String pin : List.of(Pins.ofKey(right.certificate()), fingerprint(right))) {
        Appliance appliance =
            new Appliance(
                server.endpoint(new Pins(List.of(Pins.ofKey(wrong.certificate()), pin)), Key.NONE));
        assertEquals("https:" + Pins.ofKey(right.certificate()), appliance.reach());
        assertEquals(64, appliance.next(64).length);
      }
    }
  }

  @Test
  void refusesAnotherCertificateAndSaysWhichItSaw() throws Exception {
    try (MockServer server = MockServer.tls(wrong)) {
      Pins pins = new Pins(List.of(Pins.ofKey(right.certificate())));
      String message = fails(server.endpoint(pins, Key.NONE));
      assertTrue(message.startsWith("BG-ENTROPY-051"), message);
      assertTrue(message.contains("shown=" + Pins.ofKey(wrong.certificate())), message);
      String unpinned = fails(server.endpoint(new Pins(List.of()), Key.NONE));
      assertTrue(unpinned.startsWith("BG-ENTROPY-051"), unpinned);
      assertEquals(List.of(), server.asked());
    }
  }

  @Test
  void refusesTextThatPassesForOctets() throws Exception {
    try (MockServer server = MockServer.plain()) {
      String text = "Too many requests, please come again in a minute. Too many requests, pl";
      server.misbehave(
          Reply.text(200, text),
          new Reply(200, "application/octet-stream", text.substring(0, 64).getBytes(), ""),
          new Reply(200, "application/octet-stream", server.noise(63), ""),
          new Reply(200, "application/octet-stream", server.noise(65), ""),
          new Reply(200, "application/octet-stream", server.noise(5_000), ""),
          Reply.text(404, "no such page"),
          Reply.text(302, ""));
      for (String code : "052 052 052 052 052 054 054".split(" ")) {
        String message = fails(server.endpoint());
        assertTrue(message.startsWith("BG-ENTROPY-" + code), message);
      }
      assertEquals(0, server.waiting());
      assertEquals(7, server.asked().size(), "it follows no redirection");
    }
  }

  @Test
  void showsNothingOfWhatIsNoError() throws Exception {
    try (MockServer server = MockServer.plain()) {
      server.misbehave(new Reply(206, "text/plain", "these may be samples".getBytes(), ""));
      String message = fails(server.endpoint());
      assertTrue(message.startsWith("BG-ENTROPY-054") && !message.contains("these"), message);
    }
  }

  @Test
  void waitsForAnEmptyPool() throws Exception {
    try (MockServer server = MockServer.plain()) {
      Reply empty = Reply.json(404, "{\"error\":\"Entropy Pool empty\"}");
      server.misbehave(empty, empty, empty);
      Appliance appliance = new Appliance(server.endpoint());
      assertEquals(64, appliance.next(64).length);
      assertEquals(3L, appliance.status().get("postponed"));
    }
  }

  @Test
  void showsItsKeyAndReadsItAnew() throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "first\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    SecretFile secret = new SecretFile(folder, "key");
    try (MockServer server = MockServer.plain()) {
      Pins none = new Pins(List.of());
      new Appliance(server.endpoint(none, Key.of("Authorization", secret))).next(1);
      Files.writeString(file, "second");
      new Appliance(server.endpoint(none, Key.of("X-API-KEY", secret))).next(1);
      assertEquals("GET /api/2.0/streambytes?size=1 Bearer first null", server.asked().get(0));
      assertEquals("GET /api/2.0/streambytes?size=1 null second", server.asked().get(1));
      Files.writeString(file, "two\nlines");
      String message = fails(server.endpoint(none, Key.of("X-API-KEY", secret)));
      assertTrue(message.startsWith("BG-ENTROPY-058") && !message.contains("lines"), message);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
      message = fails(server.endpoint(none, Key.of("X-API-KEY", secret)));
      assertTrue(message.startsWith("BG-ENTROPY-058") && message.contains("chmod"), message);
      assertEquals(2, server.asked().size());
    }
  }

  @Test
  void boundsTheTimeOfAnAnswer() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Endpoint endpoint =
          new Endpoint(
              "http://127.0.0.1:" + silent.getLocalPort(),
              new Pins(List.of()),
              Key.NONE,
              new Endpoint.Patience(Duration.ofMillis(50), Duration.ZERO, Duration.ZERO));
      String message = fails(endpoint);
      assertTrue(message.contains("no whole answer in 50 ms"), message);
    }
  }

  @Test
  void endsAWaitWhenCancelled() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Endpoint endpoint =
          new Endpoint(
              "http://127.0.0.1:" + silent.getLocalPort(),
              new Pins(List.of()),
              Key.NONE,
              new Endpoint.Patience(Duration.ofMinutes(5), Duration.ZERO, Duration.ZERO));
      CountDownLatch ended = new CountDownLatch(1);
      Thread reader =
          new Thread(
              () -> {
                fails(endpoint);
                ended.countDown();
              });
      reader.start();
      silent.accept().getInputStream().read(); // it has asked
      endpoint.cancel();
      assertTrue(ended.await(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void refusesAddressesThatProtectNothing() {
    for (String url :
        List.of(
            "http://qrng.example",
            "http://127.0.0.1.example",
            "ftp://127.0.0.1",
            "https://user:secret@qrng.example",
            "qrng.example",
            "https://qrng.example?key=secret@",
            "https:///v1")) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new Endpoint(url, new Pins(List.of()), Key.NONE, MockServer.IMPATIENT),
                  url)
              .getMessage();
      assertTrue(!message.contains("secret@"), message);
    }
    SecretFile file = new SecretFile(folder, "key");
    for (String header : List.of("", "Host", "X-A\r\nX-B", "content-length")) {
      assertThrows(IllegalArgumentException.class, () -> Key.of(header, file), header);
    }
    assertThrows(IllegalArgumentException.class, () -> new Pins(List.of("sha256/AAAA")));
    assertThrows(IllegalArgumentException.class, () -> new Pins(List.of("00:11")));
  }
}
