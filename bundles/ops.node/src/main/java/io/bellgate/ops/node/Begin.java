package io.bellgate.ops.node;

import io.bellgate.api.ops.Command;
import io.bellgate.ops.node.state.NodeKey;
import io.bellgate.ops.node.state.NodeState;
import io.bellgate.ops.node.state.PrintedKey;
import io.bellgate.ops.node.state.StateFile;
import io.bellgate.ops.node.state.StateProblem;
import jakarta.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** Brings a key into the node. */
final class Begin implements Verb {
  private static final int MOST_OCTETS = 4_096;

  @Override
  public String name() {
    return "begin";
  }

  @Override
  public String help() {
    return """
    usage: bellgate node begin NODE [--key FILE] [--replace] [--count N] [--state FILE] [--json]

    Brings a key into the node: reads what `bellgate nodes add NODE` printed, from standard input or
    from a file, never from the command line, where others see it. From then on the node's state is
    in a file for its owner only, and nowhere else: a copy of it would use numbers twice.

      --key FILE    what was printed, in a file for its owner only; remove it afterwards
      --replace     in place of the key that the node has; its count goes on
      --count N     the first count `seq` (default: where it was, else 0)
      --state FILE  of the node (default ~/.bellgate/nodes/NODE)

    examples:
      bellgate nodes add pump-17 --site alice | bellgate node begin pump-17
      bellgate node begin pump-17 --key pump-17.key && shred -u pump-17.key
    """;
  }

  @Override
  public Set<String> valued() {
    return Set.of("--key", "--count", "--state");
  }

  @Override
  public Set<String> flags() {
    return Set.of("--replace", "--json");
  }

  @Override
  public int run(Words words, Command.Call call) throws IOException, StateProblem {
    words.expect(1, 1, "NODE");
    String node = words.word(0);
    if (!NodeState.isNode(node)) {
      throw new IllegalArgumentException("no node can have this ID: node=" + node);
    }
    Path path = Verb.state(words, node);
    try (StateFile file = StateFile.open(path, node)) {
      NodeState before = file.state();
      if (before.key().isPresent() && !words.has("--replace")) {
        throw new StateProblem(
            "BG-NODE-015 the node has a key already: identity="
                + before.key().get().identity()
                + "; --replace puts another in its place");
      }
      NodeKey key = key(words, call.in());
      long count = words.number("--count", before.count(), Long.MAX_VALUE, before.count());
      file.change(s -> new NodeState(node, Optional.of(key), Optional.empty(), count, 0));
      if (words.has("--json")) {
        call.out()
            .println(
                Json.createObjectBuilder()
                    .add("node", node)
                    .add("identity", key.identity())
                    .add("count", count)
                    .add("state", path.toString())
                    .build());
      } else {
        call.out().println(node + " has the key of identity " + key.identity());
        call.out().println("its state is in " + path + "; never copy it");
      }
      return Command.OK;
    }
  }

  private static NodeKey key(Words words, InputStream in) throws IOException, StateProblem {
    Optional<Path> file = words.value("--key").map(Path::of);
    if (file.isPresent()) {
      StateFile.check(file.get());
    }
    byte[] printed = file.isPresent() ? read(file.get()) : in.readNBytes(MOST_OCTETS);
    try {
      return PrintedKey.read(printed);
    } finally {
      Arrays.fill(printed, (byte) 0);
    }
  }

  private static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MOST_OCTETS);
    }
  }
}
