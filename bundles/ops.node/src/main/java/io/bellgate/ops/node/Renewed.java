package io.bellgate.ops.node;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.ops.Command;
import io.bellgate.ops.node.line.Answer;
import io.bellgate.ops.node.state.NodeKey;
import io.bellgate.ops.node.state.StateProblem;
import jakarta.json.Json;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What verbs share that bring a node to another key.
 *
 * @param random where nonces and keys come from; null while there is none
 * @param clock to say when to ask again
 */
record Renewed(Supplier<RandomBits> random, InstantSource clock) {
  /** Random bits now. */
  RandomBits bits() throws StateProblem {
    RandomBits bits = random.get();
    if (bits == null) {
      throw new StateProblem("BG-NODE-018 there are no random bits now: try again");
    }
    return bits;
  }

  /** Who is not sure to be the gateway gives no key. */
  static void expectProtection(Words words) {
    if (words.has("--plain")) {
      throw new IllegalArgumentException("a node comes to another key under its key: not --plain");
    }
  }

  /** When a node should ask that was told to ask so many seconds from now, since 1970. */
  long againAt(int seconds) {
    return seconds <= 0 ? 0 : clock.instant().getEpochSecond() + seconds;
  }

  /** How long until then; for ever if nothing was said. */
  long secondsUntil(long againAt) {
    return againAt == 0 ? Long.MAX_VALUE : againAt - clock.instant().getEpochSecond();
  }

  /** What was no answer of a gateway that has the node's key. */
  static StateProblem untrue(String why) {
    return new StateProblem(
        "BG-NODE-017 the gateway did not answer as one that has the node's key, which stays as it"
            + " was: "
            + why);
  }

  /** Says that no key came; the exit code. */
  static int none(Session session, Optional<Answer> answer, PrintStream err) {
    if (answer.isEmpty()) {
      err.println(session.silence());
      return Command.UNREACHABLE;
    }
    err.println("refused: " + answer.get().explained());
    return Command.REFUSED;
  }

  /**
   * Says what the node has now.
   *
   * @param how it came to it
   */
  static int done(
      Words words, Session session, NodeKey key, String how, int again, PrintStream out) {
    if (words.has("--json")) {
      out.println(
          Json.createObjectBuilder()
              .add("node", session.node())
              .add("identity", key.identity())
              .add("generation", key.generation())
              .add("how", how)
              .add("againSeconds", again)
              .build());
    } else {
      out.println(
          session.node()
              + " has a key of generation "
              + key.generation()
              + " ("
              + how
              + "), identity "
              + key.identity());
      if (again > 0) {
        out.println("it should ask for its next key in " + again + " s");
      }
    }
    return Command.OK;
  }
}
