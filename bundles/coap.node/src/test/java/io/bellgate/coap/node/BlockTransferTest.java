package io.bellgate.coap.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.eclipse.californium.core.coap.MediaTypeRegistry.TEXT_PLAIN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.message.Message;
import java.io.IOException;
import java.util.Arrays;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the plugtests do not ask of transfers in blocks: RFC 7959, sections 2.3 to 2.9. */
class BlockTransferTest {
  private static final int SZX = 5;
  private static final int OCTETS = 512;

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

  /** One block of a body. */
  private static Request block(RawClient from, Type type, String path, String body, int number) {
    byte[] octets = body.getBytes(UTF_8);
    int end = Math.min(octets.length, (number + 1) * OCTETS);
    Request request = from.request(type, Code.PUT, path);
    request.getOptions().setContentFormat(TEXT_PLAIN);
    request.getOptions().setBlock1(SZX, end < octets.length, number);
    request.setPayload(Arrays.copyOfRange(octets, number * OCTETS, end));
    return request;
  }

  private Response put(RawClient from, String path, String body, int number) throws IOException {
    return from.ask(block(from, Type.CON, path, body, number));
  }

  private static void assertCode(ResponseCode code, Response response) {
    assertEquals(code, response.getCode());
  }

  @Test
  void keepsTheBodiesOfTwoNodesApart() throws IOException {
    RawClient other = server.client();
    String one = PlugtestResources.text(1_500);
    String two = PlugtestResources.text(1_501);
    for (int number = 0; number < 2; number++) {
      assertCode(ResponseCode.CONTINUE, put(client, "/large-update", one, number));
      assertCode(ResponseCode.CONTINUE, put(other, "/large-update", two, number));
    }
    assertCode(ResponseCode.CHANGED, put(client, "/large-update", one, 2));
    assertEquals(one, server.resources.largeUpdate.text());
    assertCode(ResponseCode.CHANGED, put(other, "/large-update", two, 2));
    assertEquals(two, server.resources.largeUpdate.text());
  }

  @Test
  void keepsTheBodiesForTwoResourcesApart() throws IOException {
    String one = PlugtestResources.text(900);
    String two = PlugtestResources.text(901);
    assertCode(ResponseCode.CONTINUE, put(client, "/large-update", one, 0));
    assertCode(ResponseCode.CONTINUE, put(client, "/test", two, 0));
    assertCode(ResponseCode.CHANGED, put(client, "/large-update", one, 1));
    assertCode(ResponseCode.CHANGED, put(client, "/test", two, 1));
    assertEquals(one, server.resources.largeUpdate.text());
    assertEquals(two, server.resources.test.text());
  }

  @Test
  void refusesABodyWithAGap() throws IOException {
    String text = PlugtestResources.text(1_800);
    assertCode(ResponseCode.CONTINUE, put(client, "/large-update", text, 0));
    assertCode(ResponseCode.REQUEST_ENTITY_INCOMPLETE, put(client, "/large-update", text, 2));
    assertEquals(PlugtestResources.LARGE, server.resources.largeUpdate.text());
  }

  @Test
  void refusesABodyWithoutItsBeginning() throws IOException {
    String text = PlugtestResources.text(1_800);
    assertCode(ResponseCode.REQUEST_ENTITY_INCOMPLETE, put(client, "/large-update", text, 3));
    assertEquals(PlugtestResources.LARGE, server.resources.largeUpdate.text());
  }

  @Test
  void beginsAnewWithAFirstBlock() throws IOException {
    String before = PlugtestResources.text(1_400);
    String after = PlugtestResources.text(1_100);
    assertCode(ResponseCode.CONTINUE, put(client, "/large-update", before, 0));
    assertCode(ResponseCode.CONTINUE, put(client, "/large-update", before, 1));
    for (int number = 0; number < 2; number++) {
      assertCode(ResponseCode.CONTINUE, put(client, "/large-update", after, number));
    }
    assertCode(ResponseCode.CHANGED, put(client, "/large-update", after, 2));
    assertEquals(after, server.resources.largeUpdate.text());
  }

