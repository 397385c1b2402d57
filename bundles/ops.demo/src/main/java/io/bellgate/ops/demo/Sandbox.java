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
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Two gateways on loopback, the simulated fibre between them as a third process, and their folders:
 * configuration copied from the program, ports that are free, data. Whatever it starts it ends.
 */
public final class Sandbox {
  private static final int COAP_PORT = 5683;
  private static final int PEER_PORT = 7401;
  private static final int OPTICS_PORT = 7410;
  private static final long ENDLESS_OCTETS = 1L << 40;
  private static final Duration STOP_BOUND = Duration.ofSeconds(15);

  private final Path folder;
  private final Site alice;
  private final Site bob;
  private final Site optics;
  private final int coapPort;
  private final int peerPort;
  private final boolean light;

  private Sandbox(Path folder, Site[] sites, int coapPort, int peerPort, boolean light) {
    this.folder = folder;
    this.alice = sites[0];
    this.bob = sites[1];
    this.optics = sites[2];
    this.coapPort = coapPort;
    this.peerPort = peerPort;
    this.light = light;
  }

  /**
   * What differs from the shipped sites.
   *
   * @param classes resource to data class
   * @param rules rules of alice; empty for the shipped ones
   * @param classical whether keys from X25519 alone are made, too
   * @param light whether the quantum link makes keys: the optics run
   * @param busy whether it makes them without end, so that its cost can be measured
   */
  public record Plan(
      Map<String, String> classes,
      List<String> rules,
      boolean classical,
      boolean light,
      boolean busy) {}

  /** The folder above configuration and data; gone after {@link #end}. */
  public Path folder() {
    return folder;
  }

  /** The gateway that nodes speak to. */
  public Site alice() {
    return alice;
  }

  /** Her peer. */
  public Site bob() {
    return bob;
  }

  /** The fibre between them, simulated, and who listens on it. */
  public Site optics() {
    return optics;
  }

  /** Where alice listens for nodes, UDP. */
  public int coapPort() {
    return coapPort;
  }

  int peerPort() {
    return peerPort;
  }

  /** Makes the folders, starts nothing; ports in use are replaced by free ones. */
  public static Sandbox make(Path program, Plan plan) throws IOException {
    Path folder = Files.createTempDirectory("bellgate-sandbox-");
    Path config = folder.resolve("config");
    int coap = udp(COAP_PORT);
    int[] peer = {tcp(PEER_PORT), 0};
    peer[1] = tcp(peer[0] + 1);
    int light = tcp(OPTICS_PORT);
    for (String site : new String[] {"alice", "bob", "optics"}) {
      Files.createDirectories(config.resolve(site));
      Files.copy(
          program.resolve("config").resolve(site).resolve("site.json"),
          config.resolve(site).resolve("site.json"),
          StandardCopyOption.REPLACE_EXISTING);
    }
    Files.writeString(
        config.resolve("alice/overlay.json"),
        overlay("alice", coap, peer[0], light, "bob=127.0.0.1:" + peer[1], plan).toString());
    Files.writeString(
        config.resolve("bob/overlay.json"),
        overlay("bob", udp(0), peer[1], light, "alice=127.0.0.1:" + peer[0], plan).toString());
    Files.writeString(
        config.resolve("optics/overlay.json"),
        Json.createObjectBuilder()
            .add("sockets", Json.createObjectBuilder().add("optics", socket("tcp", light)))
            .build()
            .toString());
    return new Sandbox(
        folder,
        new Site[] {
          new Site("alice", program, config, folder.resolve("data/alice")),
          new Site("bob", program, config, folder.resolve("data/bob")),
          new Site("optics", program, config, folder.resolve("data/optics"))
        },
        coap,
        peer[0],
        plan.light());
  }

  /**
   * Starts all, has the gateways exchange their identity files as two operators would, and waits
   * for the gateways.
   *
   * @return false if they were not ready within the bound, or one ended
   */
  public boolean start(Duration bound) throws IOException, InterruptedException {
    alice.start();
    bob.start();
    if (light) {
      optics.start();
    }
    boolean exchanged = false;
    long until = System.nanoTime() + bound.toNanos();
    while (System.nanoTime() < until && alice.alive() && bob.alive()) {
      exchanged = exchanged || exchange(alice, bob) & exchange(bob, alice);
      if (exchanged && alice.ready().isPresent() && bob.ready().isPresent()) {
        return true;
      }
      Thread.sleep(20);
    }
    return false;
  }

  /**
   * Has an operator carry the bootstrap secret of the quantum link from alice to bob.
   *
   * @return false if either did not take it
   */
  public boolean pair() throws IOException {
    Path file = folder.resolve("alice-bob.pairing");
    return alice.control().run("link", "pair", "create", file.toString()).code() == 0
        && bob.control().run("link", "pair", "accept", file.toString()).code() == 0;
  }

  private static boolean exchange(Site from, Site to) throws IOException {
    Path identity = from.data().resolve("identity").resolve(from.name() + ".identity");
    if (!Files.exists(identity)) {
      return false;
    }
    Path trust = Files.createDirectories(to.data().resolve("trust"));
    Path partial = trust.resolve(from.name() + ".partial");
    Files.copy(identity, partial, StandardCopyOption.REPLACE_EXISTING);
    Files.move(partial, trust.resolve(from.name() + ".identity"), StandardCopyOption.ATOMIC_MOVE);
    return true;
  }

  /** Ends all processes and removes the folders. */
  public void end() throws IOException {
    alice.stop(STOP_BOUND);
    bob.stop(STOP_BOUND);
    optics.stop(STOP_BOUND);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static JsonObject overlay(
      String site, int coap, int peerPort, int light, String peer, Plan plan) {
    JsonArrayBuilder lines = Json.createArrayBuilder();
    plan.classes().forEach((resource, dataClass) -> lines.add(resource + "=" + dataClass));
    JsonObjectBuilder configuration =
        Json.createObjectBuilder()
            .add("io.bellgate.coap.node", Json.createObjectBuilder().add("data.classes", lines))
            .add(
                "io.bellgate.peer.link",
                Json.createObjectBuilder().add("peers", Json.createArrayBuilder().add(peer)))
            .add("io.bellgate.qkd.optics.bench", Json.createObjectBuilder().add("port", light));
    if (plan.busy()) {
      configuration.add(
          "io.bellgate.qkd.link", Json.createObjectBuilder().add("target.octets", ENDLESS_OCTETS));
    }
    if (plan.classical()) {
      configuration.add("io.bellgate.keys.pqc", Json.createObjectBuilder().add("classical", true));
    }
    if (site.equals("alice") && !plan.rules().isEmpty()) {
      configuration.add(
          "io.bellgate.policy.rules",
          Json.createObjectBuilder().add("rules", Json.createArrayBuilder(plan.rules())));
    }
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
