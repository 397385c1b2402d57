package io.bellgate.coap.node;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.message.Intake;
import io.bellgate.api.node.NodeResource;
import io.bellgate.api.node.Observations;
import io.bellgate.api.ops.CannotPark;
import io.bellgate.api.ops.Depot;
import io.bellgate.api.ops.Handover;
import io.bellgate.api.ops.Parked;
import io.bellgate.api.ops.StatusSource;
import io.bellgate.coap.node.contexts.NodeContexts;
import io.bellgate.coap.node.directory.Registrations;
import io.bellgate.coap.node.keys.Activity;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeProfiles;
import io.bellgate.coap.node.keys.NodesCommand;
import io.bellgate.coap.node.renewal.Intervals;
import io.bellgate.coap.node.renewal.Renewal;
import io.bellgate.coap.node.renewal.Rules;
import io.bellgate.coap.node.served.NodeResources;
import io.bellgate.coap.node.sessions.SealedSessions;
import io.bellgate.journal.Disk;
import io.bellgate.oscore.Aead;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
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
 * <p>Stateful: it hands the table of nodes and the list of observers to its successor, and to the
 * next start if it is stopped in order. In the gap of a swap datagrams wait in the kernel; a node
 * sees a late answer, at worst it retransmits, and deduplication by message identity makes that
 * harmless. One lock, on this object, for the life of the endpoint.
 */
