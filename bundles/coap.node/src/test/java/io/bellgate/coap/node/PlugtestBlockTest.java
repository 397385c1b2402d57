package io.bellgate.coap.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.eclipse.californium.core.coap.MediaTypeRegistry.TEXT_PLAIN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** ETSI CoAP#4, TD_COAP_BLOCK_01 to 06: bodies in blocks (RFC 7959), block for block. */
class PlugtestBlockTest {
  private static final int SZX_16 = 0;
  private static final int SZX_64 = 2;
  private static final int SZX_256 = 4;
  private static final int SZX_1024 = 6;

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

  private static int octets(int szx) {
    return BlockOption.szx2Size(szx);
  }

  /** The first block, as negotiated early. */
  private Response first(int szx) throws IOException {
    Request request = client.get("/large");
    request.getOptions().setBlock2(szx, false, 0);
    Response response = client.ask(request);
    assertTrue(response.getOptions().getBlock2().getSzx() <= szx);
    return response;
  }

  /** A block is what was asked for, and full unless it is the last one. */
  private static void assertBlock(ResponseCode code, int number, int szx, Response response) {
    assertEquals(code, response.getCode());
    BlockOption block = response.getOptions().getBlock2();
    assertEquals(number, block.getNum());
    assertEquals(szx, block.getSzx());
    if (block.isM()) {
      assertEquals(octets(szx), response.getPayloadSize(), "number=" + number);
    } else {
      assertTrue(response.getPayloadSize() <= octets(szx), "number=" + number);
    }
  }

  /** The rest of a body, from a block on; each request is the one before it, for the next block. */
  private byte[] rest(Request like, ResponseCode code, int from, int szx) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int number = from; ; number++) {
      Request request =
          client.request(Type.CON, like.getCode(), "/" + like.getOptions().getUriPathString());
      request.getOptions().setBlock2(szx, false, number);
      Response response = client.ask(request);
      assertBlock(code, number, szx, response);
      body.writeBytes(response.getPayload());
      if (!response.getOptions().getBlock2().isM()) {
        return body.toByteArray();
      }
    }
  }

  private void assertFetchedInBlocksOf(int szx) throws IOException {
    Response first = first(szx);
    int actual = first.getOptions().getBlock2().getSzx();
    assertBlock(ResponseCode.CONTENT, 0, actual, first);
    assertTrue(first.getOptions().getBlock2().isM());
    String rest = new String(rest(client.get("/large"), ResponseCode.CONTENT, 1, actual), UTF_8);
    assertEquals(PlugtestResources.LARGE, first.getPayloadString() + rest);
  }

  @Test
  void TD_COAP_BLOCK_01_sendsBlocksOfTheSizeThatIsAskedForAtFirst() throws IOException {
    assertFetchedInBlocksOf(SZX_64);
    assertFetchedInBlocksOf(SZX_256);
    assertFetchedInBlocksOf(SZX_1024);
  }

  @Test
  void TD_COAP_BLOCK_02_sendsBlocksToWhoDidNotAskForThem() throws IOException {
    assertFetchedWithoutAsking(0);
  }

  @Test
  void TD_COAP_BLOCK_02_goesOnInSmallerBlocksWhereTheFirstOneEnded() throws IOException {
    assertFetchedWithoutAsking(2);
  }

  /** The first block comes unasked; the client goes on with blocks that are so often halved. */
  private void assertFetchedWithoutAsking(int halvings) throws IOException {
    Request request = client.get("/large");
    Response first = client.ask(request);
    int szx = first.getOptions().getBlock2().getSzx();
    assertBlock(ResponseCode.CONTENT, 0, szx, first);
    assertTrue(first.getOptions().getBlock2().isM());
    int smaller = szx - halvings;
    String rest = new String(rest(request, ResponseCode.CONTENT, 1 << halvings, smaller), UTF_8);
    assertEquals(PlugtestResources.LARGE, first.getPayloadString() + rest);
  }

  /** Sends a body in blocks, and takes smaller ones when it is told to; the last answer. */
  private Response upload(Code code, String path, String text, int szx) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    int size = szx;
    for (int from = 0; ; ) {
      int to = Math.min(body.length, from + octets(size));
      boolean more = to < body.length;
      Request request = client.request(Type.CON, code, path);
      request.getOptions().setContentFormat(TEXT_PLAIN);
      request.getOptions().setBlock1(size, more, from / octets(size));
      request.setPayload(Arrays.copyOfRange(body, from, to));
      Response response = client.ask(request);
      BlockOption block = response.getOptions().getBlock1();
      assertEquals(from / octets(size), block.getNum());
      assertTrue(block.getSzx() <= size);
      if (!more) {
        assertFalse(block.isM());
        return response;
      }
      assertEquals(ResponseCode.CONTINUE, response.getCode());
      assertTrue(block.isM(), "the body is taken as a whole");
      size = block.getSzx();
      from = to;
    }
  }

  @Test
  void TD_COAP_BLOCK_03_replacesABodyByOneThatComesInBlocks() throws IOException {
    for (int szx : new int[] {SZX_16, SZX_64, SZX_256, SZX_1024}) {
      String text = PlugtestResources.text(1_000 + octets(szx));
      Response response = upload(Code.PUT, "/large-update", text, szx);
      assertEquals(ResponseCode.CHANGED, response.getCode());
      assertEquals(text, server.resources.largeUpdate.text());
      assertArrayEquals(text.getBytes(UTF_8), client.fetch("/large-update"));
    }
  }

  @Test
  void TD_COAP_BLOCK_04_createsAResourceFromABodyThatComesInBlocks() throws IOException {
    String text = PlugtestResources.text(1_301);
    Response response = upload(Code.POST, "/large-create", text, SZX_64);
    assertEquals(ResponseCode.CREATED, response.getCode());
    List<String> location = response.getOptions().getLocationPath();
    assertEquals(2, location.size());
    assertEquals("large-create", location.get(0));
    assertArrayEquals(text.getBytes(UTF_8), client.fetch("/" + String.join("/", location)));
  }

  @Test
  void TD_COAP_BLOCK_05_answersABodyInBlocksWithABodyInBlocks() throws IOException {
    assertShouted(0);
  }

  @Test
  void TD_COAP_BLOCK_05_goesOnInSmallerBlocksOfTheAnswer() throws IOException {
    assertShouted(1);
  }

  /** What is posted comes back in capitals, in blocks that are so often halved after the first. */
  private void assertShouted(int halvings) throws IOException {
    String text = PlugtestResources.text(1_801);
    Response first = upload(Code.POST, "/large-post", text, SZX_256);
    BlockOption block = first.getOptions().getBlock2();
    assertBlock(ResponseCode.CHANGED, 0, block.getSzx(), first);
    assertTrue(block.isM());
    Request like = client.request(Type.CON, Code.POST, "/large-post");
    int smaller = block.getSzx() - halvings;
    String rest = new String(rest(like, ResponseCode.CHANGED, 1 << halvings, smaller), UTF_8);
    assertEquals(text.toUpperCase(Locale.ROOT), first.getPayloadString() + rest);
  }

  @Test
  void TD_COAP_BLOCK_06_sendsBlocksOfSixteenOctets() throws IOException {
    assertEquals(SZX_16, first(SZX_16).getOptions().getBlock2().getSzx());
    assertFetchedInBlocksOf(SZX_16);
  }
}
