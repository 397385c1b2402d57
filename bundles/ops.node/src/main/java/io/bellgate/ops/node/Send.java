package io.bellgate.ops.node;

import io.bellgate.api.ops.Command;
import io.bellgate.ops.node.line.Line;
import io.bellgate.ops.node.reading.Reading;
import io.bellgate.ops.node.state.StateProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/** Posts, puts or deletes anything at the gateway. */
final class Send implements Verb {
  @Override
  public String name() {
    return "send";
  }

  @Override
  public String help() {
    return """
    usage: bellgate node send GATEWAY NODE post|put|delete PATH [--payload TEXT] [--format N] [options]

    Sends one request as the node and prints the answer; readings are for `post`.

      --payload TEXT      its payload (default: none)
      --format N          CoAP Content-Format of it (default 50, JSON)
    """
        + Session.HELP
        + """

    examples:
      bellgate node send coaps://HOST pump-17 post '/rd?lt=3600&et=pump' --format 40 \\
        --payload '</pressure>;rt="pressure"'
      bellgate node send HOST pump-17 delete /rd/mwx7rpt0 --oscore
    """;
  }

  @Override
  public Set<String> valued() {
    return NodeCommand.and(Session.VALUED, "--payload", "--format");
  }

  @Override
  public Set<String> flags() {
    return Session.FLAGS;
  }

  private static Line.Method method(String word) {
    return Arrays.stream(Line.Method.values())
        .filter(m -> m != Line.Method.GET && m.name().equals(word.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("a method is post, put or delete: word=" + word));
  }

  @Override
  public int run(Words words, Command.Call call)
      throws IOException, InterruptedException, StateProblem {
    words.expect(4, 4, "GATEWAY NODE METHOD PATH");
    Line.Question question =
        new Line.Question(
            method(words.word(2)),
            words.word(3),
            words.value("--payload").orElse("").getBytes(StandardCharsets.UTF_8),
            (int) words.number("--format", 0, 65_535, Reading.JSON),
            true);
    try (Session session = Session.open(words, words.word(0), words.word(1), call.err())) {
      return Shown.answer(session, session.ask(question), words, call);
    }
  }
}
