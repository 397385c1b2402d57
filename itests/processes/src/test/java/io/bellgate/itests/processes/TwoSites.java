package io.bellgate.itests.processes;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The shipped sites alice and bob on free ports of the loopback address, in folders of one test.
 * Readings go from alice's nodes to bob's file. Their quantum link is dark unless a test lights it.
 */
final class TwoSites implements AutoCloseable {
  private final Path folder;
  private final int coap;
  private final int peer;
  private final Gateway alice;
  private final Gateway bob;
  private final Gateway optics;

  private TwoSites(Path folder, int[] ports) throws IOException {
    this.folder = folder;
    coap = ports[0];
    peer = ports[1];
    int bobsPeer = ports[3];
    site("alice", coap, peer, "bob=127.0.0.1:" + bobsPeer);
    site("bob", ports[2], bobsPeer, "alice=127.0.0.1:" + peer);
    alice = new Gateway("alice", config(), folder.resolve("data/alice"));
    bob = new Gateway("bob", config(), folder.resolve("data/bob"));
    optics = new Gateway("optics", config(), folder.resolve("data/optics"));
    optics(ports[5]);
  }

  private void optics(int port) throws IOException {
    Path target = Files.createDirectories(config().resolve("optics"));
    Files.copy(Gateway.PROGRAM.resolve("config/optics/site.json"), target.resolve("site.json"));
    Files.writeString(
        target.resolve("overlay.json"),
        Json.createObjectBuilder()
            .add("sockets", Json.createObjectBuilder().add("optics", socket("tcp", port)))
            .build()
            .toString());
    for (String site : List.of("alice", "bob")) {
      configure(site, "io.bellgate.qkd.optics.bench", "{\"port\":" + port + "}");
    }
  }

  /** Runs the simulated fibre, and carries the bootstrap secret from alice to bob. */
  void light() throws IOException, InterruptedException {
    optics.start().awaitReady();
    pair();
  }

  /** Carries a bootstrap secret from alice to bob; what the file said. */
  String pair() throws IOException {
    String file = folder.resolve("alice-bob.pairing").toString();
    alice.ask("link", "pair", "create", file).expect(0);
    String carried = Files.readString(Path.of(file));
    bob.ask("link", "pair", "accept", file).expect(0);
    return carried;
  }

  /** Has the link make keys without end: as shipped it rests when both ends have enough. */
  void insatiable() throws IOException {
    for (String site : List.of("alice", "bob")) {
      configure(site, "io.bellgate.qkd.link", "{\"target.octets\":100000000}");
    }
  }

  /** Makes the folders; nothing runs yet. */
  static TwoSites make() throws IOException {
    Path work = Path.of(System.getProperty("bellgate.work"));
    Files.createDirectories(work);
    return new TwoSites(Files.createTempDirectory(work, "sites-"), ports());
  }

  /** Makes the folders and runs both. */
  static TwoSites start() throws IOException, InterruptedException {
    TwoSites sites = make();
    try {
      sites.run();
      return sites;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      sites.close();
      throw e;
    }
  }

  /** Both run and trust each other. */
  void run() throws IOException, InterruptedException {
    alice.start();
    bob.start();
    alice.trust(bob);
    bob.trust(alice);
    alice.awaitReady();
    bob.awaitReady();
  }

  /** Held together until all are known, so that no two are the same. */
  private static int[] ports() throws IOException {
    List<AutoCloseable> held = new ArrayList<>();
    try {
      int[] ports = new int[6];
      InetAddress loopback = InetAddress.getLoopbackAddress();
      for (int i = 0; i < ports.length; i += 2) {
        DatagramSocket udp = new DatagramSocket(new InetSocketAddress(loopback, 0));
        held.add(udp);
        ports[i] = udp.getLocalPort();
        ServerSocket tcp = new ServerSocket(0, 1, loopback);
        held.add(tcp);
        ports[i + 1] = tcp.getLocalPort();
      }
      return ports;
    } finally {
      for (AutoCloseable socket : held) {
        closed(socket);
      }
    }
  }

