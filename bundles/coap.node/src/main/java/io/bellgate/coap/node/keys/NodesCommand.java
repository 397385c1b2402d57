package io.bellgate.coap.node.keys;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.ops.Command;
import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import io.bellgate.nodekeys.NodeContext;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Requirement;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The command {@code nodes}: which nodes have keys; gives, takes in bulk and retires them. */
@Component(property = Command.NAME + "=nodes")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=nodes",
      "summary=\"keys of constrained nodes: list, add, replace, import, remove\"",
      "feature=coap"
    })
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.entropy.RandomBits)",
    effective = "active")
public final class NodesCommand implements Command {
  private static final String HELP =
      """
      Usage: nodes [list] [--json]
             nodes add NODE [--oscore]
             nodes replace NODE [--oscore]
             nodes import FILE
             nodes remove NODE

      list     the nodes, where their keys come from, how old and how often used they are; never the
               keys
      add      draw a key of 256 bits for a node and print it once: bring it into the node yourself.
               A node that had one gets another, under another identity
               --oscore: also what it is under OSCORE (master secret, sender ID), for other stacks;
               their algorithm is that of the gateway, `oscore.aead`
      replace  the same for a new device in place of an old one: what the old one has ends at once
      import   take lines NODE,IDENTITY,KEY (hexadecimal digits) in place of those of the same nodes;
               or columns that the first line names: node, identity, key, generation, class (0, 1, 2),
               level (none, dtls, oscore, any-protected), resources and tags (separated by spaces)
      remove   a node's key is not accepted any more, nor what comes in its name without protection;
               a connection that it has ends with its next reading

      A node that has a key speaks DTLS or OSCORE under it; without protection it is refused.

      Examples:
        bellgate nodes add pump-17 --site alice
        bellgate nodes import factory.csv --site alice && shred -u factory.csv
      """;

  private static final int KEY_OCTETS = 32;

  private final NodeKeys keys;
  private final NodeProfiles profiles;
  private final InstantSource clock;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile RandomBits random;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile Activity activity;

  /**
   * Finds the files.
   *
   * @param context tells where data are
   */
  @Activate
  public NodesCommand(BundleContext context) {
    this(
        new NodeKeys(file(context)),
        new NodeProfiles(profiles(context)),
        null,
        null,
        InstantSource.system());
  }

  NodesCommand(
      NodeKeys keys,
      NodeProfiles profiles,
      RandomBits random,
      Activity activity,
      InstantSource clock) {
    this.keys = keys;
    this.profiles = profiles;
    this.random = random;
    this.activity = activity;
    this.clock = clock;
  }

  /** Where keys of nodes are. */
  public static Path file(BundleContext context) {
    return Path.of(context.getProperty("bellgate.data"), "secrets", "nodes.csv");
  }

  /** Where is what was said of nodes. */
  public static Path profiles(BundleContext context) {
    return Path.of(context.getProperty("bellgate.data"), "nodes", "profiles.csv");
  }

  @Override
  public synchronized int run(Call call) throws IOException {
    List<String> words = new ArrayList<>(call.arguments());
    if (words.remove("--help") || words.remove("-h")) {
      call.out().print(HELP);
      return OK;
    }
    boolean json = words.remove("--json");
    boolean oscore = words.remove("--oscore");
    String verb = words.isEmpty() ? "list" : words.remove(0);
    if (verb.equals("list") && words.isEmpty()) {
      return list(call.out(), json);
    }
    if (!problem().isEmpty()) {
      call.err().println(problem());
      return FAILED;
    }
    if (verb.equals("replace") && words.size() == 1) {
      return replace(words.get(0), oscore, call);
    }
    if (verb.equals("add") && words.size() == 1 && words.get(0).matches("[A-Za-z0-9._-]{1,48}")) {
      return add(words.get(0), oscore, call);
    }
    if (verb.equals("import") && words.size() == 1) {
      return take(Path.of(words.get(0)), call);
    }
    if (verb.equals("remove") && words.size() == 1) {
      return remove(words.get(0), call);
    }
    call.err().print(HELP);
    return USAGE;
  }

  private String problem() {
    return keys.problem().isEmpty() ? profiles.problem() : keys.problem();
  }

  private int list(PrintStream out, boolean json) {
    Activity known = activity == null ? Activity.NONE : activity;
    NodeList list = new NodeList(keys.all(), profiles, known, clock.instant());
    if (json) {
      out.println(list.json());
    } else {
      list.lines().forEach(out::println);
    }
    if (!problem().isEmpty()) {
      out.println("problem: " + problem());
    }
    return OK;
  }

