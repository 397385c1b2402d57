package io.bellgate.coap.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.eclipse.californium.core.coap.MediaTypeRegistry.APPLICATION_JSON;
import static org.eclipse.californium.core.coap.MediaTypeRegistry.TEXT_PLAIN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * ETSI CoAP#4, TD_COAP_OBS_01 to 13: resources that tell of their changes (RFC 7641). A resource
 * changes when the test says so; that nothing more comes is seen by pings.
 */
class PlugtestObserveTest {
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

  /** What a client knows of an observation. */
  private final class Observation {
    private final String path;
    private final Token token;
    private int sequence;
    private int format;

    /** Registers; the answer is a first representation. */
    Observation(String path, Type type) throws IOException {
      Request request = client.request(type, Code.GET, path);
      this.path = path;
      token = request.getToken();
      register(request);
    }

    private Response register(Request request) throws IOException {
      request.getOptions().setObserve(0);
      Response response = client.ask(request);
      assertEquals(ResponseCode.CONTENT, response.getCode());
      sequence = response.getOptions().getObserve();
      format = response.getOptions().getContentFormat();
      assertEquals(PlugtestResources.OBSERVED_MAX_AGE_SECONDS, response.getOptions().getMaxAge());
      return response;
    }

    /** The same request once more, with the same token. */
    Request again() {
      Request request = client.get(path);
      request.setToken(token);
      return request;
    }

    /** The next datagram is a notification of this observation, and newer than the one before. */
    Response next(Type type) throws IOException {
      Response response = client.receiveResponse();
      assertEquals(type, response.getType());
      assertEquals(ResponseCode.CONTENT, response.getCode());
      assertEquals(token, response.getToken());
      assertEquals(format, response.getOptions().getContentFormat());
      int now = response.getOptions().getObserve();
      // RFC 7641, section 3.4, first two lines of the condition
      assertTrue((now - sequence & 0xff_ffff) < 1 << 23 && now != sequence, "observe=" + now);
      sequence = now;
      return response;
    }

    /** The same, confirmable, with this text; it is acknowledged. */
    void expect(String text) throws IOException {
      Response response = next(Type.CON);
      assertEquals(text, response.getPayloadString());
      client.acknowledge(response);
    }

    /** The next datagram ends this observation: an error, without an Observe option. */
    void expectEnd(ResponseCode code) throws IOException {
      Response end = client.receiveResponse();
      assertEquals(Type.CON, end.getType());
      assertEquals(code, end.getCode());
      assertEquals(token, end.getToken());
      assertFalse(end.getOptions().hasObserve());
      client.acknowledge(end);
    }
  }

  private Observation observed() throws IOException {
    Observation observation = new Observation("/obs", Type.CON);
    server.resources.obs.change("1");
    observation.expect("1");
    return observation;
  }

