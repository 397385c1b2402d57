package io.bellgate.coap.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.eclipse.californium.core.coap.MediaTypeRegistry.TEXT_PLAIN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.message.Message;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;
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
    Request next = get(1);
    next.getOptions().setBlock2(first.getOptions().getBlock2().getSzx(), false, 1);
    Response second = client.ask(next);
    assertCode(ResponseCode.CONTENT, second);
    boolean same =
        Arrays.equals(first.getOptions().getETags().get(0), second.getOptions().getETags().get(0));
    String body = same ? PlugtestResources.LARGE : changed;
    int octets = second.getOptions().getBlock2().getSize();
    assertEquals(body.substring(octets, 2 * octets), second.getPayloadString());
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

  /** RFC 9175, section 3: what is marked otherwise is of another body. */
  @Test
  void keepsBodiesWithOtherTagsApart() throws IOException {
    String one = PlugtestResources.text(900);
    String two = PlugtestResources.text(901);
    assertCode(ResponseCode.CONTINUE, client.ask(tagged(one, 0, 1)));
    assertCode(ResponseCode.CONTINUE, client.ask(tagged(two, 0, 2)));
    assertCode(ResponseCode.CHANGED, client.ask(tagged(one, 1, 1)));
    assertEquals(one, server.resources.largeUpdate.text());
    assertCode(ResponseCode.CHANGED, client.ask(tagged(two, 1, 2)));
    assertEquals(two, server.resources.largeUpdate.text());
  }

  private Request tagged(String body, int number, int tag) {
    Request request = block(client, Type.CON, "/large-update", body, number);
    request
        .getOptions()
        .addOption(StandardOptionRegistry.REQUEST_TAG.create(new byte[] {(byte) tag}));
    return request;
  }

  @Test
  void takesABlockThatComesAgainInAMessageOfItsOwn() throws IOException {
    String text = PlugtestResources.text(1_500);
    for (int number : new int[] {0, 1, 1, 2}) {
      Response response = put(client, "/large-update", text, number);
      assertCode(number < 2 ? ResponseCode.CONTINUE : ResponseCode.CHANGED, response);
    }
    assertEquals(text, server.resources.largeUpdate.text());
  }

  @Test
  void refusesABlockThatIsNotFull() throws IOException {
    Request request = block(client, Type.CON, "/large-update", PlugtestResources.text(900), 0);
    request.setPayload(new byte[OCTETS - 1]);
    assertCode(ResponseCode.BAD_REQUEST, client.ask(request));
  }

  @Test
  void goesOnWithABodyThatComesOverASwap() throws IOException {
    String text = PlugtestResources.text(1_900);
    for (int number = 0; number < 3; number++) {
      assertCode(ResponseCode.CONTINUE, put(client, "/large-update", text, number));
      server.swap();
    }
    assertCode(ResponseCode.CHANGED, put(client, "/large-update", text, 3));
    assertEquals(text, server.resources.largeUpdate.text());
  }

  /** What a POST is answered is known to nobody but the predecessor. */
  @Test
  void goesOnWithABodyThatLeavesOverASwap() throws IOException {
    String text = PlugtestResources.text(1_900);
    Response first = null;
    for (int number = 0; number < 4; number++) {
      first = ask("/large-post", text, number);
    }
    StringBuilder body = new StringBuilder(first.getPayloadString());
    BlockOption block = first.getOptions().getBlock2();
    while (block.isM()) {
      server.swap();
      Request request = client.request(Type.CON, Code.POST, "/large-post");
      int szx = block.getSzx();
      request.getOptions().setBlock2(szx, false, body.length() / BlockOption.szx2Size(szx));
      Response next = client.ask(request);
      assertCode(ResponseCode.CHANGED, next);
      assertArrayEquals(first.getOptions().getETags().get(0), next.getOptions().getETags().get(0));
      body.append(next.getPayloadString());
      block = next.getOptions().getBlock2();
    }
    assertEquals(text.toUpperCase(Locale.ROOT), body.toString());
  }

  private Response ask(String path, String body, int number) throws IOException {
    Request like = block(client, Type.CON, path, body, number);
    Request request = client.request(Type.CON, Code.POST, path);
    request.setOptions(like.getOptions());
    request.setPayload(like.getPayload());
    return client.ask(request);
  }

  /** Behind the end of what is remembered, too. */
  @Test
  void refusesABlockBehindTheEndOfAnAnswer() throws IOException {
    client.ask(get(0));
    assertCode(ResponseCode.BAD_REQUEST, client.ask(get(50)));
  }

  @Test
  void saysThatAnAnswerIsForgotten() throws IOException {
    Request request = client.request(Type.CON, Code.POST, "/large-post");
    request.getOptions().setBlock2(2, false, 1);
    assertCode(ResponseCode.REQUEST_ENTITY_INCOMPLETE, client.ask(request));
  }

  /** RFC 7252, section 4.2: the answer was lost, and the request comes again. */
  @Test
  void answersARepeatedRequestOverASwapAndDoesItOnce() throws IOException {
    Request request = client.request(Type.CON, Code.PUT, "/test");
    client.with(request, TEXT_PLAIN, "once");
    assertCode(ResponseCode.CHANGED, client.ask(request));
    byte[] first = client.last();
    for (int swaps = 0; swaps < 2; swaps++) {
      server.swap();
      client.ask(request);
      assertArrayEquals(first, client.last());
    }
    assertEquals(1, server.resources.test.requests());
    server.swap();
    request.setBytes(null);
    request.setPayload("twice");
    assertCode(ResponseCode.CHANGED, client.ask(request));
    assertEquals(2, server.resources.test.requests(), "a message ID that is used anew");
  }
}
