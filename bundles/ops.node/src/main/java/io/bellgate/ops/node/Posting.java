package io.bellgate.ops.node;

import io.bellgate.ops.node.line.Answer;
import io.bellgate.ops.node.line.Line;
import io.bellgate.ops.node.reading.Reading;
import io.bellgate.ops.node.reading.Tally;
import java.io.PrintStream;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Readings on their way, one at a time. */
final class Posting {
  private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Session session;
  private final Manner manner;
  private final Tally tally;
  private final PrintStream screen;
  private long shownNanos = System.nanoTime();

  /**
   * How.
   *
   * @param path from the root
   * @param confirmable whether a reading is repeated until it is acknowledged
   * @param everyMillis from one to the next, at least
   * @param again how often one is posted again that was not answered, or told to wait
   */
  record Manner(String path, boolean confirmable, long everyMillis, long again) {}

  Posting(Session session, Manner manner, Tally tally, PrintStream screen) {
    this.session = session;
    this.manner = manner;
    this.tally = tally;
    this.screen = screen;
  }

  /**
   * Posts until there are no more, or somebody interrupts.
   *
   * @return false if a row was none, or it was interrupted
   */
  boolean run(Iterator<Reading> readings, long count) {
    long due = System.nanoTime();
    try {
      for (long i = 0; i < count && readings.hasNext(); i++) {
        Reading reading = readings.next();
        long wait = due - System.nanoTime();
        if (wait > 0) {
          TimeUnit.NANOSECONDS.sleep(wait);
        }
        due =
            Math.max(due, System.nanoTime()) + TimeUnit.MILLISECONDS.toNanos(manner.everyMillis());
        post(reading.at(session.file().counts().next()));
        progress();
      }
      return true;
    } catch (InterruptedException ended) {
      screen.println("ended");
    } catch (IllegalArgumentException noRow) {
      screen.println(noRow.getMessage());
    } catch (IllegalStateException noCount) {
      screen.println(noCount.getMessage());
      Thread.interrupted(); // which may be why: what came of the others is still said
    }
    return false;
  }

  private void post(Reading.Counted reading) throws InterruptedException {
    Line.Question question =
        new Line.Question(
            Line.Method.POST,
            manner.path() + reading.query().map(q -> "?" + q).orElse(""),
            reading.payload(),
            reading.format(),
            manner.confirmable());
    tally.sent();
    long begin = System.nanoTime();
    Optional<Answer> answer = session.ask(question);
    for (long i = 0; i < manner.again() && answer.map(Answer::isLater).orElse(true); i++) {
      screen.println(answer.map(Answer::explained).orElseGet(session::silence) + "; posting again");
      TimeUnit.SECONDS.sleep(answer.map(Answer::maxAgeSeconds).orElse(0L));
      tally.repeated();
      answer = session.ask(question);
    }
    if (answer.isEmpty()) {
      tally.lost();
      screen.println(session.silence());
    } else if (answer.get().success()) {
      tally.acknowledged(System.nanoTime() - begin);
    } else {
      tally.refused(answer.get().reason());
      screen.println("refused: " + answer.get().explained());
    }
  }

  private void progress() {
    if (System.nanoTime() - shownNanos > PROGRESS_NANOS) {
      shownNanos = System.nanoTime();
      screen.println(tally.line());
    }
  }
}
