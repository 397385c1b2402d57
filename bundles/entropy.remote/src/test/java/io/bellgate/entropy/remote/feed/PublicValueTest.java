package io.bellgate.entropy.remote.feed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.entropy.remote.feed.MockServer.Reply;
import io.bellgate.entropy.remote.feed.PublicValue.Encoding;
import io.bellgate.entropy.remote.feed.PublicValue.Shape;
import java.io.IOException;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A beacon of 64 octets a period, and a cloud service that lists numbers. */
class PublicValueTest {
  private MockServer server;

  @BeforeEach
  void open() throws Exception {
    server = MockServer.plain();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private PublicValue value(String pointer, Encoding encoding, int octets) {
    return new PublicValue(
        server.endpoint(), "/beacon/2.0/pulse/last", new Shape(pointer, encoding, octets, 1));
  }

  private static Reply pulse(byte[] value) {
    String hex = HexFormat.of().withUpperCase().formatHex(value);
    return Reply.json(200, "{\"pulse\":{\"pulseIndex\":7,\"outputValue\":\"" + hex + "\"}}");
  }

  @Test
  void waitsForTheNextPulseOfABeacon() throws Exception {
    PublicValue beacon = value("/pulse/outputValue", Encoding.HEX, 64);
    byte[] one = server.noise(64);
    byte[] two = server.noise(64);
    server.misbehave(pulse(one), pulse(one), pulse(one), pulse(two));
    beacon.reach();
    assertArrayEquals(one, beacon.next(4_096));
    assertArrayEquals(two, beacon.next(4_096));
    assertEquals(4, server.asked().size());
  }

  @Test
  void givesUpOnABeaconThatStandsStill() throws Exception {
    PublicValue beacon = value("/pulse/outputValue", Encoding.HEX, 64);
    byte[] one = server.noise(64);
    for (int i = 0; i < 11; i++) {
      server.misbehave(pulse(one));
    }
    beacon.next(64);
    assertThrows(IOException.class, () -> beacon.next(64));
  }

  @Test
  void readsNumbersAndBase64() throws Exception {
    server.misbehave(
        Reply.json(
            200, "{\"type\":\"uint8\",\"length\":\"3\",\"data\":[0,255,7],\"success\":true}"),
        Reply.json(200, "{\"random\":[\"AAEC\",\"AwQF\"],\"size\":1}"));
    assertArrayEquals(new byte[] {0, -1, 7}, value("/data", Encoding.OCTETS, 3).next(1));
    assertArrayEquals(new byte[] {0, 1, 2, 3, 4, 5}, value("/random", Encoding.BASE64, 6).next(1));
  }

  @Test
  void refusesWhatIsNoValue() {
    for (Reply wrong :
        new Reply[] {
          Reply.text(200, "The QRNG API is limited to 1 requests per minute"),
          Reply.json(200, "{\"data\":[0,256,7],\"success\":true}"),
          Reply.json(200, "{\"data\":[0,-1,7],\"success\":true}"),
          Reply.json(200, "{\"data\":[0,1],\"success\":true}"),
          Reply.json(200, "{\"data\":[0,1,2,3],\"success\":true}"),
          Reply.json(200, "{\"data\":[\"0\",\"1\",\"2\"],\"success\":true}"),
          Reply.json(200, "{\"message\":\"Forbidden\"}"),
          Reply.json(403, "{\"message\":\"Forbidden\"}")
        }) {
      server.misbehave(wrong);
      String message =
          assertThrows(IOException.class, () -> value("/data", Encoding.OCTETS, 3).next(1))
              .getMessage();
      String code = wrong.status() == 200 ? "BG-ENTROPY-052" : "BG-ENTROPY-054";
      assertTrue(message.startsWith(code), message);
    }
    server.misbehave(Reply.json(200, "{\"data\":\"0g\"}"));
    assertThrows(IOException.class, () -> value("/data", Encoding.HEX, 1).next(1));
  }
}
