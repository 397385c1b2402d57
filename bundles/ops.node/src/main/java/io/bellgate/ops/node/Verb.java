package io.bellgate.ops.node;

import io.bellgate.api.ops.Command;
import io.bellgate.ops.node.state.StateProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** One thing that a node can be told to do. */
interface Verb {
  /** What an operator types. */
  String name();

  /** Usage, options, examples. */
  String help();

  /** Its own options with a value. */
  Set<String> valued();

  /** Its own options without. */
  Set<String> flags();

  /**
   * Does it.
   *
   * @return an exit code of {@link Command}
   * @throws IllegalArgumentException if the words make no sense
   */
  int run(Words words, Command.Call call) throws IOException, InterruptedException, StateProblem;

  /** Where the state of a node is. */
  static Path state(Words words, String node) {
    return words
        .value("--state")
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".bellgate", "nodes", node));
  }
}
