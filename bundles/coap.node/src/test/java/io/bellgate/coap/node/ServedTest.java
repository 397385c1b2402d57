package io.bellgate.coap.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Ask;
import io.bellgate.coap.node.ServingSite.Board;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What bundles serve to nodes, as nodes see it. */
class ServedTest {
  @TempDir Path folder;
  private ServingSite site;
  private RawClient client;

  @BeforeEach
  void open() throws Exception {
    site = new ServingSite(folder);
    client = new RawClient(site.plain.getLocalPort());
  }

  @AfterEach
  void close() {
    client.close();
    site.close();
  }

  private void assertError(ResponseCode code, String error, Response response) {
    assertEquals(code, response.getCode(), response::getPayloadString);
    assertTrue(
        response.getPayloadString().contains("\"" + error + "\""), response.getPayloadString());
  }

  @Test
  void asksWhatTheNodeAskedAndPassesTheAnswerOn() throws Exception {
    site.board.say("open the valve");
    Request request = client.with(client.request(Type.CON, Code.PUT, "/board/n0/a/b"), 60, "x");
    request.getOptions().addUriQuery("q=1").addUriQuery("r").setAccept(50);
    Response response = client.ask(request);
    assertEquals(ResponseCode.CONTENT, response.getCode());
    assertEquals("open the valve", response.getPayloadString());
    assertEquals(0, response.getOptions().getContentFormat());
    assertEquals(90, response.getOptions().getMaxAge());
    assertEquals(1, response.getOptions().getETagCount());
    Ask ask = site.board.asked.get(0);
    assertEquals("n0 none PUT", ask.node() + " " + ask.ingress() + " " + ask.method());
    assertEquals(List.of("a", "b"), ask.path());
    assertEquals(List.of("q=1", "r"), ask.query());
    assertEquals(OptionalInt.of(60), ask.format());
    assertEquals(OptionalInt.of(50), ask.accept());
    assertArrayEquals("x".getBytes(StandardCharsets.UTF_8), ask.payload());
  }

  @Test
  void passesEachCodeOn() throws Exception {
    for (Answer.Code code : Answer.Code.values()) {
      site.board.answering =
          ask ->
              CompletableFuture.completedFuture(
                  new Answer(code, OptionalInt.empty(), new byte[0], new byte[0], 7));
      Response response = client.ask(client.request(Type.CON, Code.POST, "/board/n0"));
      String name = response.getCode().name().replace("SERVICE_", "").replace("CONTENT_", "");
      assertEquals(code.name(), name);
    }
  }

  @Test
  void saysThatANodeHasThePayloadAlready() throws Exception {
    site.board.say("as before");
    byte[] tag = client.ask(client.get("/board/n0")).getOptions().getETags().get(0);
    Request again = client.get("/board/n0");
    again.getOptions().addETag(tag);
    Response response = client.ask(again);
    assertEquals(ResponseCode.VALID, response.getCode());
    assertEquals(0, response.getPayloadSize());
    assertArrayEquals(tag, response.getOptions().getETags().get(0));
  }

  @Test
  void servesANodeUnderEachProtectionAndNobodyInItsName() throws Exception {
    for (CoapEndpoint node : List.of(site.dtls("n1"), site.oscore("n1"))) {
      assertEquals("nothing", site.get(node, "/board/n1").getPayloadString());
      assertError(ResponseCode.FORBIDDEN, "BG-COAP-006", site.get(node, "/board/n2"));
      assertError(ResponseCode.FORBIDDEN, "BG-COAP-006", site.get(node, "/board/n0"));
    }
    assertError(ResponseCode.FORBIDDEN, "BG-COAP-007", client.ask(client.get("/board/n1")));
    assertEquals(
        List.of("DTLS-PSK", "OSCORE"), site.board.asked.stream().map(Ask::ingress).toList());
  }

  @Test
  void keepsToWhatWasSaidOfANode() throws Exception {
    Files.writeString(folder.resolve("profiles.csv"), "n0,1,dtls,,\nn3,1,none,other,\n");
    assertError(ResponseCode.FORBIDDEN, "BG-COAP-020", client.ask(client.get("/board/n0")));
    assertEquals(
        ResponseCode.CONTENT,
        client.ask(client.get("/board/n3")).getCode(),
        "the resources of a profile are those that readings are posted to");
  }

