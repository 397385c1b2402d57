package io.bellgate.ops.demo;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * The folders of one run of the demo: configuration copied from the program, ports that are free,
 * data.
 */
final class Sandbox {
  private static final int COAP_PORT = 5683;
  private static final int PEER_PORT = 7401;

  private final Path folder;
  private final Site alice;
  private final Site bob;
  private final int coapPort;
  private final int peerPort;

  private Sandbox(Path folder, Site alice, Site bob, int coapPort, int peerPort) {
    this.folder = folder;
    this.alice = alice;
    this.bob = bob;
    this.coapPort = coapPort;
    this.peerPort = peerPort;
  }

  Path folder() {
    return folder;
  }

  Site alice() {
    return alice;
  }

  Site bob() {
    return bob;
  }

  int coapPort() {
    return coapPort;
  }

  int peerPort() {
    return peerPort;
  }

  /** Makes the folders; ports in use are replaced by free ones. */
  static Sandbox make(Path program, Map<String, String> classes) throws IOException {
    Path folder = Files.createTempDirectory("bellgate-demo-");
    Path config = folder.resolve("config");
    int coap = udp(COAP_PORT);
    int[] peer = {tcp(PEER_PORT), 0};
    peer[1] = tcp(peer[0] + 1);
    for (String site : new String[] {"alice", "bob"}) {
      Files.createDirectories(config.resolve(site));
      Files.copy(
          program.resolve("config").resolve(site).resolve("site.json"),
          config.resolve(site).resolve("site.json"),
          StandardCopyOption.REPLACE_EXISTING);
    }
    Files.writeString(
        config.resolve("alice/overlay.json"),
        overlay("alice", coap, peer[0], "bob=127.0.0.1:" + peer[1], classes).toString());
    Files.writeString(
        config.resolve("bob/overlay.json"),
        overlay("bob", udp(0), peer[1], "alice=127.0.0.1:" + peer[0], classes).toString());
    return new Sandbox(
        folder,
        new Site("alice", program, config, folder.resolve("data/alice")),
        new Site("bob", program, config, folder.resolve("data/bob")),
        coap,
        peer[0]);
  }

  private static JsonObject overlay(
      String site, int coap, int peerPort, String peer, Map<String, String> classes) {
    JsonArrayBuilder lines = Json.createArrayBuilder();
    classes.forEach((resource, dataClass) -> lines.add(resource + "=" + dataClass));
    JsonObjectBuilder configuration =
        Json.createObjectBuilder()
            .add("io.bellgate.coap.node", Json.createObjectBuilder().add("data.classes", lines))
            .add(
                "io.bellgate.peer.link",
                Json.createObjectBuilder().add("peers", Json.createArrayBuilder().add(peer)));
    return Json.createObjectBuilder()
        .add(
            "sockets",
            Json.createObjectBuilder()
                .add("coap", socket("udp", coap))
                .add("peer", socket("tcp", peerPort)))
        .add("configuration", configuration)
        .build();
  }

  private static JsonObjectBuilder socket(String type, int port) {
    return Json.createObjectBuilder()
        .add("type", type)
        .add("address", "127.0.0.1")
        .add("port", port);
  }

  private static int udp(int wanted) throws IOException {
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      return wanted == 0 ? fail(e) : udp(0);
    }
  }

  private static int tcp(int wanted) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
      return socket.getLocalPort();
    } catch (IOException e) {
      return wanted == 0 ? fail(e) : tcp(0);
    }
  }

  private static int fail(IOException e) throws IOException {
    throw e;
  }
}
