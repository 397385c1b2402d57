package io.bellgate.coap.node;

import static org.eclipse.californium.core.coap.MediaTypeRegistry.APPLICATION_JSON;
import static org.eclipse.californium.core.coap.MediaTypeRegistry.APPLICATION_XML;
import static org.eclipse.californium.core.coap.MediaTypeRegistry.TEXT_PLAIN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.EmptyMessage;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * ETSI CoAP#4, TD_COAP_CORE_15 to 23: lost datagrams, answers apart, locations, formats, entity
 * tags and conditions. A lost datagram is one that the test does not send, or takes no notice of.
 */
class PlugtestConditionsTest {
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

  private Request put(String path, String text) {
    return client.with(client.request(Type.CON, Code.PUT, path), TEXT_PLAIN, text);
  }

  private Request post(String path) {
    return client.with(client.request(Type.CON, Code.POST, path), TEXT_PLAIN, "new");
  }

  @Test
  void TD_COAP_CORE_15_answersARepeatedRequestAgainButServesItOnce() throws IOException {
    Request request = client.get("/test");
    client.ask(request); // this answer is lost
    byte[] first = client.last();
    client.ask(request);
    assertArrayEquals(first, client.last());
    assertEquals(1, server.resources.test.requests());
    client.assertSilent();
  }

  @Test
  void TD_COAP_CORE_16_acknowledgesARepeatedRequestAgain() throws IOException {
    Request request = client.get("/separate");
    client.send(request);
    client.receiveEmpty(); // this acknowledgement is lost
    client.send(request);
    EmptyMessage again = client.receiveEmpty();
    assertEquals(Type.ACK, again.getType());
    assertEquals(request.getMID(), again.getMID());
    assertEquals(1, server.resources.separate.requests());
    server.resources.separate.answer("once");
    client.acknowledge(client.receiveResponse());
    client.assertSilent();
  }

  @Test
  void TD_COAP_CORE_16_repeatsALaterAnswerUntilItIsAcknowledged() throws IOException {
    Request request = client.get("/separate");
    client.send(request);
    client.receiveEmpty();
    server.resources.separate.answer("again and again");
    client.receiveResponse(); // lost
    byte[] first = client.last();
    Response second = client.receiveResponse(); // its acknowledgement is lost
    assertArrayEquals(first, client.last());
    Response third = client.receiveResponse();
    assertArrayEquals(first, client.last());
    assertEquals(second.getMID(), third.getMID());
    client.acknowledge(third);
    client.assertSilent();
  }

  @Test
  void TD_COAP_CORE_17_answersANonConfirmableRequestLaterWithoutAcknowledgement()
      throws IOException {
    Request request = client.request(Type.NON, Code.GET, "/separate");
    client.send(request);
    client.assertSilent();
    server.resources.separate.answer("at last");
    Response response = client.receiveResponse();
    assertEquals(Type.NON, response.getType());
    assertArrayEquals(request.getTokenBytes(), response.getTokenBytes());
    assertEquals(ResponseCode.CONTENT, response.getCode());
    assertEquals(TEXT_PLAIN, response.getOptions().getContentFormat());
    assertEquals("at last", response.getPayloadString());
    client.assertSilent();
  }

  @Test
  void TD_COAP_CORE_18_saysALocationInSeveralSegments() throws IOException {
    Response response = client.ask(post("/test"));
    assertEquals(ResponseCode.CREATED, response.getCode());
    assertEquals(
        List.of("location1", "location2", "location3"), response.getOptions().getLocationPath());
  }

  @Test
  void TD_COAP_CORE_19_saysALocationWithSeveralQueries() throws IOException {
    Response response = client.ask(post("/location-query"));
    assertEquals(ResponseCode.CREATED, response.getCode());
    assertEquals(List.of("first=1", "second=2"), response.getOptions().getLocationQuery());
  }

  @Test
  void TD_COAP_CORE_20_answersInTheFormatThatIsAccepted() throws IOException {
    assertEquals("seven", inFormat(TEXT_PLAIN).getPayloadString());
    assertEquals("<n>7</n>", inFormat(APPLICATION_XML).getPayloadString());
    Request other = client.get("/multi-format");
    other.getOptions().setAccept(APPLICATION_JSON);
    assertEquals(ResponseCode.NOT_ACCEPTABLE, client.ask(other).getCode());
  }

  private Response inFormat(int format) throws IOException {
    Request request = client.get("/multi-format");
    request.getOptions().setAccept(format);
    Response response = client.ask(request);
    assertEquals(ResponseCode.CONTENT, response.getCode());
    assertEquals(format, response.getOptions().getContentFormat());
    return response;
  }

  private Response validate(byte[] tag) throws IOException {
    Request request = client.get("/validate");
    if (tag.length > 0) {
      request.getOptions().addETag(tag);
    }
    return client.ask(request);
  }

  private static byte[] tag(Response response) {
    assertEquals(1, response.getOptions().getETagCount());
    return response.getOptions().getETags().get(0);
  }

  @Test
  void TD_COAP_CORE_21_saysWhetherWhatAClientHasIsStillValid() throws IOException {
    Response first = validate(new byte[0]);
    assertEquals(ResponseCode.CONTENT, first.getCode());
    byte[] tag = tag(first);

    Response valid = validate(tag);
    assertEquals(ResponseCode.VALID, valid.getCode());
    assertArrayEquals(tag, tag(valid));
    assertEquals(0, valid.getPayloadSize());

    assertEquals(ResponseCode.CHANGED, client.ask(put("/validate", "another")).getCode());
    Response changed = validate(tag);
    assertEquals(ResponseCode.CONTENT, changed.getCode());
    assertFalse(Arrays.equals(tag, tag(changed)));
    assertEquals("another", changed.getPayloadString());
  }

  private Response putIfMatch(byte[] tag, String text) throws IOException {
    Request request = put("/validate", text);
    request.getOptions().addIfMatch(tag);
    return client.ask(request);
  }

  @Test
  void TD_COAP_CORE_22_changesOnlyWhatNobodyElseChanged() throws IOException {
    byte[] first = tag(validate(new byte[0]));
    assertEquals(ResponseCode.CHANGED, putIfMatch(first, "single").getCode());
    Response response = validate(new byte[0]);
    assertEquals("single", response.getPayloadString());
    byte[] second = tag(response);
    assertFalse(Arrays.equals(first, second));

    assertEquals(ResponseCode.CHANGED, client.ask(put("/validate", "concurrent")).getCode());
    assertEquals(ResponseCode.PRECONDITION_FAILED, putIfMatch(second, "too late").getCode());
    assertEquals("concurrent", server.resources.validate.text());
  }

  @Test
  void TD_COAP_CORE_23_createsOnlyWhatIsNotThere() throws IOException {
    assertEquals(ResponseCode.NOT_FOUND, client.ask(client.get("/create1")).getCode());
    assertEquals(ResponseCode.CREATED, putIfNew("mine").getCode());
    assertEquals(ResponseCode.PRECONDITION_FAILED, putIfNew("not mine").getCode());
    assertEquals("mine", client.ask(client.get("/create1")).getPayloadString());
  }

  private Response putIfNew(String text) throws IOException {
    Request request = put("/create1", text);
    request.getOptions().setIfNoneMatch(true);
    return client.ask(request);
  }
}
