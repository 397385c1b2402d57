package io.bellgate.entropy.remote.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.entropy.remote.feed.MockServer.Reply;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client of the QRNG Open API, and servers that do not keep to it. */
class OpenApiTest {
  private MockServer server;
  private OpenApi api;

  @BeforeEach
  void open() throws Exception {
    server = MockServer.plain();
    api = new OpenApi(server.endpoint(), "");
    api.reach();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static String block(int octets) {
    return "\"" + Base64.getEncoder().encodeToString(new byte[octets]) + "\"";
  }

  private void refuses(String code, Reply... replies) {
    server.misbehave(replies);
    String message = assertThrows(IOException.class, () -> api.next(32)).getMessage();
    assertTrue(message.startsWith(code), message);
    assertEquals(0, server.waiting());
  }

  private void refuses(String body) {
    refuses("BG-ENTROPY-052", Reply.json(200, body));
  }

  @Test
  void asksForAsMuchAsTheServerGives() throws Exception {
    assertEquals(7, api.next(7).length);
    assertEquals(2 * 64, api.next(100).length);
    byte[] one = api.next(4_096);
    byte[] two = api.next(4_096);
    assertEquals(8 * 64, one.length);
    assertFalse(java.util.Arrays.equals(one, two));
  }

  @Test
  void showsWhatTheServerSaysOfItself() {
    assertEquals(2, api.status().get("sourcesOfServer"));
    assertEquals(
        "[{test_type=nist_90b, test_result=0.94, time_stamp=2023-09-13T08:34:4502}]",
        api.status().get("healthTestsOfServer").toString());
  }

  @Test
  void goesOnWithoutTheHealthTestOfTheServer() throws Exception {
    server.misbehave(Reply.text(500, "broken"));
    assertEquals("http:127.0.0.1:" + server.port(), api.reach());
    String health = api.status().get("healthTestsOfServer").toString();
    assertTrue(health.startsWith("not readable"), health);
    server.capabilities("{\"entropy\":{\"max_block_size\":64},\"source_count\":1}");
    api.reach();
    assertEquals("not offered", api.status().get("healthTestsOfServer"));
  }

  @Test
  void refusesWhatWasNotAskedFor() {
    refuses("{\"entropy\":[" + block(31) + "]}");
    refuses("{\"entropy\":[" + block(33) + "]}");
    refuses("{\"entropy\":[]}");
    refuses("{\"entropy\":[" + block(32) + "," + block(32) + "]}");
    refuses("{\"entropy\":[\"not base64 at all! but as long as 44 charact\"]}");
    refuses("{\"entropy\":[7]}");
    refuses("{\"entropy\":" + block(32) + "}");
    refuses("{\"random\":[" + block(32) + "]}");
    refuses("[]");
    refuses("{\"entropy\":[");
    refuses("");
  }

  @Test
  void refusesTextWithStatus200() {
    refuses("BG-ENTROPY-052", Reply.text(200, "You have reached your limit: one a minute"));
    refuses("BG-ENTROPY-052", new Reply(200, "text/html", "<html>".getBytes(), ""));
  }

  @Test
  void refusesABlockThatComesTwiceInOneAnswer() {
    server.misbehave(Reply.json(200, "{\"entropy\":[" + block(64) + "," + block(64) + "]}"));
    String message = assertThrows(IOException.class, () -> api.next(128)).getMessage();
    assertTrue(message.contains("twice"), message);
  }

  @Test
  void comesAgainWhileTheSourceIsUnavailable() throws Exception {
    server.misbehave(Reply.text(503, "warming up"), Reply.text(429, "slowly"));
    assertEquals(32, api.next(32).length);
    assertEquals(2L, api.status().get("postponed"));
  }

  @Test
  void givesUpOnASourceThatStaysUnavailable() {
    Reply[] busy = new Reply[1];
    busy[0] = new Reply(503, "text/plain", "later".getBytes(), "3600");
    refuses("BG-ENTROPY-054", busy);
  }

  @Test
  void saysWhatTheServerRefuses() {
    server.misbehave(Reply.json(422, "{\"detail\":\"block_size\"}"));
    String message = assertThrows(IOException.class, () -> api.next(32)).getMessage();
    assertTrue(message.startsWith("BG-ENTROPY-054"), message);
    assertTrue(message.contains("status=422") && message.contains("block_size"), message);
  }

  @Test
  void refusesCapabilitiesThatCannotBe() {
    for (String wrong :
        List.of(
            "{}",
            "{\"entropy\":{\"max_block_size\":0},\"source_count\":1}",
            "{\"entropy\":{\"max_block_size\":64},\"source_count\":0}",
            "{\"entropy\":{\"max_block_size\":\"64\"},\"source_count\":1}",
            "{\"entropy\":{\"max_block_size\":1e99},\"source_count\":1}",
            "{\"entropy\":{\"min_block_size\":70000,\"max_block_size\":70000},\"source_count\":1}",
            "{\"entropy\":{\"min_block_size\":9,\"max_block_size\":8},\"source_count\":1}")) {
      server.capabilities(wrong);
      String message = assertThrows(IOException.class, api::reach, wrong).getMessage();
      assertTrue(message.startsWith("BG-ENTROPY-052"), message);
    }
  }

  @Test
  void asksForTheConfiguredKindOrNotAtAll() throws Exception {
    new OpenApi(server.endpoint(), "seed").reach();
    OpenApi other = new OpenApi(server.endpoint(), "thermal");
    String message = assertThrows(IOException.class, other::reach).getMessage();
    assertTrue(message.contains("entropy_type"), message);
  }
}
