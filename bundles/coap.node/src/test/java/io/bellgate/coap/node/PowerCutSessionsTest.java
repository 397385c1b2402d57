package io.bellgate.coap.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import io.bellgate.journal.Disk;
import io.bellgate.journal.FullDisk;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node under DTLS, over a start of the gateway that no stop in order was before. */
class PowerCutSessionsTest {
  private static final int HANDSHAKE = 22;

  @TempDir Path folder;
  private ServingSite site;
  private Wire wire;
  private CoapEndpoint node;

  @BeforeEach
  void speakOnce() throws Exception {
    site = ServingSite.noting(folder);
    wire = new Wire(site.secure.getLocalPort());
    site.securePort = wire.port();
    node = site.dtls("n1");
    assertEquals(ResponseCode.CONTENT, site.get(node, "/board/n1/first").getCode());
    site.endpoint.noteSessions();
    handshakes();
  }

  @AfterEach
  void close() {
    site.close();
    wire.close();
  }

  private int handshakesSeen;

  /** Flights of handshakes since the last time. */
  private int handshakes() {
    int before = handshakesSeen;
    handshakesSeen = (int) wire.sent().stream().filter(record -> record[0] == HANDSHAKE).count();
    return handshakesSeen - before;
  }

  private List<String> asked() {
    return site.board.asked.stream().map(ask -> String.join("/", ask.path())).toList();
  }

  private static Option echo(Response response) {
    assertEquals(ResponseCode.UNAUTHORIZED, response.getCode());
    Option echo = response.getOptions().getOtherOption(StandardOptionRegistry.ECHO);
    assertNotNull(echo);
    return echo;
  }

  private Response get(String path, Option echo) throws Exception {
    Request request = site.request(node, Code.GET, "/board/n1/" + path);
    request.getOptions().addOption(echo);
    return site.ask(node, request);
  }

  /** Numbers of protected records that the gateway has sent since the last time. */
  private List<Long> numbers() {
    return wire.datagramsToNode().stream()
        .map(record -> ByteBuffer.wrap(record).getLong(3))
        .filter(epochAndNumber -> epochAndNumber >>> 48 == 1)
        .sorted()
        .toList();
  }

  @Test
  void goesOnOnceItHasShownThatItIsFreshAndNoNumberComesAgain() throws Exception {
    List<Long> before = numbers();
    for (int cuts = 1; cuts < 4; cuts++) {
      site.powerCut(Disk.FILES);
      assertEquals(1, site.endpoint.sessions().get("restored"));
      Option echo = echo(site.get(node, "/board/n1/unproven"));
      assertEquals(1, site.endpoint.sessions().get("inDoubt"));
      assertEquals(ResponseCode.CONTENT, get("proven", echo).getCode());
      assertEquals(0, site.endpoint.sessions().get("inDoubt"));
      assertEquals(ResponseCode.CONTENT, site.get(node, "/board/n1/later").getCode());
      List<Long> now = numbers();
      assertTrue(now.get(0) > before.get(before.size() - 1), before + " " + now);
      before = now;
    }
    assertEquals(0, handshakes());
    assertEquals(
        List.of("first", "proven", "later", "proven", "later", "proven", "later"), asked());
  }

  @Test
  void takesNothingWhileInDoubtThatWasSentBefore() throws Exception {
    wire.hold(datagram -> true);
    node.sendRequest(site.request(node, Code.GET, "/board/n1/late"));
    Until.holds(() -> wire.heldBack() > 0);
    byte[] late = last();
    wire.hold(datagram -> false);
    site.powerCut(Disk.FILES);
    wire.again(late);
    Option echo = echo(site.get(node, "/board/n1/unproven"));
    assertEquals(ResponseCode.CONTENT, get("proven", echo).getCode());
    assertEquals(List.of("first", "proven"), asked());
  }

  /** The disk does not know of it, and that it was taken was forgotten. */
  @Test
  void takesNothingLaterThatWasTakenBefore() throws Exception {
    assertEquals(ResponseCode.CONTENT, site.get(node, "/board/n1/second").getCode());
    byte[] second = last();
    site.powerCut(Disk.FILES);
    Option echo = echo(site.get(node, "/board/n1/unproven"));
    assertEquals(ResponseCode.CONTENT, get("proven", echo).getCode());
    wire.again(second);
    assertEquals(ResponseCode.CONTENT, site.get(node, "/board/n1/later").getCode());
    assertEquals(List.of("first", "second", "proven", "later"), asked());
  }

  private byte[] last() {
    return wire.sent().get(wire.sent().size() - 1);
  }

  /** What the gateway says is fresh in any case, and so is a node's answer to it. */
  @Test
  void isToldOfChangesWhileInDoubt() throws Exception {
    LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
    node.addNotificationListener((request, notice) -> told.add(notice.getPayloadString()));
    Request observe = site.request(node, Code.GET, "/board/n1");
    observe.setObserve();
    site.ask(node, observe);
    told.clear();
    site.powerCut(Disk.FILES);
    for (String text : List.of("1", "2")) {
      site.board.say(text);
      site.endpoint.served().changed("board", "n1");
      assertEquals(text, told.poll(10, TimeUnit.SECONDS));
    }
    assertEquals(1, site.endpoint.sessions().get("inDoubt"));
  }

