package io.bellgate.coap.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.journal.Disk;
import io.bellgate.nodeline.NodeEndpoint;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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

/** Our node under DTLS shows by itself that it is fresh. */
class EchoingNodeTest {
  @TempDir Path folder;
  private ServingSite site;
  private NodeEndpoint line;
  private CoapEndpoint node;

  @BeforeEach
  void losePowerOnce() throws Exception {
    site = ServingSite.noting(folder);
    try (Secret key = Secret.copyOf(ServingSite.KEY)) {
      line = NodeEndpoint.dtls("n1#1", key);
    }
    node = line.coap();
    node.start();
    assertEquals(ResponseCode.CONTENT, site.get(node, "/board/n1").getCode());
    site.endpoint.noteSessions();
    site.powerCut(Disk.FILES);
    assertEquals(1, site.endpoint.sessions().get("inDoubt"));
  }

  @AfterEach
  void close() {
    line.close();
    site.close();
  }

  private Request get(Type type) {
    Request request = site.request(node, Code.GET, "/board/n1");
    request.setType(type);
    return request;
  }

  private void assertProven(Response response, String text) {
    assertEquals(ResponseCode.CONTENT, response.getCode());
    assertEquals(text, response.getPayloadString());
    assertEquals(0, site.endpoint.sessions().get("inDoubt"));
  }

  @Test
  void inARequestOfEitherType() throws Exception {
    for (Type type : new Type[] {Type.CON, Type.NON}) {
      assertProven(site.ask(node, get(type)), "nothing");
      site.endpoint.noteSessions();
      site.powerCut(Disk.FILES);
    }
  }

  @Test
  void inTheFirstBlockOfManyThatItAsksFor() throws Exception {
    String text = PlugtestResources.text(3_001);
    site.board.say(text);
    assertProven(site.ask(node, get(Type.CON)), text);
  }

  @Test
  void andObservesByTheSameRequest() throws Exception {
    LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
    node.addNotificationListener((request, notice) -> told.add(notice.getPayloadString()));
    Request observe = get(Type.CON);
    observe.setObserve();
    Response first = site.ask(node, observe);
    assertProven(first, "nothing");
    assertTrue(first.getOptions().hasObserve());
    told.clear();
    site.board.say("news");
    site.endpoint.served().changed("board", "n1");
    assertEquals("news", told.poll(10, TimeUnit.SECONDS));
  }
}
