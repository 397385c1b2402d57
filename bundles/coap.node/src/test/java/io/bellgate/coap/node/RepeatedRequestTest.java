package io.bellgate.coap.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bellgate.api.node.Ask;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A request whose answer was lost comes again, RFC 7252, sections 4.2 and 4.5. */
class RepeatedRequestTest {
  @TempDir Path folder;
  private ServingSite site;

  @BeforeEach
  void open() throws Exception {
    site = new ServingSite(folder);
  }

  @AfterEach
  void close() {
    site.close();
  }

  private static Message next(Wire wire) {
    long until = System.nanoTime() + ServingSite.HANG_MILLIS * 1_000_000L;
    while (System.nanoTime() < until) {
      List<Message> messages = wire.toNode();
      if (!messages.isEmpty()) {
        return messages.get(0);
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("no answer");
  }

  /** To OSCORE alone it would be a replay. */
  @Test
  void isAnsweredUnderOscoreOverSwaps() throws Exception {
    try (Wire wire = new Wire(site.plain.getLocalPort())) {
      CoapEndpoint node = site.oscore("n2");
      site.get(node, "/board/n2"); // shows that it is fresh
      Request request = new Request(Code.GET);
      request.setURI("coap://127.0.0.1:" + wire.port() + "/board/n2");
      request.getOptions().setOscore(new byte[0]);
      site.ask(node, request);
      byte[] sent = wire.sent().get(wire.sent().size() - 1);
      byte[] first = next(wire).getBytes();
      for (int swaps = 0; swaps < 3; swaps++) {
        wire.again(sent);
        assertArrayEquals(first, next(wire).getBytes(), "swaps=" + swaps);
        site.swap();
      }
    }
  }

  /** RFC 7967 lets a server answer; it is one datagram, and acknowledges. */
  @Test
  void isAcknowledgedByTheAnswerThatNobodyWants() throws Exception {
    try (RawClient client = new RawClient(site.plain.getLocalPort())) {
      Request request = client.get("/board/n0");
      request.getOptions().setNoResponse(26);
      Response response = client.ask(request);
      assertEquals(Type.ACK, response.getType());
      client.assertSilent();
      assertEquals(0, site.endpoint.pending());
    }
  }

  /** A node that was restarted may begin with the same message ID, and the same token. */
  @Test
  void isAnotherOneIfItHasOtherOctets() throws Exception {
    try (RawClient client = new RawClient(site.plain.getLocalPort())) {
      Request first = client.request(Type.NON, Code.GET, "/board/n0/a");
      client.ask(first);
      Request second = client.request(Type.NON, Code.GET, "/board/n0/b");
      second.setMID(first.getMID());
      second.setToken(first.getToken());
      client.ask(second);
      assertEquals(
          List.of(List.of("a"), List.of("b")), site.board.asked.stream().map(Ask::path).toList());
    }
  }

  @Test
  void isAnotherOneAfterItsTime() throws Exception {
    try (RawClient client = new RawClient(site.plain.getLocalPort())) {
      Request request = client.request(Type.NON, Code.GET, "/board/n0/a");
      client.ask(request);
      client.ask(request);
      assertEquals(1, site.board.asked.size());
      site.laterSeconds.set(248);
      client.ask(request);
      assertEquals(2, site.board.asked.size());
    }
  }

  /** A datagram that the network doubles, or that a node sends twice to be sure. */
  @Test
  void isTakenOnceAndAnsweredTheSameOverASwapIfItIsNotConfirmable() throws Exception {
    try (RawClient client = new RawClient(site.plain.getLocalPort())) {
      Request request = client.request(Type.NON, Code.GET, "/board/n0/a");
      byte[] first = client.ask(request).getBytes();
      site.swap();
      assertArrayEquals(first, client.ask(request).getBytes());
      assertEquals(1, site.board.asked.size());
    }
  }
}
