package io.bellgate.ops.node;

import io.bellgate.api.ops.Command;
import io.bellgate.ops.node.line.Answer;
import io.bellgate.ops.node.line.Line;
import io.bellgate.ops.node.state.StateProblem;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** Observes a resource of the gateway (RFC 7641). */
final class Observe implements Verb {
  private static final int MOST_WAITING = 1_000;

  @Override
  public String name() {
    return "observe";
  }

  @Override
  public String help() {
    return """
    usage: bellgate node observe GATEWAY NODE PATH [--count N] [--seconds N] [options]

    Prints each notification of a resource with its Observe number, until Ctrl-C; with --json one
    object a line.

      --count N           end after so many
      --seconds N         end after so long

    """
        + Session.HELP
        + """

    example:
      bellgate node observe coaps://HOST pump-17 /PATH --seconds 60
    """;
  }

  @Override
  public Set<String> valued() {
    return NodeCommand.and(Session.VALUED, "--count", "--seconds");
  }

  @Override
  public Set<String> flags() {
    return Session.FLAGS;
  }

  @Override
  public int run(Words words, Command.Call call)
      throws IOException, InterruptedException, StateProblem {
    words.expect(3, 3, "GATEWAY NODE PATH");
    long count = words.number("--count", 1, 1_000_000_000, Long.MAX_VALUE);
    long seconds = words.number("--seconds", 1, 31_536_000, 31_536_000);
    try (Session session = Session.open(words, words.word(0), words.word(1), call.err())) {
      BlockingQueue<Heard> heard = new ArrayBlockingQueue<>(MOST_WAITING);
      Line.Observation observation =
          session
              .line()
              .observe(
                  words.word(2),
                  session.bound(),
                  answer -> heard.offer(new Heard(Optional.of(answer))),
                  () -> heard.offer(new Heard(Optional.empty())));
      try {
        Optional<Answer> first = next(heard, session.bound().toNanos()).flatMap(Heard::answer);
        if (first.isEmpty()) {
          call.err().println(session.silence());
          return Command.UNREACHABLE;
        }
        if (first.get().observe() < 0) {
          print(first.get(), words, call);
          call.err().println("the gateway does not let this be observed");
          return Command.REFUSED;
        }
        print(first.get(), words, call);
        return rest(heard, count - 1, seconds, words, call);
      } finally {
        observation.end();
      }
    }
  }

  /** What came: an answer, or that none came. */
  private record Heard(Optional<Answer> answer) {
    /** Whether it is what was observed, and more may come. */
    private boolean goesOn() {
      return answer.filter(a -> a.observe() >= 0).isPresent();
    }
  }

  private static Optional<Heard> next(BlockingQueue<Heard> heard, long nanos)
      throws InterruptedException {
    return Optional.ofNullable(heard.poll(nanos, TimeUnit.NANOSECONDS));
  }

  /** What comes after the first. */
  private static int rest(
      BlockingQueue<Heard> heard, long count, long seconds, Words words, Command.Call call)
      throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    for (long left = count; left > 0; left--) {
      Optional<Heard> came = next(heard, until - System.nanoTime());
      if (came.isEmpty()) {
        return Command.OK; // as long as it was to be
      }
      came.get().answer().ifPresent(a -> print(a, words, call));
      if (!came.get().goesOn()) {
        call.err().println("the gateway has ended it");
        return Command.FAILED;
      }
    }
    return Command.OK;
  }

  private static void print(Answer answer, Words words, Command.Call call) {
    if (words.has("--json")) {
      call.out().println(Shown.json(answer).build());
    } else {
      call.out()
          .println(
              (answer.observe() < 0 ? "" : answer.observe() + "  ")
                  + answer.code()
                  + "  "
                  + Shown.text(answer));
    }
    call.out().flush();
  }
}