  /** After the last repetition the endpoint waits once more. */
  private void awaitNotObserved() throws IOException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (server.resources.obs.getObserverCount() > 0) {
      assertTrue(System.nanoTime() < until);
      client.assertSilent();
    }
    assertNotObserved();
  }

  private void assertNotObserved() throws IOException {
    client.assertSilent();
    assertEquals(0, server.resources.obs.getObserverCount());
    server.resources.obs.change("nobody hears this");
    client.assertSilent();
  }

  @Test
  void TD_COAP_OBS_01_notifiesInConfirmableMessages() throws IOException {
    Observation observation = new Observation("/obs", Type.CON);
    for (int i = 1; i <= 5; i++) {
      server.resources.obs.change("value " + i);
      observation.expect("value " + i);
    }
    client.assertSilent();
  }

  @Test
  void TD_COAP_OBS_02_notifiesInNonConfirmableMessages() throws IOException {
    Observation observation = new Observation("/obs-non", Type.NON);
    for (int i = 1; i <= 5; i++) {
      server.resources.obsNon.change("value " + i);
      assertEquals("value " + i, observation.next(Type.NON).getPayloadString());
    }
    client.assertSilent();
  }

  /** The test of CoAP#4 that took the place of 03: a GET with Observe=1. */
  @Test
  void TD_COAP_OBS_12_endsAnObservationWhenAGetSaysSo() throws IOException {
    Observation observation = observed();
    Request deregister = observation.again();
    deregister.getOptions().setObserve(1);
    Response response = client.ask(deregister);
    assertEquals(ResponseCode.CONTENT, response.getCode());
    assertEquals("1", response.getPayloadString());
    assertFalse(response.getOptions().hasObserve());
    assertNotObserved();
  }

  @Test
  void TD_COAP_OBS_04_takesAClientBackAfterItsObservationWasForgotten() throws IOException {
    Observation observation = observed();
    RawClient other = server.client();
    assertEquals(
        ResponseCode.CHANGED,
        other.ask(other.request(Type.CON, Code.POST, "/obs-reset")).getCode());
    assertNotObserved();
    // Max-Age passed without a notification: the client registers again
    Response response = observation.register(observation.again());
    assertEquals("nobody hears this", response.getPayloadString());
    server.resources.obs.change("heard again");
    observation.expect("heard again");
    client.assertSilent();
  }

  @Test
  void TD_COAP_OBS_05_endsAnObservationWhenNotificationsAreNotAcknowledged() throws IOException {
    Observation observation = observed();
    server.resources.obs.hurry();
    server.resources.obs.change("into the void");
    Response first = observation.next(Type.CON);
    for (int i = 1; i <= 4; i++) { // MAX_RETRANSMIT, RFC 7252, section 4.8
      Response again = client.receiveResponse();
      assertEquals(Type.CON, again.getType());
      assertEquals(first.getMID(), again.getMID());
      assertEquals("into the void", again.getPayloadString());
    }
    awaitNotObserved();
  }

  /** RFC 7641, 4.5.2: a repetition has the representation of its time, and a number of its own. */
  @Test
  void TD_COAP_OBS_05_repeatsWhatIsNotAcknowledgedWithTheLatestValue() throws IOException {
    Observation observation = observed();
    server.resources.obs.hurry();
    server.resources.obs.change("old");
    Response old = observation.next(Type.CON);
    server.resources.obs.change("new");
    Response later = client.receiveResponse();
    while (later.getMID() == old.getMID()) { // this repetition left before the change
      later = client.receiveResponse();
    }
    assertEquals("new", later.getPayloadString());
    assertTrue(later.getOptions().getObserve() > old.getOptions().getObserve());
    client.acknowledge(later);
    client.assertSilent();
  }

  @Test
  void TD_COAP_OBS_06_endsAnObservationThatIsResetByTheClient() throws IOException {
    Observation observation = observed();
    server.resources.obs.change("2");
    client.reset(observation.next(Type.CON));
    assertNotObserved();
  }

  @Test
  void TD_COAP_OBS_06_endsAnObservationWhoseNonConfirmableNotificationIsReset() throws IOException {
    Observation observation = new Observation("/obs-non", Type.CON);
    server.resources.obsNon.change("1");
    client.reset(observation.next(Type.NON));
    client.assertSilent();
    server.resources.obsNon.change("2");
    client.assertSilent();
    assertEquals(0, server.resources.obsNon.getObserverCount());
  }

  @Test
  void TD_COAP_OBS_07_tellsObserversThatAResourceWasDeleted() throws IOException {
    Observation observation = observed();
    RawClient other = server.client();
    assertEquals(
        ResponseCode.DELETED, other.ask(other.request(Type.CON, Code.DELETE, "/obs")).getCode());
    observation.expectEnd(ResponseCode.NOT_FOUND);
    assertNotObserved();
  }

  @Test
  void TD_COAP_OBS_08_endsObservationsWhenTheFormatChanges() throws IOException {
    Observation observation = observed();
    assertEquals(ResponseCode.CHANGED, put(APPLICATION_JSON, "{}"));
    observation.expectEnd(ResponseCode.NOT_ACCEPTABLE);
    assertNotObserved();
  }

  private ResponseCode put(int format, String text) throws IOException {
    RawClient other = server.client();
    return other.ask(other.with(other.request(Type.CON, Code.PUT, "/obs"), format, text)).getCode();
  }

  @Test
  void TD_COAP_OBS_09_notifiesOfWhatAnotherClientPut() throws IOException {
    Observation observation = observed();
    assertEquals(ResponseCode.CHANGED, put(TEXT_PLAIN, "put by another"));
    observation.expect("put by another");
    client.assertSilent();
  }

  @Test
  void TD_COAP_OBS_10_keepsAnObservationBesideAPlainGet() throws IOException {
    Observation observation = observed();
    Response plain = client.ask(client.get("/obs"));
    assertEquals("1", plain.getPayloadString());
    assertFalse(plain.getOptions().hasObserve());
    server.resources.obs.change("2");
    observation.expect("2");
    client.assertSilent();
  }

  @Test
  void TD_COAP_OBS_11_hasOneConfirmableNotificationUnderWayAtMost() throws IOException {
    Observation observation = new Observation("/obs-pumping", Type.CON);
    for (int i = 1; i <= 50; i++) {
      server.resources.obsPumping.change("value " + i);
    }
    Response first = observation.next(Type.CON);
    client.assertSilent();
    client.acknowledge(first);
    observation.expect("value 50"); // those in between are out of date
    client.assertSilent();
  }

  @Test
  void TD_COAP_OBS_11_sendsNonConfirmableNotificationsInTheirOrder() throws IOException {
    Observation observation = new Observation("/obs-pumping-non", Type.CON);
    for (int i = 1; i <= 50; i++) {
      server.resources.obsPumpingNon.change("value " + i);
      assertEquals("value " + i, observation.next(Type.NON).getPayloadString());
    }
    client.assertSilent();
  }

  /** RFC 7959, section 3.4: a notification is a first block; the client fetches the others. */
  @Test
  void TD_COAP_OBS_13_notifiesWithTheFirstBlockOfALargeBody() throws IOException {
    Observation observation = new Observation("/obs-large", Type.CON);
    String text = PlugtestResources.text(1_501);
    server.resources.obsLarge.change(text);
    Response first = observation.next(Type.CON);
    client.acknowledge(first);
    BlockOption block = first.getOptions().getBlock2();
    assertEquals(0, block.getNum());
    assertTrue(block.isM());
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(first.getPayload());
    for (int number = 1; block.isM(); number++) {
      Request request = client.get("/obs-large");
      request.getOptions().setBlock2(block.getSzx(), false, number);
      Response response = client.ask(request);
      assertFalse(response.getOptions().hasObserve());
      block = response.getOptions().getBlock2();
      assertEquals(number, block.getNum());
      body.writeBytes(response.getPayload());
    }
    assertArrayEquals(text.getBytes(UTF_8), body.toByteArray());
    String next = PlugtestResources.text(1_403);
    server.resources.obsLarge.change(next);
    Response second = observation.next(Type.CON);
    client.acknowledge(second);
    assertArrayEquals(
        Arrays.copyOf(next.getBytes(UTF_8), second.getPayloadSize()), second.getPayload());
    client.assertSilent();
  }
}