  @Test
  void takesARepeatedBlockOnce() throws IOException {
    String text = PlugtestResources.text(1_500);
    for (int number = 0; number < 3; number++) {
      Request request = block(client, Type.CON, "/large-update", text, number);
      client.ask(request);
      byte[] first = client.last();
      client.ask(request);
      assertArrayEquals(first, client.last());
    }
    assertEquals(text, server.resources.largeUpdate.text());
    assertEquals(1, server.resources.largeUpdate.requests());
  }

  @Test
  void takesBlocksInNonConfirmableMessages() throws IOException {
    String text = PlugtestResources.text(1_100);
    for (int number = 0; number < 2; number++) {
      assertCode(
          ResponseCode.CONTINUE,
          client.ask(block(client, Type.NON, "/large-update", text, number)));
    }
    assertCode(ResponseCode.CHANGED, client.ask(block(client, Type.NON, "/large-update", text, 2)));
    assertEquals(text, server.resources.largeUpdate.text());
  }

  @Test
  void refusesABodyThatIsLargerThanAMessage() throws IOException {
    String text = PlugtestResources.text(Message.MAX_PAYLOAD_OCTETS + 1);
    int number = 0;
    Response response;
    do {
      response = put(client, "/large-update", text, number++);
    } while (response.getCode() == ResponseCode.CONTINUE);
    assertCode(ResponseCode.REQUEST_ENTITY_TOO_LARGE, response);
    assertTrue(number * OCTETS >= Message.MAX_PAYLOAD_OCTETS, "number=" + number);
    assertEquals(PlugtestResources.LARGE, server.resources.largeUpdate.text());
  }

  @Test
  void refusesABodyAtOnceThatSaysItIsTooLarge() throws IOException {
    String text = PlugtestResources.text(Message.MAX_PAYLOAD_OCTETS + 1);
    Request request = block(client, Type.CON, "/large-update", text, 0);
    request.getOptions().setSize1(text.length());
    assertCode(ResponseCode.REQUEST_ENTITY_TOO_LARGE, client.ask(request));
  }

  @Test
  void takesTheLargestBodyAndGivesItBack() throws IOException {
    String text = PlugtestResources.text(Message.MAX_PAYLOAD_OCTETS);
    for (int number = 0; number < Message.MAX_PAYLOAD_OCTETS / OCTETS; number++) {
      put(client, "/large-update", text, number);
    }
    assertEquals(text, server.resources.largeUpdate.text());
    assertArrayEquals(text.getBytes(UTF_8), client.fetch("/large-update"));
  }

  /** RFC 7959, 2.4: blocks of one entity tag are of one body. */
  @Test
  void neverMixesTwoBodiesUnderOneTag() throws IOException {
    Response first = client.ask(get(0));
    RawClient other = server.client();
    String changed = PlugtestResources.text(1_700);
    for (int number = 0; number < 4; number++) {
      put(other, "/large-update", changed, number);
    }
    assertEquals(changed, server.resources.largeUpdate.text());
    Response second = client.ask(get(1));
    assertCode(ResponseCode.CONTENT, second);
    boolean same =
        Arrays.equals(first.getOptions().getETags().get(0), second.getOptions().getETags().get(0));
    String body = same ? PlugtestResources.LARGE : changed;
    assertEquals(body.substring(OCTETS, 2 * OCTETS), second.getPayloadString());
  }

  private Request get(int number) {
    Request request = client.get("/large-update");
    request.getOptions().setBlock2(SZX, false, number);
    return request;
  }

  @Test
  void refusesABlockBehindTheEnd() throws IOException {
    Response response = client.ask(get(50));
    assertTrue(response.isClientError(), response::toString);
  }
}
