package io.bellgate.coap.node.served;

import io.bellgate.api.message.Message;
import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Ask;
import io.bellgate.api.node.NodeResource;
import io.bellgate.coap.node.admission.Admission;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asks resources, and is sure to have an answer: a resource that is gone is waited for a moment,
 * and one that fails or is slow makes the node ask again. Thread safe.
 */
final class Asking {
  /** The longest that a resource has for an answer: 3 s. */
  static final long ANSWER_MILLIS = 3_000;

  /** The most that is asked at a time; beyond, nodes ask again. */
  static final int MOST = 4_096;

  /** The most of it for nodes that nothing protects: whoever sends can be as many as he likes. */
  static final int MOST_PLAIN = MOST / 2;

  private static final System.Logger LOG = System.getLogger(Asking.class.getName());
  private static final int TRIES = 60;
  private static final long RETRY_MILLIS = 25;
  private static final int AGAIN_SECONDS = 2;
  private static final int JSON = 50;

  /** What a node is told that has to ask again. */
  static final Answer LATER =
      new Answer(
          Answer.Code.UNAVAILABLE,
          OptionalInt.of(JSON),
          "{\"error\":\"BG-COAP-052\",\"message\":\"who serves this cannot answer now\"}"
              .getBytes(StandardCharsets.UTF_8),
          new byte[0],
          AGAIN_SECONDS);

  private final NodeResources resources;
  private final ScheduledExecutorService timer;
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger askedPlain = new AtomicInteger();

  Asking(NodeResources resources, ScheduledExecutorService timer) {
    this.resources = resources;
    this.timer = timer;
  }

  /** Whether somebody serves a name now. */
  boolean isServed(String name) {
    return resources.of(name).isPresent();
  }

  /**
   * Asks.
   *
   * @return never exceptional, at the latest after 4.5 s: 1.5 s in which nobody serves, and {@link
   *     #ANSWER_MILLIS}; on the thread of the resource or of the timer
   */
  CompletableFuture<Answer> ask(String name, Ask ask) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    if (ask.ingress().equals(Admission.NONE)) {
      hold(askedPlain, MOST_PLAIN, answer);
    }
    hold(asked, MOST, answer);
    if (!answer.isDone()) {
      attempt(name, ask, answer, TRIES);
    }
    return answer;
  }

  /** Takes a place until there is an answer; if none is free, there is one now. */
  private static void hold(AtomicInteger taken, int most, CompletableFuture<Answer> answer) {
    boolean isFree = taken.incrementAndGet() <= most;
    answer.whenComplete((given, failure) -> taken.decrementAndGet());
    if (!isFree) {
      answer.complete(LATER);
    }
  }

  private void attempt(String name, Ask ask, CompletableFuture<Answer> answer, int tries) {
    Optional<NodeResource> serving = resources.of(name);
    try {
      if (serving.isPresent()) {
        Future<?> late =
            timer.schedule(() -> late(name, answer), ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        answer.thenRun(() -> late.cancel(false));
        ask(name, serving.get(), ask, answer);
      } else if (tries > 0) {
        timer.schedule(
            () -> attempt(name, ask, answer, tries - 1), RETRY_MILLIS, TimeUnit.MILLISECONDS);
      } else {
        answer.complete(LATER);
      }
    } catch (RejectedExecutionException closed) {
      answer.complete(LATER);
    }
  }

  private static void late(String name, CompletableFuture<Answer> answer) {
    if (answer.complete(LATER)) {
      LOG.log(Level.WARNING, "a served resource is slow: name={0} ms={1}", name, ANSWER_MILLIS);
    }
  }

  private static void ask(
      String name, NodeResource resource, Ask ask, CompletableFuture<Answer> answer) {
    try {
      resource
          .ask(ask)
          .whenComplete(
              (given, failure) -> {
                if (failure == null && given != null && fits(given)) {
                  answer.complete(given);
                } else {
                  broken(name, failure, answer);
                }
              });
    } catch (RuntimeException | Error broken) { // a LinkageError while bundles are refreshed
      broken(name, broken, answer);
    }
  }

  private static boolean fits(Answer answer) {
    return answer.payload().length <= Message.MAX_PAYLOAD_OCTETS;
  }

  private static void broken(String name, Throwable why, CompletableFuture<Answer> answer) {
    if (answer.complete(LATER)) {
      LOG.log(
          Level.WARNING,
          "a served resource gave no answer of at most {0} octets: name={1} why={2}",
          Message.MAX_PAYLOAD_OCTETS,
          name,
          String.valueOf(why));
    }
  }
}
