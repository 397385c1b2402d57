package io.bellgate.coap.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.eclipse.californium.core.coap.MediaTypeRegistry.TEXT_PLAIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.oscore.Aead;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Californium's plugtest checker asks under OSCORE, OC01 to 03: a GET, a DELETE and a PUT of
 * one resource. The first request of a node is answered by a challenge, the one after it by the
 * resource.
 */
class PlugtestOscoreTest {
  private static final int HANG_MILLIS = 20_000;
  private static final String IDENTITY = "n1#1";
  private static final byte[] KEY = "0123456789abcdef0123456789ABCDEF".getBytes(UTF_8);

  @TempDir Path folder;
  private PlugtestServer server;
  private Wire wire;
  private CoapEndpoint node;

  @BeforeEach
  void open() throws Exception {
    server = new PlugtestServer(Aead.AES_CCM_16_64_128, folder, IDENTITY, KEY);
    wire = new Wire(server.port());
    node = OscoreNode.start(IDENTITY, KEY, Aead.AES_CCM_16_64_128);
  }

  @AfterEach
  void close() {
    node.destroy();
    wire.close();
    server.close();
  }

  private Request request(Code code) {
    Request request = new Request(code, Type.CON);
    request.setURI("coap://127.0.0.1:" + wire.port() + "/oscore");
    request.getOptions().setOscore(new byte[0]);
    return request;
  }

  private Response ask(Request request, ResponseCode expected) throws Exception {
    node.sendRequest(request);
    Response response = request.waitForResponse(HANG_MILLIS);
    assertNotNull(response, () -> "no answer: " + request.getSendError());
    assertEquals(expected, response.getCode());
    assertEquals(Type.ACK, response.getType());
    return response;
  }

  /**
   * The wire shows POST and 2.04, no path and no payload in clear: of the challenge as of the rest.
   */
  private void assertHidden(int exchanges, String... clear) {
    List<Message> asked = wire.fromNode();
    List<Message> answered = wire.toNode();
    assertEquals(exchanges, asked.size());
    assertEquals(exchanges, answered.size());
    for (int i = 0; i < exchanges; i++) {
      assertEquals(Code.POST, ((Request) asked.get(i)).getCode());
      assertEquals(ResponseCode.CHANGED, ((Response) answered.get(i)).getCode());
      assertEquals(asked.get(i).getMID(), answered.get(i).getMID());
      assertTrue(asked.get(i).getOptions().getUriPath().isEmpty());
      for (Message message : List.of(asked.get(i), answered.get(i))) {
        assertTrue(message.getOptions().hasOscore());
        assertFalse(message.getOptions().hasContentFormat());
        for (String text : clear) {
          assertFalse(new String(message.getPayload(), UTF_8).contains(text));
        }
      }
    }
  }

  @Test
  void OC01_answersAProtectedGet() throws Exception {
    Response response = ask(request(Code.GET), ResponseCode.CONTENT);
    assertEquals(TEXT_PLAIN, response.getOptions().getContentFormat());
    assertEquals("Hello, World!", response.getPayloadString());
    assertHidden(2, "Hello", "oscore");
    assertEquals("Hello, World!", ask(request(Code.GET), ResponseCode.CONTENT).getPayloadString());
    assertHidden(1, "Hello", "oscore");
  }

  @Test
  void OC02_answersAProtectedDelete() throws Exception {
    assertEquals(0, ask(request(Code.DELETE), ResponseCode.DELETED).getPayloadSize());
    assertEquals(1, server.resources.oscore.requests(), "once, in spite of the challenge");
    assertHidden(2, "oscore");
  }

  @Test
  void OC03_answersAProtectedPut() throws Exception {
    Request request = request(Code.PUT);
    request.getOptions().setContentFormat(TEXT_PLAIN);
    request.setPayload("Hello, OSCORE!");
    ask(request, ResponseCode.CHANGED);
    assertEquals("Hello, OSCORE!", server.resources.oscore.text());
    assertHidden(2, "Hello", "oscore");
  }
}