  private static void closed(AutoCloseable socket) {
    if (socket instanceof DatagramSocket udp) {
      udp.close();
    } else if (socket instanceof ServerSocket tcp) {
      try {
        tcp.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private void site(String site, int coapPort, int peerPort, String other) throws IOException {
    Path target = Files.createDirectories(config().resolve(site));
    Files.copy(
        Gateway.PROGRAM.resolve("config").resolve(site).resolve("site.json"),
        target.resolve("site.json"));
    JsonArrayBuilder classes =
        Json.createArrayBuilder()
            .add("pressure=critical")
            .add("temperature=process")
            .add("humidity=ambient");
    Files.writeString(
        target.resolve("overlay.json"),
        Json.createObjectBuilder()
            .add(
                "sockets",
                Json.createObjectBuilder()
                    .add("coap", socket("udp", coapPort))
                    .add("peer", socket("tcp", peerPort)))
            .add(
                "configuration",
                Json.createObjectBuilder()
                    .add(
                        "io.bellgate.coap.node",
                        Json.createObjectBuilder().add("data.classes", classes))
                    .add(
                        "io.bellgate.peer.link",
                        Json.createObjectBuilder()
                            .add("peers", Json.createArrayBuilder().add(other))
                            .add("retry.most.milliseconds", 400)))
            .build()
            .toString());
  }

  private static JsonObjectBuilder socket(String type, int port) {
    return Json.createObjectBuilder()
        .add("type", type)
        .add("address", "127.0.0.1")
        .add("port", port);
  }

  /** Puts members at the beginning of a site's overlay. */
  void overlay(String site, String members) throws IOException {
    Path overlay = config().resolve(site).resolve("overlay.json");
    Files.writeString(overlay, "{" + members + Files.readString(overlay).substring(1));
  }

  /** Gives alice a socket where nodes speak DTLS, and says on which port. */
  int secure() throws IOException {
    int port;
    try (DatagramSocket free =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      port = free.getLocalPort();
    }
    Path overlay = config().resolve("alice").resolve("overlay.json");
    Files.writeString(
        overlay,
        Files.readString(overlay)
            .replace("\"sockets\":{", "\"sockets\":{\"coaps\":" + socket("udp", port).build() + ",")
            .replace("\"data.classes\"", "\"secure.socket\":\"coaps\",\"data.classes\""));
    return port;
  }

  /** How long a key of alice's nodes is accepted beside the next one. */
  void overlap(int seconds) throws IOException {
    Path overlay = config().resolve("alice").resolve("overlay.json");
    Files.writeString(
        overlay,
        Files.readString(overlay)
            .replace("\"data.classes\"", "\"overlap.seconds\":" + seconds + ",\"data.classes\""));
  }

  /** Replaces alice's rules. */
  void rules(String... rules) throws IOException {
    String list = Json.createArrayBuilder(List.of(rules)).build().toString();
    configure("alice", "io.bellgate.policy.rules", "{\"rules\":" + list + "}");
  }

  /** Sets properties of a component, before the site runs. */
  void configure(String site, String pid, String json) throws IOException {
    Path overlay = config().resolve(site).resolve("overlay.json");
    String begin = "\"configuration\":{";
    Files.writeString(
        overlay, Files.readString(overlay).replace(begin, begin + "\"" + pid + "\":" + json + ","));
  }

  Path config() {
    return folder.resolve("config");
  }

  Gateway alice() {
    return alice;
  }

  Gateway bob() {
    return bob;
  }

  /** The simulated fibre. */
  Gateway optics() {
    return optics;
  }

  /** Alice's CoAP port, the same after every start. */
  int coap() {
    return coap;
  }

  /** Alice's port for peers. */
  int peer() {
    return peer;
  }

  @Override
  public void close() {
    alice.close();
    bob.close();
    optics.close();
  }
}
