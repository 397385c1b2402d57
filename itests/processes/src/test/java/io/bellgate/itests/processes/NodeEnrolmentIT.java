package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.itests.traffic.Await;
import io.bellgate.nodekeys.EnrolAnswer;
import io.bellgate.nodekeys.EnrolSuite;
import io.bellgate.nodekeys.EnrollingNode;
import io.bellgate.nodekeys.Enrolment;
import io.bellgate.nodekeys.NextKeyAnswer;
import io.bellgate.nodekeys.NextKeyRequest;
import io.bellgate.nodeline.NodeEndpoint;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node of a running gateway comes to other keys in each of the ways that there are. */
class NodeEnrolmentIT {
  private static final String NODE = "pump-17";

  private final List<CoapEndpoint> endpoints = new ArrayList<>();
  private TwoSites sites;
  private int port;
  private int sequence;

  @BeforeEach
  void start() throws Exception {
    sites = TwoSites.make();
    port = sites.secure();
    sites.run();
  }

  @AfterEach
  void end() {
    endpoints.forEach(CoapEndpoint::destroy);
    sites.close();
  }

  /** One key of the node, and what speaks under it. */
  private final class Keyed {
    private final String identity;
    private final byte[] key;
    private final CoapEndpoint endpoint;

    Keyed(String identity, byte[] key) {
      this.identity = identity;
      this.key = key;
      try (Secret given = Secret.copyOf(key)) {
        endpoint = NodeEndpoint.dtls(identity, given).coap();
      }
      endpoints.add(endpoint);
    }

    CoapResponse post(String path, byte[] payload, int format) throws Exception {
      CoapResponse answer =
          new CoapClient("coaps://127.0.0.1:" + port + path)
              .setEndpoint(endpoint)
              .setTimeout(TimeUnit.SECONDS.toMillis(30))
              .post(payload, format);
      assertEquals(ResponseCode.CHANGED, answer.getCode(), answer.getResponseText());
      return answer;
    }

    void speak() throws Exception {
      byte[] reading = ("{\"seq\":" + sequence++ + "}").getBytes();
      post("/telemetry/" + NODE + "/pressure", reading, MediaTypeRegistry.APPLICATION_JSON);
    }

    byte[] say(String path, byte[] payload) throws Exception {
      return post(path, payload, MediaTypeRegistry.APPLICATION_OCTET_STREAM).getPayload();
    }

    Keyed withTheNext() throws Exception {
      NextKeyRequest request = new NextKeyRequest(true, new byte[] {1, 1, 2, 3, 5, 8, 13, 21});
      NextKeyAnswer answer = NextKeyAnswer.decode(say("/keys", request.encode())).orElseThrow();
      assertTrue(answer.pool());
      try (Secret before = Secret.copyOf(key);
          Secret next = answer.next(before, request, NODE)) {
        return next.lend(k -> new Keyed(answer.identity(), k.clone()));
      }
    }

    Keyed enrolled(EnrolSuite suite) throws Exception {
      Provider provider = new BouncyCastleProvider();
      try (Secret present = Secret.copyOf(key);
          EnrollingNode node = new EnrollingNode(suite, provider, provider, new SecureRandom())) {
        byte[] answer = say("/enrol", node.request().encode());
        EnrollingNode.Enrolled enrolled =
            node.finish(
                new Enrolment.Before(present, NODE, identity),
                EnrolAnswer.decode(answer).orElseThrow());
        say("/enrol", enrolled.word().encode());
        return enrolled.key().lend(k -> new Keyed(enrolled.identity(), k.clone()));
      }
    }
  }

  @Test
  void speaksUnderKeysFromThePoolAndFromEnrolments() throws Exception {
    String[] given = sites.alice().ask("nodes", "add", NODE).expect(0).out().strip().split("\\s+");
    Keyed factory = new Keyed(given[1], HexFormat.of().parseHex(given[3]));
    factory.speak();
    Await.until(
        () -> "a key of the pool for nodes",
        Gateway.HANG,
        () -> sites.alice().status("keys").toString().contains("\"READY\""));
    Keyed rotated = factory.withTheNext();
    rotated.speak();
    Keyed enrolled = rotated.enrolled(EnrolSuite.X25519_ML_KEM_512);
    enrolled.speak();
    TimeUnit.SECONDS.sleep(3); // a node is told to come again if it enrols twice in two seconds
    Keyed again = enrolled.enrolled(EnrolSuite.X25519_ML_KEM_768);
    again.speak();
    String list = sites.alice().ask("nodes", "list", "--json").expect(0).out();
    for (String origin :
        List.of(
            "\"operator\"",
            "\"pool:PQC{",
            "\"enrolled:X25519+ML-KEM-512\"",
            "\"enrolled:X25519+ML-KEM-768\"")) {
      assertTrue(list.contains("\"origin\":" + origin), list);
    }
    assertTrue(list.contains("\"usesSinceStart\":1,\"lastSeenMillis\":1"), "the endpoint is asked");
    assertEquals(2, sites.alice().status("coap").getJsonObject("enrolment").getInt("taken"));
    sites.alice().ask("nodes", "replace", NODE).expect(0);
    CoapResponse late =
        new CoapClient("coaps://127.0.0.1:" + port + "/telemetry/" + NODE + "/pressure")
            .setEndpoint(again.endpoint)
            .setTimeout(TimeUnit.SECONDS.toMillis(30))
            .post("{\"seq\":1000}", MediaTypeRegistry.APPLICATION_JSON);
    assertEquals(ResponseCode.FORBIDDEN, late.getCode(), late.getResponseText());
  }
}
