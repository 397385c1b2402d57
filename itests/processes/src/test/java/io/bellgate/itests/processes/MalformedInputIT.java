package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.itests.traffic.CoapNode;
import io.bellgate.itests.traffic.Delivered;
import io.bellgate.itests.traffic.Load;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever comes in, the process stays up, loses nothing and says what is wrong. */
class MalformedInputIT {
  private final long seed = Long.getLong("bellgate.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private TwoSites sites;

  @BeforeEach
  void start() throws Exception {
    System.out.println("MalformedInputIT -Dbellgate.seed=" + seed);
    sites = TwoSites.start();
  }

  @AfterEach
  void end() {
    sites.close();
  }

  private byte[] octets(int most) {
    byte[] octets = new byte[random.nextInt(most + 1)];
    random.nextBytes(octets);
    return octets;
  }

  /** What was there before goes on, in the same process. */
  private void stillServes(Load load) throws Exception {
    load.awaitAnother(20);
    new Delivered(sites.bob().north()).awaitExactlyOnce(load.finish(), Gateway.HANG);
    assertTrue(sites.alice().isAlive());
    assertEquals(sites.alice().pid(), sites.alice().ready().getJsonNumber("pid").longValue());
    sites.alice().command("status", "--json").expect(0);
  }

  @Test
  void datagramsAtTheCoapPort() throws Exception {
    try (Load load = Load.endless("coap", 2, sites::coap);
        DatagramSocket socket = new DatagramSocket()) {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      for (int i = 0; i < 3_000; i++) {
        byte[] octets = i % 2 == 0 ? octets(300) : spoilt();
        socket.send(new DatagramPacket(octets, octets.length, loopback, sites.coap()));
      }
      stillServes(load);
    }
  }

  /** A post of a reading with a few octets changed. */
  private byte[] spoilt() {
    byte[] head = {0x40, 0x02, (byte) random.nextInt(256), (byte) random.nextInt(256), (byte) 0xb9};
    byte[] rest =
        "telemetry\u0004fuzz\bpressure\u00ff{\"seq\":1}".getBytes(StandardCharsets.ISO_8859_1);
    byte[] octets = ByteBuffer.allocate(head.length + rest.length).put(head).put(rest).array();
    for (int i = random.nextInt(5); i >= 0; i--) {
      octets[random.nextInt(octets.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return octets;
  }

  @Test
  void payloadsGetAStableCode() throws Exception {
    try (CoapNode node = new CoapNode("fuzz", sites::coap)) {
      for (String payload :
          List.of(
              "", "{", "[]", "{}", "{\"seq\":-1}", "{\"seq\":1.5}", "{\"seq\":\"1\"}", "null")) {
        String answer = node.post("pressure", payload.getBytes(StandardCharsets.UTF_8));
        assertTrue(
            answer.startsWith("4.00") && answer.contains("BG-COAP-003"), payload + " " + answer);
      }
      String deep = "[".repeat(5_000);
      String answer = node.post("pressure", deep.getBytes(StandardCharsets.UTF_8));
      assertTrue(answer.startsWith("4.00") || answer.startsWith("4.13"), answer);
      for (int i = 0; i < 100; i++) {
        byte[] payload = octets(60);
        String said = node.post("pressure", payload);
        assertTrue(said.startsWith("4.00") && said.contains("BG-COAP-"), said);
      }
    }
    assertTrue(sites.alice().isAlive());
  }

  @Test
  void garbageAtThePeerPort() throws Exception {
    try (Load load = Load.endless("peer", 2, sites::coap)) {
      for (int i = 0; i < 200; i++) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), sites.peer())) {
          socket.getOutputStream().write(i % 3 == 0 ? hello() : octets(2_000));
        } catch (IOException e) {
          continue; // it may hang up in the middle
        }
      }
      stillServes(load);
    }
  }

  /** A TLS record that says it is a client hello, with garbage inside. */
  private byte[] hello() {
    byte[] body = octets(500);
    return ByteBuffer.allocate(5 + body.length)
        .put((byte) 0x16)
        .putShort((short) 0x0301)
        .putShort((short) body.length)
        .put(body)
        .array();
  }

  @Test
  void garbageAtTheControlSocket() throws Exception {
    Path run = sites.alice().data().resolve("run");
    Path pointer = run.resolve("control.path");
    Path socket =
        Files.exists(pointer)
            ? Path.of(Files.readString(pointer).strip())
            : run.resolve("control.sock");
    try (Load load = Load.endless("control", 2, sites::coap)) {
      for (int i = 0; i < 200; i++) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
          channel.connect(UnixDomainSocketAddress.of(socket));
          channel.write(ByteBuffer.wrap(i % 2 == 0 ? octets(600) : frame()));
        } catch (IOException e) {
          continue; // it may hang up in the middle
        }
      }
      stillServes(load);
    }
  }

  /** A frame whose length is honest, absurd or negative. */
  private byte[] frame() {
    byte[] body = octets(100);
    int length = List.of(body.length, Integer.MAX_VALUE, -1, 0).get(random.nextInt(4));
    return ByteBuffer.allocate(5 + body.length)
        .put((byte) random.nextInt(4))
        .putInt(length)
        .put(body)
        .array();
  }
}