  @Test
  void staysInDoubtOverASwap() throws Exception {
    site.powerCut(Disk.FILES);
    Option echo = echo(site.get(node, "/board/n1/unproven"));
    site.swap();
    echo(site.get(node, "/board/n1/unproven"));
    assertEquals(ResponseCode.CONTENT, get("proven", echo).getCode());
  }

  @Test
  void isTakenAsItIsAfterASwap() throws Exception {
    site.swap();
    site.endpoint.noteSessions();
    assertEquals(ResponseCode.CONTENT, site.get(node, "/board/n1/later").getCode());
    site.powerCut(Disk.FILES);
    assertEquals(1, site.endpoint.sessions().get("restored"));
  }

  @Test
  void isToldToShakeHandsIfItDoesNotShowThatItIsFresh() throws Exception {
    site.powerCut(Disk.FILES);
    int before = wire.sent().size();
    for (int i = 0; i < 4; i++) {
      echo(site.get(node, "/board/n1/unproven"));
      site.laterSeconds.addAndGet(30);
    }
    assertEquals(0, handshakes());
    Until.holds(() -> wire.sent().size() > before + 4); // an alert: it closes, too
    assertEquals(ResponseCode.CONTENT, site.get(node, "/board/n1/later").getCode());
    assertTrue(handshakes() > 0);
    assertEquals(List.of("first", "later"), asked());
    site.endpoint.noteSessions();
    assertEquals(0, site.endpoint.sessions().get("inDoubt"));
  }

  @Test
  void endsWithItsKey() throws Exception {
    site.keys.change(
        all -> {
          all.put("n1#1", new NodeKey("n1", "n1#1", Secret.copyOf(new byte[32])));
          return true;
        });
    site.powerCut(Disk.FILES);
    assertEquals(0, site.endpoint.sessions().get("restored"));
  }

  @Test
  void isNotGoneOnWithIfTheDiskTakesNoBlock() throws Exception {
    site.powerCut(new FullDisk(0));
    assertEquals(0, site.endpoint.sessions().get("restored"));
  }

  @Test
  void isSentNothingInABlockThatIsNotOnTheDisk() throws Exception {
    goOnAfterAPowerCut();
    site.stop();
    Files.delete(folder.resolve("coap-sealed"));
    site.reopen(new FullDisk(0));
    wire.datagramsToNode();
    Request request = site.request(node, Code.GET, "/board/n1/unproven");
    node.sendRequest(request);
    assertNull(request.waitForResponse(1_000));
    assertEquals(List.of(), wire.datagramsToNode());
    assertEquals(0, site.endpoint.survivors(new byte[0]).connections(), "it has ended");
  }

  private void goOnAfterAPowerCut() throws Exception {
    site.powerCut(Disk.FILES);
    Option echo = echo(site.get(node, "/board/n1/unproven"));
    assertEquals(ResponseCode.CONTENT, get("proven", echo).getCode());
  }

  @Test
  void isSentNoNumberTwiceThoughTheFileWasLost() throws Exception {
    goOnAfterAPowerCut();
    site.stop();
    Files.delete(folder.resolve("coap-sealed"));
    site.reopen(Disk.FILES);
    assertEquals(ResponseCode.CONTENT, site.get(node, "/board/n1/later").getCode());
    site.endpoint.noteSessions();
    List<Long> before = numbers();
    goOnAfterAPowerCut();
    List<Long> after = numbers();
    assertTrue(after.get(0) > before.get(before.size() - 1), before + " " + after);
  }

  /**
   * Whoever repeats a record from elsewhere moves the connection there, and may then have another
   * connection take that address from it: it is spoken to by its ID still.
   */
  @Test
  void staysInDoubtWhenAnotherConnectionHasItsAddress() throws Exception {
    assertEquals(ResponseCode.CONTENT, site.get(node, "/board/n1/second").getCode());
    byte[] second = last();
    assertEquals(ResponseCode.CONTENT, site.get(node, "/board/n1/third").getCode());
    byte[] third = last();
    site.powerCut(Disk.FILES);
    try (Wire elsewhere = new Wire(site.secure.getLocalPort());
        DatagramSocket somebody = new DatagramSocket()) {
      InetAddress here = InetAddress.getLoopbackAddress();
      somebody.send(new DatagramPacket(new byte[] {0}, 1, here, elsewhere.port()));
      elsewhere.again(third);
      Until.holds(() -> !elsewhere.datagramsToNode().isEmpty()); // the connection is there
      site.securePort = elsewhere.port();
      CoapEndpoint other = site.dtls("n2");
      assertEquals(ResponseCode.CONTENT, site.get(other, "/board/n2/own").getCode());
      elsewhere.again(second);
      assertEquals(ResponseCode.CONTENT, site.get(other, "/board/n2/last").getCode());
      assertEquals(List.of("first", "second", "third", "own", "last"), asked());
    }
  }

  @Test
  void mayRepeatWhatItSaysWhileItIsInDoubt() throws Exception {
    site.powerCut(Disk.FILES);
    for (int i = 0; i < 6; i++) {
      echo(site.get(node, "/board/n1/unproven")); // at once
    }
    Option echo = echo(site.get(node, "/board/n1/unproven"));
    assertEquals(ResponseCode.CONTENT, get("proven", echo).getCode());
    assertEquals(0, handshakes());
  }
}