@Component(
    configurationPid = "io.bellgate.coap.node",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    immediate = true,
    service = {StatusSource.class, Handover.class, Activity.class, Observations.class},
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
public final class CoapNode implements StatusSource, Handover, Activity, Observations {
  private static final String SELF = "io.bellgate.coap.node";
  private static final System.Logger LOG = System.getLogger(CoapNode.class.getName());
  private static final int NOTE_SECONDS = 10;

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
     * Whether nodes may speak DTLS with AES-128.
     *
     * @return false: with AES-256 alone
     */
    @AttributeDefinition(
        name = "secure.aes128",
        description = "Nodes that have no AES-256 may speak DTLS with AES-128")
    boolean secure_aes128() default false;

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

    /**
     * The algorithm of OSCORE.
     *
     * @return AES-CCM-16-64-256, AES-CCM-16-64-128, AES-CCM-16-128-256 or AES-CCM-16-128-128;
     *     empty: no OSCORE
     */
    @AttributeDefinition(
        name = "oscore.aead",
        description =
            "AES-CCM-16-64-256, or -16-64-128, -16-128-256, -16-128-128 for nodes that have no"
                + " other; empty: no OSCORE")
    String oscore_aead() default "AES-CCM-16-64-256";

    /**
     * Whose stock nodes are given keys of.
     *
     * @return a site; empty for the fullest
     */
    @AttributeDefinition(
        name = "rotation.peer",
        description = "Site whose stock keys of the pool are taken from; empty for the fullest")
    String rotation_peer() default "";

    /**
     * Which keys of the pool will do for nodes.
     *
     * @return kinds, best first
     */
    @AttributeDefinition(
        name = "rotation.origins",
        description = "QKD, PQC or both, best first; simulated ones in lab mode only")
    String[] rotation_origins() default {"QKD", "PQC"};

    /**
     * What becomes of a node that asks for a key of the pool, if there is none.
     *
     * @return {@code wait} or {@code nonces}
     */
    @AttributeDefinition(
        name = "rotation.dry",
        description =
            "If a node asks for a key of the pool and there is none: `wait` (5.03), or `nonces`:"
                + " it is given a key without, and told so")
    String rotation_dry() default "wait";

    /**
     * When nodes are told to ask again.
     *
     * @return {@code CLASS=SECONDS} each
     */
    @AttributeDefinition(
        name = "rotation.seconds",
        description = "CLASS=SECONDS for the device classes 0, 1 and 2 (RFC 7228)")
    String[] rotation_seconds() default {"0=604800", "1=86400", "2=86400"};

    /**
     * What part of the key that comes into the pool is for nodes.
     *
     * @return percent
     */
    @AttributeDefinition(
        name = "rotation.share.percent",
        description = "Part of the key that comes into the pool which nodes are told to use",
        min = "1",
        max = "100")
    int rotation_share_percent() default 50;

    /**
     * How many enrolments wait for a node's word at a time.
     *
     * @return 1 to 10,000
     */
    @AttributeDefinition(
        name = "enrol.pending",
        description = "So many enrolments wait for their node's word at a time",
        min = "1",
        max = "10000")
    int enrol_pending() default 64;

    /**
     * How long an enrolment waits for its node's word.
     *
     * @return seconds
     */
    @AttributeDefinition(
        name = "enrol.seconds",
        description = "An enrolment waits so long for its node's word",
        min = "2",
        max = "3600")
    int enrol_seconds() default 60;
  }

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile Intake intake;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile RandomBits random;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile KeyPool pool;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile AlgorithmRegistry algorithms;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile Depot depot;

  @Reference(target = "(bellgate.sockets=true)")
  private Function<String, Object> sockets;

  private final NodeResources resources = new NodeResources();
  private volatile Settings settings;
  private volatile boolean lab;
  private volatile NodeKeys keys;
  private volatile NodeProfiles profiles;
  private volatile Nodes nodes;
  private volatile Endpoint endpoint;
  private boolean isParked;
  private Path run;
  private KeptState kept;
  private Survivors survivors;
  private TakenOnce taken;
  private Optional<SealedSessions> sealed = Optional.empty();
  private volatile Map<String, Object> dropped = Map.of();
  private ScheduledExecutorService timer;

  /** Starts with what the component runtime binds. */
  public CoapNode() {}

  @Reference(
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      unbind = "unserve")
  void serve(NodeResource resource, Map<String, Object> properties) {
    resources.add(resource, properties);
  }

  void unserve(NodeResource resource) {
    resources.remove(resource);
  }

  /**
   * Takes the state a predecessor left, then opens the endpoint; fails if either cannot be done.
   */
  @Activate
  synchronized void activate(BundleContext context, Settings configured) {
    settings = configured;
    lab = Boolean.parseBoolean(context.getProperty("bellgate.lab"));
    check(settings);
    keys = new NodeKeys(NodesCommand.file(context));
    profiles = new NodeProfiles(NodesCommand.profiles(context));
    run = Path.of(context.getProperty("bellgate.data"), "run");
    kept = new KeptState(run.resolve("coap-sessions"));
    survivors = new Survivors(run.resolve("coap-survivors"));
    taken = new TakenOnce(run.resolve("coap-taken"));
    Depot bound = depot;
    Optional<Nodes> parked = bound == null ? Optional.empty() : bound.claim(SELF).map(this::read);
    Optional<byte[]> left = kept.take();
    // nobody left anything: a first start, or the last one ended in a crash or a power cut
    Optional<Survivors.Left> lost =
        left.isPresent() || parked.isPresent() ? Optional.empty() : survivors.read();
    if (left.isPresent()) {
      // newer than what is parked: it is gone at every start. What is parked may have been used on
      nodes = read(left.get()).orElseGet(() -> withoutSessions(parked.orElseGet(Nodes::new)));
    } else {
      nodes = parked.orElseGet(() -> afterACrash(lost));
    }
    left.ifPresent(octets -> Arrays.fill(octets, (byte) 0));
    try {
      endpoint = open();
    } catch (RuntimeException | Error e) { // nothing of the state was used
      taken.giveBack();
      left.ifPresent(octets -> kept.keep(Edition.write(Edition.BEST_FORMAT, nodes)));
      throw e;
    }
    lost.ifPresent(this::count);
    timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "coap-survivors");
              thread.setDaemon(true);
              return thread;
            });
    timer.scheduleWithFixedDelay(this::note, 0, NOTE_SECONDS, TimeUnit.SECONDS);
    timer.scheduleWithFixedDelay(this::noteSessions, 1, 1, TimeUnit.SECONDS);
  }

  /** Notes what is to outlive a crash. */
  private void note() {
    try {
      Endpoint open = endpoint;
      if (open != null) {
        survivors.write(open.survivors(nodes.registrations().save()));
      }
    } catch (RuntimeException broken) {
      LOG.log(Level.WARNING, "what nodes registered is noted the next time", broken);
    }
  }

  /** Notes new sessions. */
  private void noteSessions() {
    try {
      Endpoint open = endpoint;
      if (open != null) {
        open.noteSessions();
      }
    } catch (RuntimeException broken) {
      LOG.log(Level.WARNING, "sessions of nodes are noted the next time", broken);
    }
  }

  /** With what outlives a crash. */
  private static Nodes afterACrash(Optional<Survivors.Left> left) {
    Nodes begun = new Nodes();
    if (left.isPresent()) {
      try {
        begun.registrations(Registrations.load(left.get().registrations()));
        begun.observations(left.get().observations());
      } catch (IllegalArgumentException e) {
        LOG.log(Level.WARNING, "what nodes registered is dropped: {0}", e.getMessage());
      }
    }
    return begun;
  }

  /** Says what the last run, which ended without order, has left, and what not. */
  private void count(Survivors.Left left) {
    int restored = endpoint.sessionsRestored();
    dropped =
        Map.of(
            "dtls", Math.max(0, left.connections() - restored), "oscoreWindows", left.contexts());
    LOG.log(
        Level.WARNING,
        "the last run ended without order: sessions restored: {0}; dropped: {1}",
        restored,
        dropped);
  }

  /** What a stop in order left: in this version's own format, or it is dropped. */
  private static Optional<Nodes> read(byte[] left) {
    try {
      return Optional.of(Edition.read(Edition.BEST_FORMAT, left));
    } catch (IllegalArgumentException other) {
      LOG.log(Level.WARNING, "sessions of nodes are dropped: {0}", other.getMessage());
      return Optional.empty();
    }
  }

  private static Nodes withoutSessions(Nodes nodes) {
    nodes.connections(new byte[0]);
    nodes.contexts(new byte[0]);
    nodes.exchanges(new byte[0], new byte[0]);
    nodes.observations(new byte[0]);
    return nodes;
  }

  private Nodes read(Parked parked) {
    try (Secret state = parked.state()) {
      return state.lend(
          octets -> {
            Nodes left = Edition.read(parked.format(), octets);
            return taken.take(octets) ? left : withoutSessions(left);
          });
    }
  }

  /** Opens an endpoint; if that fails, no socket stays on loan. */
  private Endpoint open() {
    List<DatagramSocket> borrowed = new ArrayList<>();
    try {
      DatagramSocket plain = borrow(settings.socket(), borrowed);
      Optional<Endpoint.Secure> secure = Optional.empty();
      if (!settings.secure_socket().isEmpty()) {
        sealed =
            Optional.of(
                new SealedSessions(
                    Disk.FILES, run.resolve("coap-sealed"), keys, InstantSource.system()));
        secure =
            Optional.of(
                new Endpoint.Secure(
                    borrow(settings.secure_socket(), borrowed),
                    settings.secure_aes128(),
                    nodes.connections(),
                    sealed));
      }
      Endpoint opened =
          new Endpoint(
              plain,
              secure,
              contexts(),
              keys,
              profiles,
              () -> intake,
              new Renewal(() -> random, () -> pool, () -> algorithms, rules(settings)),
              classes(settings.data_classes()),
              nodes,
              resources,
              InstantSource.system());
      withoutSessions(nodes);
      return opened;
    } catch (RuntimeException | Error failed) {
      borrowed.forEach(DatagramSocket::close);
      closeSealed();
      throw failed;
    }
  }

  private Optional<NodeContexts> contexts() {
    return aead(settings)
        .map(
            aead -> {
              try {
                return contexts(aead, nodes.contexts());
              } catch (IllegalArgumentException unreadable) {
                LOG.log(
                    Level.WARNING,
                    "replay windows of nodes are dropped: {0}",
                    unreadable.getMessage());
                return contexts(aead, new byte[0]);
              }
            });
  }

  private NodeContexts contexts(Aead aead, byte[] state) {
    return new NodeContexts(
        keys, aead, keys.file().resolveSibling("oscore-epoch"), InstantSource.system(), state);
  }

  /** Fails if an endpoint could not be opened with them, as far as they say so themselves. */
  private void check(Settings of) {
    classes(of.data_classes());
    aead(of);
    rules(of);
  }

  /** The algorithm of OSCORE; empty for no OSCORE. */
  private static Optional<Aead> aead(Settings settings) {
    if (settings.oscore_aead().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Aead.valueOf(settings.oscore_aead().replace('-', '_')));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "BG-COAP-012 oscore.aead is one of "
              + Arrays.toString(Aead.values()).replace('_', '-')
              + ": value="
              + settings.oscore_aead(),
          e);
    }
  }

  private DatagramSocket borrow(String name, List<DatagramSocket> borrowed) {
    if (!(sockets.apply(name) instanceof DatagramSocket socket)) {
      throw new IllegalArgumentException("the CoAP endpoint needs a udp socket: socket=" + name);
    }
    borrowed.add(socket);
    return socket;
  }

  /**
   * Closes, and keeps the connections for whoever opens next; it is not there, whatever happens.
   */
  private boolean close(Endpoint open, Duration bound) {
    endpoint = null;
    boolean answered = open.close(bound);
    closeSealed();
    nodes.connections(open.connections());
    nodes.contexts(open.contexts());
    nodes.exchanges(open.exchanges(), open.secureExchanges());
    nodes.observations(open.observations());
    return answered;
  }

  private void closeSealed() {
    try {
      if (sealed.isPresent()) {
        sealed.get().close();
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a file did not close: {0}", e.toString());
    }
    sealed = Optional.empty();
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

  private Rules rules(Settings of) {
    if (!List.of("wait", "nonces").contains(of.rotation_dry())) {
      throw new IllegalArgumentException(
          "BG-COAP-027 rotation.dry is wait or nonces: value=" + of.rotation_dry());
    }
    return new Rules(
        of.overlap_seconds(),
        of.rotation_peer(),
        Rules.kinds(of.rotation_origins()),
        lab,
        of.rotation_dry().equals("nonces"),
        new Intervals(List.of(of.rotation_seconds()), of.rotation_share_percent()),
        of.enrol_pending(),
        of.enrol_seconds());
  }

  @Modified
  synchronized void modified(Settings changed) {
    check(changed);
    settings = changed;
    if (!isParked) {
      if (endpoint != null) {
        close(endpoint, Duration.ofSeconds(2));
      }
      endpoint = open(); // also after a change that could not be: this one may
    }
  }

  @Deactivate
  synchronized void deactivate() {
    timer.shutdown();
    if (isParked) {
      return;
    }
    if (endpoint != null) {
      close(endpoint, Duration.ofSeconds(2));
    }
    kept.keep(Edition.write(Edition.BEST_FORMAT, nodes));
  }

  @Override
  public synchronized Parked park(int format, Duration bound) throws CannotPark {
    Endpoint open = endpoint;
    if (open != null && !close(open, bound)) {
      endpoint = open();
      throw new CannotPark(
          "requests were not answered within the bound: bound="
              + bound
              + ": is the router serving, and whoever serves nodes?");
    }
    isParked = true;
    return new Parked(SELF, format, Secret.copyOf(Edition.write(format, nodes)));
  }

  @Override
  public synchronized void resume() {
    isParked = false;
    if (endpoint == null) {
      nodes.contexts(new byte[0]); // a successor may have gone on: nodes show that they are fresh
      nodes.connections(new byte[0]);
      endpoint = open();
    }
  }

  @Override
  public void changed(String name, String node) {
    Endpoint open = endpoint;
    if (open != null) {
      open.served().changed(name, node);
    }
  }

  @Override
  public long uses(String identity) {
    return keys.uses(identity);
  }

  @Override
  public Activity.Contact contact(String node) {
    return nodes
        .of(node)
        .map(n -> new Activity.Contact(n.lastSeenMillis(), n.lastSequence()))
        .orElseGet(() -> Activity.NONE.contact(node));
  }

  @Override
  public Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    Endpoint open = endpoint;
    status.put("edition", Edition.NAME);
    status.put("stateFormat", Edition.BEST_FORMAT);
    status.put("address", open == null ? "parked" : open.address());
    status.put("secureAddress", open == null ? "parked" : open.secureAddress());
    status.put("oscoreContexts", open == null ? 0 : open.contextsKnown());
    status.put("nodesWithKeys", keys.nodes());
    status.put("keysRotated", open == null ? 0 : open.rotations());
    status.put("rotation", open == null ? Map.of() : open.renewals());
    status.put("enrolment", open == null ? Map.of() : open.enrolments());
    List<String> problems =
        Stream.of(keys.problem(), profiles.problem()).filter(p -> !p.isEmpty()).toList();
    if (!problems.isEmpty()) {
      status.put("problems", problems);
    }
    status.put("droppedAtStart", dropped);
    status.put("sessions", open == null ? Map.of() : open.sessions());
    status.put("transfersTakenOver", open == null ? 0 : open.transfersTakenOver());
    status.put("served", open == null ? Map.of() : open.served().status());
    status.put("registrations", nodes.registrations().count());
    status.put("pending", open == null ? 0 : open.pending());
    Map<String, Object> known = new TreeMap<>();
    nodes.all().forEach((name, node) -> known.put(name, Edition.describe(node)));
    status.put("nodes", known);
    return status;
  }
}
