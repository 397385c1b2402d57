package io.bellgate.coap.node.keys;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.ops.Command;
import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
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
      "summary=\"keys of constrained nodes: list, add, import, remove\"",
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
             nodes add NODE
             nodes import FILE
             nodes remove NODE

      list     the nodes that have keys, never the keys
      add      draw a key of 256 bits for a node and print it once: bring it into the node yourself.
               A node that had one gets another, under another identity
      import   take lines NODE,IDENTITY,KEY (hexadecimal digits) in place of those of the same nodes
      remove   a node's key is not accepted any more; a connection that it has ends with its next one

      A node that has a key speaks DTLS under it; without protection it is refused.

      Examples:
        bellgate nodes add pump-17 --site alice
        bellgate nodes import factory.csv --site alice && shred -u factory.csv
      """;

  private static final int KEY_OCTETS = 32;

  private final NodeKeys keys;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile RandomBits random;

  /**
   * Finds the file.
   *
   * @param context tells where data are
   */
  @Activate
  public NodesCommand(BundleContext context) {
    this(new NodeKeys(file(context)), null);
  }

  NodesCommand(NodeKeys keys, RandomBits random) {
    this.keys = keys;
    this.random = random;
  }

  /** Where keys of nodes are. */
  public static Path file(BundleContext context) {
    return Path.of(context.getProperty("bellgate.data"), "secrets", "nodes.csv");
  }

  @Override
  public synchronized int run(Call call) throws IOException {
    List<String> words = new ArrayList<>(call.arguments());
    if (words.remove("--help") || words.remove("-h")) {
      call.out().print(HELP);
      return OK;
    }
    boolean json = words.remove("--json");
    String verb = words.isEmpty() ? "list" : words.remove(0);
    if (verb.equals("list") && words.isEmpty()) {
      return list(call.out(), json);
    }
    if (!keys.problem().isEmpty()) {
      call.err().println(keys.problem());
      return FAILED;
    }
    if (verb.equals("add") && words.size() == 1 && words.get(0).matches("[A-Za-z0-9._-]{1,48}")) {
      return add(words.get(0), call);
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

  private int list(PrintStream out, boolean json) {
    if (json) {
      JsonArrayBuilder all = Json.createArrayBuilder();
      keys.all()
          .forEach(
              k ->
                  all.add(
                      Json.createObjectBuilder()
                          .add("node", k.node())
                          .add("identity", k.identity())
                          .add("generation", k.generation())
                          .add("untilSeconds", k.untilSeconds())
                          .add("keyBits", 8 * k.key().length())));
      out.println(all.build());
    } else {
      keys.all()
          .forEach(
              k ->
                  out.printf(
                      "%s  identity %s, key of %d bits, generation %d%s%n",
                      k.node(),
                      k.identity(),
                      8 * k.key().length(),
                      k.generation(),
                      k.untilSeconds() == 0
                          ? ""
                          : ", until " + Instant.ofEpochSecond(k.untilSeconds())));
    }
    if (!keys.problem().isEmpty()) {
      out.println("problem: " + keys.problem());
    }
    return OK;
  }

  private int add(String node, Call call) throws IOException {
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
            all.put(identity, new NodeKey(node, identity, key.part(0, key.length())));
            return true;
          });
      call.out().println("identity " + identity);
      call.out().println("key " + key.lend(HexFormat.of()::formatHex));
    }
    return OK;
  }

  private int take(Path file, Call call) throws IOException {
    byte[] content = Files.readAllBytes(file);
    try {
      Map<String, NodeKey> fresh = NodeKeys.parse(content);
      Set<String> named = fresh.values().stream().map(NodeKey::node).collect(Collectors.toSet());
      keys.change(
          all -> {
            all.values().removeIf(k -> named.contains(k.node()));
            all.putAll(fresh);
            return true;
          });
      call.out().println(named.size() + " nodes imported, " + keys.nodes() + " have keys");
      return OK;
    } catch (IllegalArgumentException e) {
      call.err().println(e.getMessage() + "; nothing was changed: file=" + file);
      return FAILED;
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private int remove(String node, Call call) throws IOException {
    if (!keys.change(all -> all.values().removeIf(k -> k.node().equals(node)))) {
      call.err().println("BG-NODE-003 no such node has a key: node=" + node);
      return FAILED;
    }
    call.out().println(node + " has no key any more");
    return OK;
  }
}
