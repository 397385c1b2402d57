package io.bellgate.coap.node;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.message.Intake;
import io.bellgate.api.ops.CannotPark;
import io.bellgate.api.ops.Depot;
import io.bellgate.api.ops.Handover;
import io.bellgate.api.ops.Parked;
import io.bellgate.api.ops.StatusSource;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodesCommand;
import java.net.DatagramSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.osgi.annotation.bundle.Requirement;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * The southbound CoAP endpoint, on a lent UDP socket.
 *
 * <p>Stateful: it hands the table of nodes to its successor. In the gap of a swap datagrams wait in
 * the kernel; a node sees a late answer, at worst it retransmits, and deduplication by message
 * identity makes that harmless. One lock, on this object, for the life of the endpoint.
 */
@Component(
    configurationPid = "io.bellgate.coap.node",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    immediate = true,
    service = {StatusSource.class, Handover.class},
    property = {
      StatusSource.SECTION + "=coap",
      Handover.WRITES + ":Integer=" + Edition.BEST_FORMAT,
      Handover.WRITES + ":Integer=1",
      Handover.READS + ":Integer=" + Edition.BEST_FORMAT,
      Handover.READS + ":Integer=1"
    })
@Designate(ocd = CoapNode.Settings.class)
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.message.Intake)",
    effective = "active")
public final class CoapNode implements StatusSource, Handover {
  private static final String SELF = "io.bellgate.coap.node";

  /** The configuration. */
  @ObjectClassDefinition(name = "CoAP endpoint", description = "Where nodes post readings")
  public @interface Settings {
    /**
     * The socket to borrow.
     *
     * @return its name in the site's sockets
     */
    @AttributeDefinition(description = "Name of the UDP socket in site.json")
    String socket() default "coap";

    /**
     * The socket to borrow for DTLS.
     *
     * @return its name in the site's sockets; empty for none
     */
    @AttributeDefinition(
        name = "secure.socket",
        description = "Name of the UDP socket in site.json where nodes speak DTLS; empty for none")
    String secure_socket() default "";

    /**
     * How much each resource matters.
     *
     * @return {@code RESOURCE=CLASS} each
     */
    @AttributeDefinition(
        name = "data.classes",
        description = "RESOURCE=CLASS each; others are `unclassified`")
    String[] data_classes() default {};

    /**
     * How long a key is accepted after the next one of its node was first used.
     *
     * @return seconds, 1 to 86,400
     */
    @AttributeDefinition(
        name = "overlap.seconds",
        description = "A node's key is accepted so long after its next one was first used",
        min = "1",
        max = "86400")
    int overlap_seconds() default 60;
  }

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile Intake intake;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile RandomBits random;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile Depot depot;

  @Reference(target = "(bellgate.sockets=true)")
  private Function<String, Object> sockets;

  private volatile Settings settings;
  private volatile NodeKeys keys;
  private volatile Nodes nodes;
  private volatile Endpoint endpoint;

  /** Starts with what the component runtime binds. */
  public CoapNode() {}

  /**
   * Takes the state a predecessor left, then opens the endpoint; fails if either cannot be done.
   */
  @Activate
  synchronized void activate(BundleContext context, Settings configured) {
    settings = configured;
    keys = new NodeKeys(NodesCommand.file(context));
    Depot bound = depot;
    nodes =
        bound == null ? new Nodes() : bound.claim(SELF).map(CoapNode::read).orElseGet(Nodes::new);
    endpoint = open();
  }

  private static Nodes read(Parked parked) {
    try (Secret state = parked.state()) {
      return state.lend(octets -> Edition.read(parked.format(), octets));
    }
  }

  private Endpoint open() {
    Optional<Endpoint.Secure> secure =
        settings.secure_socket().isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Endpoint.Secure(borrow(settings.secure_socket()), nodes.connections()));
    Endpoint opened =
        new Endpoint(
            borrow(settings.socket()),
            secure,
            keys,
            () -> intake,
            () -> random,
            settings.overlap_seconds(),
            classes(settings.data_classes()),
            nodes,
            InstantSource.system());
    nodes.connections(new byte[0]);
    return opened;
  }

  private DatagramSocket borrow(String name) {
    if (!(sockets.apply(name) instanceof DatagramSocket socket)) {
      throw new IllegalArgumentException("the CoAP endpoint needs a udp socket: socket=" + name);
    }
    return socket;
  }

  /** Closes, and keeps the connections for whoever opens next. */
  private boolean close(Endpoint open, Duration bound) {
    boolean answered = open.close(bound);
    nodes.connections(open.connections());
    return answered;
  }

  private static Map<String, String> classes(String[] lines) {
    Map<String, String> classes = new TreeMap<>();
    for (String line : lines) {
      String[] parts = line.split("=", -1);
      if (parts.length != 2
          || !parts[0].matches("[A-Za-z0-9._-]{1,64}")
          || !parts[1].matches("[a-z0-9-]{1,40}")) {
        throw new IllegalArgumentException(
            "BG-COAP-005 data.classes holds RESOURCE=CLASS: value=" + line);
      }
      classes.put(parts[0], parts[1]);
    }
    return classes;
  }

  @Modified
  synchronized void modified(Settings changed) {
    classes(changed.data_classes());
    settings = changed;
    if (endpoint != null) {
      close(endpoint, Duration.ofSeconds(2));
      endpoint = open();
    }
  }

  @Deactivate
  synchronized void deactivate() {
    Endpoint open = endpoint;
    endpoint = null;
    if (open != null) {
      open.close(Duration.ofSeconds(2));
    }
  }

  @Override
  public synchronized Parked park(int format, Duration bound) throws CannotPark {
    Endpoint open = endpoint;
    if (open != null && !close(open, bound)) {
      endpoint = open();
      throw new CannotPark(
          "readings were not answered within the bound: bound="
              + bound
              + ": is the router serving?");
    }
    endpoint = null;
    return new Parked(SELF, format, Secret.copyOf(Edition.write(format, nodes)));
  }

  @Override
  public synchronized void resume() {
    if (endpoint == null) {
      endpoint = open();
    }
  }

  @Override
  public Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    Endpoint open = endpoint;
    status.put("edition", Edition.NAME);
    status.put("stateFormat", Edition.BEST_FORMAT);
    status.put("address", open == null ? "parked" : open.address());
    status.put("secureAddress", open == null ? "parked" : open.secureAddress());
    status.put("nodesWithKeys", keys.nodes());
    status.put("keysRotated", open == null ? 0 : open.rotations());
    if (!keys.problem().isEmpty()) {
      status.put("problems", List.of(keys.problem()));
    }
    status.put("registrations", nodes.registrations().count());
    status.put("pending", open == null ? 0 : open.pending());
    Map<String, Object> known = new TreeMap<>();
    nodes.all().forEach((name, node) -> known.put(name, Edition.describe(node)));
    status.put("nodes", known);
    return status;
  }
}
