package io.bellgate.ops.node;

import io.bellgate.api.ops.Command;
import io.bellgate.ops.node.state.NodeState;
import io.bellgate.ops.node.state.StateFile;
import io.bellgate.ops.node.state.StateProblem;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;

/** Shows what a node knows of itself, but for its keys. */
final class Show implements Verb {
  @Override
  public String name() {
    return "show";
  }

  @Override
  public String help() {
    return """
    usage: bellgate node show NODE [--state FILE] [--json]

    Shows identity and generation of the node's key, its next count `seq`, its next OSCORE sequence
    number and when it should ask for its next key; never the key.

    example:
      bellgate node show pump-17
    """;
  }

  @Override
  public Set<String> valued() {
    return Set.of("--state");
  }

  @Override
  public Set<String> flags() {
    return Set.of("--json");
  }

  @Override
  public int run(Words words, Command.Call call) throws IOException, StateProblem {
    words.expect(1, 1, "NODE");
    Path file = Verb.state(words, words.word(0));
    if (!Files.exists(file)) {
      call.err().println("BG-NODE-013 the node has no state yet: file=" + file);
      return Command.FAILED;
    }
    NodeState state = StateFile.read(file);
    state.key().ifPresent(k -> k.secret().destroy());
    state.next().ifPresent(k -> k.secret().destroy());
    if (words.has("--json")) {
      call.out().println(json(state).add("state", file.toString()).build());
      return Command.OK;
    }
    call.out().println("node " + state.node());
    call.out().println("next count " + state.count());
    state
        .key()
        .ifPresentOrElse(
            k -> {
              call.out().println("identity " + k.identity());
              call.out().println("generation " + k.generation());
              call.out().println("next OSCORE sequence number " + k.sequence());
            },
            () -> call.out().println("no key"));
    state
        .next()
        .ifPresent(
            k -> call.out().println("the gateway may have taken the key of " + k.identity()));
    if (state.againSeconds() > 0) {
      call.out().println("asks for its next key at " + Instant.ofEpochSecond(state.againSeconds()));
    }
    return Command.OK;
  }

  private static JsonObjectBuilder json(NodeState state) {
    JsonObjectBuilder all =
        Json.createObjectBuilder().add("node", state.node()).add("count", state.count());
    state
        .key()
        .ifPresent(
            k ->
                all.add("identity", k.identity())
                    .add("generation", k.generation())
                    .add("oscoreSequence", k.sequence()));
    state.next().ifPresent(k -> all.add("maybeIdentity", k.identity()));
    if (state.againSeconds() > 0) {
      all.add("againAtSeconds", state.againSeconds());
    }
    return all;
  }
}
