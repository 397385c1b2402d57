package io.bellgate.coap.node;

import static org.eclipse.californium.core.coap.MediaTypeRegistry.TEXT_PLAIN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.util.List;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.EmptyMessage;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** ETSI CoAP#4, TD_COAP_CORE_01 to 14 and 31: methods, message types, tokens, paths and queries. */
class PlugtestCoreTest {
  private PlugtestServer server;
  private RawClient client;

  @BeforeEach
  void open() throws IOException {
    server = new PlugtestServer();
    client = server.client();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Response ask(Type type, Code code, String path, String text) throws IOException {
    return client.ask(client.with(client.request(type, code, path), TEXT_PLAIN, text));
  }

  private static void assertContent(String text, Response response) {
    assertEquals(ResponseCode.CONTENT, response.getCode());
    assertEquals(TEXT_PLAIN, response.getOptions().getContentFormat());
    assertEquals(text, response.getPayloadString());
  }

  @Test
  void TD_COAP_CORE_01_answersAGetOnItsAcknowledgement() throws IOException {
    Request request = client.get("/test");
    assertContent("a test", client.ask(request));
    byte[] octets = client.last();
    assertEquals(0x64, octets[0], "version 1, ACK, a token of four octets");
    assertEquals(0x45, octets[1], "2.05");
    assertEquals(request.getMID(), (octets[2] & 0xff) << 8 | octets[3] & 0xff);
  }

  @Test
  void TD_COAP_CORE_02_answersADeleteOnItsAcknowledgement() throws IOException {
    Response response = client.ask(client.request(Type.CON, Code.DELETE, "/test"));
    assertEquals(ResponseCode.DELETED, response.getCode());
    assertEquals(0, response.getPayloadSize());
  }

  @Test
  void TD_COAP_CORE_03_answersAPutOnItsAcknowledgement() throws IOException {
    assertEquals(ResponseCode.CHANGED, ask(Type.CON, Code.PUT, "/test", "put").getCode());
    assertEquals("put", server.resources.test.text());
  }

  @Test
  void TD_COAP_CORE_04_answersAPostOnItsAcknowledgement() throws IOException {
    assertEquals(ResponseCode.CREATED, ask(Type.CON, Code.POST, "/test", "post").getCode());
  }

  @Test
  void TD_COAP_CORE_05_answersANonConfirmableGetInANonConfirmableMessage() throws IOException {
    Request request = client.request(Type.NON, Code.GET, "/test");
    Response response = client.ask(request);
    assertContent("a test", response);
    client.assertSilent();
  }

  @Test
  void TD_COAP_CORE_06_answersANonConfirmableDeleteInANonConfirmableMessage() throws IOException {
    Response response = client.ask(client.request(Type.NON, Code.DELETE, "/test"));
    assertEquals(ResponseCode.DELETED, response.getCode());
    client.assertSilent();
  }

  @Test
  void TD_COAP_CORE_07_answersANonConfirmablePutInANonConfirmableMessage() throws IOException {
    assertEquals(ResponseCode.CHANGED, ask(Type.NON, Code.PUT, "/test", "put").getCode());
    assertEquals("put", server.resources.test.text());
    client.assertSilent();
  }

  @Test
  void TD_COAP_CORE_08_answersANonConfirmablePostInANonConfirmableMessage() throws IOException {
    assertEquals(ResponseCode.CREATED, ask(Type.NON, Code.POST, "/test", "post").getCode());
    client.assertSilent();
  }

  @Test
  void TD_COAP_CORE_09_answersLaterInAConfirmableMessageOfItsOwn() throws IOException {
    Request request = client.get("/separate");
    assertAnsweredApart(request);
  }

  /** An acknowledgement first, then the answer, which the client acknowledges. */
  private void assertAnsweredApart(Request request) throws IOException {
    client.send(request);
    EmptyMessage acknowledgement = client.receiveEmpty();
    assertEquals(Type.ACK, acknowledgement.getType());
    assertEquals(request.getMID(), acknowledgement.getMID());
    server.resources.separate.answer("at last");
    Response response = client.receiveResponse();
    assertEquals(Type.CON, response.getType());
    assertArrayEquals(request.getTokenBytes(), response.getTokenBytes());
    assertContent("at last", response);
    client.acknowledge(response);
    client.assertSilent();
  }

  @Test
  void TD_COAP_CORE_10_repeatsTheTokenWhateverItsLength() throws IOException {
    for (int length = 1; length <= 8; length++) {
      Request request = client.get("/test");
      request.setToken(new Token("12345678".substring(8 - length).getBytes()));
      assertContent("a test", client.ask(request));
    }
  }

  @Test
  void TD_COAP_CORE_11_repeatsTheTokenInALaterAnswer() throws IOException {
    Request request = client.get("/separate");
    request.setToken(new Token(new byte[] {0, -1, 0, -1, 0, -1, 0, -1}));
    assertAnsweredApart(request);
  }

  @Test
  void TD_COAP_CORE_12_answersAnEmptyTokenWithAnEmptyToken() throws IOException {
    Request request = client.get("/test");
    request.setToken(Token.EMPTY);
    assertContent("a test", client.ask(request));
    assertEquals(0x60, client.last()[0], "version 1, ACK, no token");
  }

  @Test
  void TD_COAP_CORE_13_findsAResourceBySeveralSegments() throws IOException {
    Request request = client.get("/seg1/seg2/seg3");
    assertEquals(List.of("seg1", "seg2", "seg3"), request.getOptions().getUriPath());
    assertContent("3", client.ask(request));
    assertEquals(ResponseCode.NOT_FOUND, client.ask(client.get("/seg1/seg3")).getCode());
  }

  @Test
  void TD_COAP_CORE_14_handsSeveralQueriesOnInTheirOrder() throws IOException {
    Request request = client.get("/query");
    request.getOptions().addUriQuery("first=1").addUriQuery("second=2").addUriQuery("third=3");
    assertContent("first=1 second=2 third=3", client.ask(request));
  }

  @Test
  void TD_COAP_CORE_31_answersAPingWithAReset() throws IOException {
    EmptyMessage ping = new EmptyMessage(Type.CON);
    ping.setMID(0x1234);
    client.send(ping);
    EmptyMessage pong = client.receiveEmpty();
    assertEquals(Type.RST, pong.getType());
    assertEquals(0x1234, pong.getMID());
  }

  @Test
  void givesItsOwnMessagesIdsOfItsOwn() throws IOException {
    Response first = client.ask(client.request(Type.NON, Code.GET, "/test"));
    Response second = client.ask(client.request(Type.NON, Code.GET, "/test"));
    assertNotEquals(first.getMID(), second.getMID());
    assertFalse(first.getToken().equals(second.getToken()));
  }
}
