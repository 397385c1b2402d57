package io.bellgate.ops.node;

import io.bellgate.api.ops.Command;
import io.bellgate.ops.node.line.Line;
import io.bellgate.ops.node.state.StateProblem;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.Set;

/** Reads a resource of the gateway. */
final class Fetch implements Verb {
  @Override
  public String name() {
    return "fetch";
  }

  @Override
  public String help() {
    return """
    usage: bellgate node fetch GATEWAY NODE PATH [--accept N] [options]

    Reads a resource of the gateway as the node (GET; long ones block by block).

      --accept N          CoAP Content-Format of the answer, as 60 for CBOR (default: any)

    """
        + Session.HELP
        + """

    examples:
      bellgate node fetch coaps://HOST pump-17 /.well-known/core
      bellgate node fetch HOST pump-17 '/rd-lookup/ep?et=pump' --oscore
    """;
  }

  @Override
  public Set<String> valued() {
    return NodeCommand.and(Session.VALUED, "--accept");
  }

  @Override
  public Set<String> flags() {
    return Session.FLAGS;
  }

  @Override
  public int run(Words words, Command.Call call)
      throws IOException, InterruptedException, StateProblem {
    words.expect(3, 3, "GATEWAY NODE PATH");
    OptionalInt accept = words.accept();
    try (Session session = Session.open(words, words.word(0), words.word(1), call.err())) {
      return Shown.answer(
          session, session.ask(Line.Question.get(words.word(2), accept)), words, call);
    }
  }
}