  @Test
  void saysWhatIsWrongWithARequest() throws Exception {
    assertError(ResponseCode.NOT_FOUND, "BG-COAP-050", client.ask(client.get("/board")));
    assertError(ResponseCode.NOT_FOUND, "BG-COAP-050", client.ask(client.get("/board/n 1")));
    assertError(
        ResponseCode.METHOD_NOT_ALLOWED,
        "BG-COAP-050",
        client.ask(client.request(Type.CON, Code.PATCH, "/board/n0")));
    Request conditional = client.request(Type.CON, Code.PUT, "/board/n0");
    conditional.getOptions().setIfNoneMatch(true);
    assertError(ResponseCode.BAD_OPTION, "BG-COAP-053", client.ask(conditional));
    assertEquals(ResponseCode.NOT_FOUND, client.ask(client.get("/other/n0")).getCode());
    assertEquals(List.of(), site.board.asked);
  }

  @Test
  void tellsANodeToComeAgainWhileNobodyServes() throws Exception {
    site.resources.remove(site.board);
    Response response = client.ask(client.get("/board/n0"));
    assertError(ResponseCode.SERVICE_UNAVAILABLE, "BG-COAP-052", response);
    assertEquals(2, response.getOptions().getMaxAge());
    site.resources.add(site.board, ServingSite.named("board", 9));
    assertEquals(ResponseCode.CONTENT, client.ask(client.get("/board/n0")).getCode());
  }

  @Test
  void waitsAMomentForAResourceThatIsSwapped() throws Exception {
    site.resources.remove(site.board);
    Request request = client.get("/board/n0");
    client.send(request);
    while (site.endpoint.pending() == 0) {
      Thread.onSpinWait();
    }
    site.resources.add(site.board, ServingSite.named("board", 9));
    assertEquals(ResponseCode.CONTENT, client.receiveResponse().getCode());
  }

  @Test
  void tellsANodeToComeAgainWhenAResourceFailsOrIsSlow() throws Exception {
    for (Function<Ask, CompletionStage<Answer>> failing : Board.FAILING) {
      site.board.answering = failing;
      assertError(
          ResponseCode.SERVICE_UNAVAILABLE, "BG-COAP-052", client.ask(client.get("/board/n0")));
    }
    client.assertSilent();
    assertEquals(0, site.endpoint.pending());
    site.board.answering = ask -> new CompletableFuture<>();
    assertError(
        ResponseCode.SERVICE_UNAVAILABLE, "BG-COAP-052", client.ask(client.get("/board/n0")));
  }

  @Test
  void isNotClosedBeforeWhatIsAskedIsAnswered() throws Exception {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    site.board.answering = ask -> answer;
    client.send(client.get("/board/n0"));
    while (site.board.asked.isEmpty()) {
      Thread.onSpinWait();
    }
    assertEquals(1, site.endpoint.pending());
    CompletableFuture<Boolean> closed =
        CompletableFuture.supplyAsync(() -> site.endpoint.close(Duration.ofSeconds(20)));
    answer.complete(Board.content("just in time"));
    assertTrue(closed.join());
    assertEquals("just in time", client.receiveResponse().getPayloadString());
    site.open();
  }

  @Test
  void isServedByTheFirstOfItsName() throws Exception {
    Board other = new Board();
    other.say("other");
    site.resources.add(other, ServingSite.named("board", 2));
    assertEquals("nothing", client.ask(client.get("/board/n0")).getPayloadString());
    site.resources.remove(site.board);
    assertEquals("other", client.ask(client.get("/board/n0")).getPayloadString());
  }

  @Test
  void doesNotTakeTheNamesOfTheEndpoint() throws Exception {
    for (String name :
        List.of("telemetry", "keys", "enrol", "rd", "rd-lookup", ".well-known", "")) {
      site.resources.add(site.board, ServingSite.named(name, 5));
      assertFalse(site.resources.names().contains(name));
    }
    assertError(
        ResponseCode.METHOD_NOT_ALLOWED, "BG-COAP-001", client.ask(client.get("/telemetry/n0")));
  }

  @Test
  void isListedWithoutNodesWhileSomebodyServes() throws Exception {
    site.resources.add(site.board, ServingSite.named("later", 5));
    client.ask(client.get("/board/n0"));
    String links = new String(client.fetch("/.well-known/core"), StandardCharsets.UTF_8);
    assertTrue(links.contains("</board>"), links);
    assertTrue(links.contains("</later>"), links);
    assertFalse(links.contains("n0"), links);
    site.resources.remove(site.board);
    links = new String(client.fetch("/.well-known/core"), StandardCharsets.UTF_8);
    assertFalse(links.contains("</board>"), links);
  }
}
