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

/** Observes a resource of the gateway (RFC 7641), and comes to other keys meanwhile. */
final class Observe implements Verb {
  private static final int MOST_WAITING = 1_000;
  private static final long MOST_SECONDS = 31_536_000;
  private static final long LEAST_SECONDS = 3;
  private static final long AGAIN_SECONDS = 60;

  private final Renewed renewed;

  Observe(Renewed renewed) {
    this.renewed = renewed;
  }

  @Override
  public String name() {
    return "observe";
  }

  @Override
  public String help() {
    return """
    usage: bellgate node observe GATEWAY NODE PATH [--count N] [--seconds N] [--accept N]
                                 [--renew | --rotate-seconds N] [--pool] [options]

    Prints each notification of a resource with its Observe number, until Ctrl-C; with --json one
    object a line. With --renew or --rotate-seconds the node asks for its next keys meanwhile: under
    OSCORE the observation goes on by itself, under DTLS it is made again.

      --count N           end after so many
      --seconds N         end after so long
      --accept N          CoAP Content-Format of the answers, as 60 for CBOR (default: any)
      --renew             ask for the next key when the gateway said that it should
      --rotate-seconds N  ask for it each N seconds, 3 or more
      --pool              mix a key of the gateway's pool into it

    """
        + Session.HELP
        + """

    examples:
      bellgate node observe coaps://HOST pump-17 /PATH --seconds 60
      bellgate node observe HOST pump-17 /commands/pump-17 --oscore --renew
    """;
  }

  @Override
  public Set<String> valued() {
    return NodeCommand.and(Session.VALUED, "--count", "--seconds", "--accept", "--rotate-seconds");
  }

  @Override
  public Set<String> flags() {
    return NodeCommand.and(Session.FLAGS, "--pool", "--renew");
  }

  @Override
  public int run(Words words, Command.Call call)
      throws IOException, InterruptedException, StateProblem {
    words.expect(3, 3, "GATEWAY NODE PATH");
    long count = words.number("--count", 1, 1_000_000_000, Long.MAX_VALUE);
    long seconds = words.number("--seconds", 1, MOST_SECONDS, MOST_SECONDS);
    long rotate = words.number("--rotate-seconds", LEAST_SECONDS, MOST_SECONDS, 0);
    Line.Question question = Line.Question.get(words.word(2), words.accept());
    if (rotate > 0 && words.has("--renew")) {
      throw new IllegalArgumentException("it is one of --renew and --rotate-seconds");
    }
    if (rotate > 0 || words.has("--renew")) {
      Renewed.expectProtection(words);
    } else if (words.has("--pool")) {
      throw new IllegalArgumentException("--pool is for --renew and --rotate-seconds");
    }
    try (Session session = Session.open(words, words.word(0), words.word(1), call.err());
        Watch watch = new Watch(session, question, words, call)) {
      return watch.run(count, seconds, rotate);
    }
  }

  /** What came: an answer, or that none came. */
  private record Heard(Optional<Answer> answer) {
    /** Whether it is what was observed, and more may come. */
    private boolean goesOn() {
      return answer.filter(a -> a.observe() >= 0).isPresent();
    }
  }

  /** One observation, that may be made again. */
  private final class Watch implements AutoCloseable {
    private final Session session;
    private final Line.Question question;
    private final Words words;
    private final Command.Call call;
    private BlockingQueue<Heard> heard;
    private Line.Observation observation;
    private long againSeconds;

    Watch(Session session, Line.Question question, Words words, Command.Call call)
        throws InterruptedException {
      this.session = session;
      this.question = question;
      this.words = words;
      this.call = call;
      begin();
    }

    private void begin() throws InterruptedException {
      BlockingQueue<Heard> queue = new ArrayBlockingQueue<>(MOST_WAITING);
      heard = queue; // what still comes of one before goes nowhere
      observation =
          session
              .line()
              .observe(
                  question,
                  session.bound(),
                  answer -> queue.offer(new Heard(Optional.of(answer))),
                  () -> queue.offer(new Heard(Optional.empty())));
    }

    int run(long count, long seconds, long rotate)
        throws IOException, InterruptedException, StateProblem {
      int begun = first();
      if (begun != Command.OK) {
        return begun;
      }
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      boolean isRenewing = rotate > 0 || words.has("--renew");
      long turn = turn(rotate, renewed.secondsUntil(session.file().state().againSeconds()));
      long left = count - 1;
      while (left > 0) {
        long end = isRenewing && turn - until < 0 ? turn : until;
        Optional<Heard> came = next(end - System.nanoTime());
        if (came.isPresent()) {
          came.get().answer().ifPresent(this::print);
          left--;
          if (!came.get().goesOn()) {
            call.err().println("the gateway has ended it");
            return Command.FAILED;
          }
        } else if (end == until) {
          return Command.OK; // as long as it was to be
        } else {
          int rotated = rotate();
          if (rotated != Command.OK) {
            return rotated;
          }
          turn = turn(rotate, againSeconds);
        }
      }
      return Command.OK;
    }

    /** When to ask for the next key: as often as the operator said, or when the gateway did. */
    private long turn(long rotate, long again) {
      long seconds = rotate > 0 ? rotate : Math.max(LEAST_SECONDS, Math.min(MOST_SECONDS, again));
      return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }

    /** The answer that begins it. */
    private int first() throws InterruptedException {
      Optional<Answer> first = next(session.bound().toNanos()).flatMap(Heard::answer);
      if (first.isEmpty()) {
        call.err().println(session.silence());
        return Command.UNREACHABLE;
      }
      print(first.get());
      if (first.get().observe() < 0) {
        call.err().println("the gateway does not let this be observed");
        return Command.REFUSED;
      }
      return Command.OK;
    }

    private Optional<Heard> next(long nanos) throws InterruptedException {
      return Optional.ofNullable(heard.poll(nanos, TimeUnit.NANOSECONDS));
    }

    /** Comes to another key; if the gateway gives none now, the next turn may be luckier. */
    private int rotate() throws IOException, InterruptedException, StateProblem {
      NextKey.Given given = new NextKey(words.has("--pool"), 2, 0).ask(session, renewed);
      if (given.next().isEmpty()) {
        Renewed.none(session, given.answer(), call.err());
        againSeconds =
            given.answer().filter(Answer::isLater).map(Answer::maxAgeSeconds).orElse(AGAIN_SECONDS);
        return Command.OK;
      }
      NextKey.Next next = given.next().get();
      againSeconds = next.againSeconds() > 0 ? next.againSeconds() : MOST_SECONDS; // by nobody
      call.err()
          .println("a key of generation " + next.key().generation() + " (" + next.how() + ")");
      if (session.goOn()) {
        session.ask(question); // the first word under it
        return Command.OK;
      }
      begin();
      return first();
    }

    private void print(Answer answer) {
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

    @Override
    public void close() {
      observation.end();
    }
  }
}
