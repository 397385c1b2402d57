package io.bellgate.ops.node;

import io.bellgate.api.ops.Command;
import io.bellgate.ops.node.state.StateProblem;
import java.io.IOException;
import java.util.Set;

/** Asks for the next key ({@code POST /keys}, versions 1 and 2). */
final class Rotate implements Verb {
  private final Renewed renewed;

  Rotate(Renewed renewed) {
    this.renewed = renewed;
  }

  @Override
  public String name() {
    return "rotate";
  }

  @Override
  public String help() {
    return """
    usage: bellgate node rotate GATEWAY NODE [--pool] [--version 1|2] [--again N] [options]

    Asks the gateway for the node's next key, which is derived from the one before and two nonces:
    one round trip, and symmetric algorithms only. What the node says next goes under it.

      --pool              mix a key of the gateway's pool into it
      --version N         of the message: 2 (default), or 1, which knows no pool
      --again N           how often to ask again if the gateway cannot now (default 3)
    """
        + Session.HELP
        + """

    examples:
      bellgate node rotate coaps://HOST pump-17
      bellgate node rotate HOST pump-17 --oscore --pool
    """;
  }

  @Override
  public Set<String> valued() {
    return NodeCommand.and(Session.VALUED, "--version", "--again");
  }

  @Override
  public Set<String> flags() {
    return NodeCommand.and(Session.FLAGS, "--pool");
  }

  @Override
  public int run(Words words, Command.Call call)
      throws IOException, InterruptedException, StateProblem {
    words.expect(2, 2, "GATEWAY NODE");
    Renewed.expectProtection(words);
    long version = words.number("--version", 1, 2, 2);
    boolean pool = words.has("--pool");
    if (pool && version == 1) {
      throw new IllegalArgumentException("--pool is of version 2");
    }
    try (Session session = Session.open(words, words.word(0), words.word(1), call.err())) {
      NextKey.Given given =
          new NextKey(pool, version, words.number("--again", 0, 1_000, 3)).ask(session, renewed);
      if (given.next().isEmpty()) {
        return Renewed.none(session, given.answer(), call.err());
      }
      NextKey.Next next = given.next().get();
      return Renewed.done(words, session, next.key(), next.how(), next.againSeconds(), call.out());
    }
  }
}