  /** A new device under the ID of an old one, whose count does not begin anew. */
  private int replace(String node, boolean oscore, Call call) throws IOException {
    if (!keys.knows(node)) {
      return nobody(node, call);
    }
    int code = add(node, oscore, call);
    long sequence = activity == null ? -1 : activity.contact(node).lastSequence();
    if (code == OK) {
      call.out()
          .println(
              "its count `seq` goes on above that of the device before"
                  + (sequence < 0 ? "" : ": " + sequence)
                  + "; what has been accepted under a count is not accepted again");
    }
    return code;
  }

  private int add(String node, boolean oscore, Call call) throws IOException {
    RandomBits bits = random;
    if (bits == null) {
      call.err().println("there are no random bits now: try again");
      return FAILED;
    }
    byte[] name = new byte[6];
    bits.fill(name);
    String identity = node + "#" + HexFormat.of().formatHex(name);
    try (Secret key = bits.draw(KEY_OCTETS)) {
      keys.change(
          all -> {
            all.values().removeIf(k -> k.node().equals(node));
            NodeKey fresh = new NodeKey(node, identity, key.part(0, key.length()));
            all.put(identity, fresh.made(NodeKey.OPERATOR, seconds()));
            return true;
          });
      call.out().println("identity " + identity);
      call.out().println("key " + key.lend(HexFormat.of()::formatHex));
      if (oscore) {
        context(key, identity, call.out());
      }
    }
    return OK;
  }

  /** What the key is under OSCORE, as RFC 8613 names it. */
  private static void context(Secret key, String identity, PrintStream out) {
    try (Secret secret = NodeContext.masterSecret(key, identity)) {
      out.println("oscore master secret " + secret.lend(HexFormat.of()::formatHex));
      out.println("oscore sender id " + HexFormat.of().formatHex(NodeContext.kid(identity)));
      out.println("oscore recipient id (empty), master salt (none), hkdf SHA-256");
    }
  }

  private int take(Path file, Call call) throws IOException {
    byte[] content = Files.readAllBytes(file);
    try {
      ImportFile fresh = ImportFile.read(content);
      checkIdentities(fresh.keys());
      if (!fresh.profiles().isEmpty()) {
        profiles.change(
            all ->
                fresh
                    .profiles()
                    .keySet()
                    .forEach(
                        node ->
                            all.compute(
                                node,
                                (n, now) ->
                                    fresh.over(now == null ? NodeProfile.DEFAULT : now, n))));
      }
      Set<String> named = new HashSet<>(fresh.profiles().keySet());
      fresh.keys().values().forEach(k -> named.add(k.node()));
      if (!fresh.keys().isEmpty()) {
        take(fresh.keys());
      }
      call.out().println(named.size() + " nodes imported, " + keys.nodes() + " have keys");
      return OK;
    } catch (IllegalArgumentException e) {
      call.err().println(e.getMessage() + "; nothing was changed: file=" + file);
      return FAILED;
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  /** An identity names one key: it is not taken from another node. */
  private void checkIdentities(Map<String, NodeKey> fresh) {
    for (NodeKey key : fresh.values()) {
      if (keys.node(key.identity()).filter(n -> !n.equals(key.node())).isPresent()) {
        fresh.values().forEach(k -> k.key().destroy());
        throw new IllegalArgumentException(
            "BG-NODE-004 an identity belongs to one node: identity=" + key.identity());
      }
    }
  }

  private void take(Map<String, NodeKey> fresh) throws IOException {
    Set<String> nodes = fresh.values().stream().map(NodeKey::node).collect(Collectors.toSet());
    keys.change(
        all -> {
          all.values().removeIf(k -> nodes.contains(k.node()));
          fresh.forEach((identity, k) -> all.put(identity, k.made(NodeKey.FACTORY, seconds())));
          return true;
        });
  }

  private long seconds() {
    return clock.instant().getEpochSecond();
  }

  private int remove(String node, Call call) throws IOException {
    if (!keys.knows(node)) {
      return nobody(node, call);
    }
    profiles.change(all -> all.compute(node, (n, now) -> retired(now)));
    keys.change(all -> all.values().removeIf(k -> k.node().equals(node)));
    call.out().println(node + " has no key any more");
    return OK;
  }

  /** Who has no key could speak without protection: not in the name of a node that was retired. */
  private static NodeProfile retired(NodeProfile now) {
    NodeProfile before = now == null ? NodeProfile.DEFAULT : now;
    return before.level() == NodeProfile.Level.NONE
        ? before.at(NodeProfile.Level.ANY_PROTECTED)
        : before;
  }

  private static int nobody(String node, Call call) {
    call.err().println("BG-NODE-003 no such node has a key: node=" + node);
    return FAILED;
  }
}
