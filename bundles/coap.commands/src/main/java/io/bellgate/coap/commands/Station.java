package io.bellgate.coap.commands;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Intake;
import io.bellgate.api.message.Intake.Acceptance;
import io.bellgate.api.message.Message;
import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Ask;
import io.bellgate.coap.commands.book.Book;
import io.bellgate.coap.commands.issue.Issued;
import io.bellgate.coap.commands.issue.Order;
import io.bellgate.coap.commands.issue.Reports;
import io.bellgate.coap.commands.queue.Queue;
import io.bellgate.coap.commands.queue.Rules;
import io.bellgate.coap.commands.queue.Talk;
import java.io.Closeable;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The open book at work. One thread of its own owns the book; whatever others ask waits in its
 * queue, at most {@link #MOST_ASKS} questions of nodes. It looks at the clock, and for reports that
 * the router has not taken, once a second.
 */
final class Station implements Closeable {
  private static final System.Logger LOG = System.getLogger(Station.class.getName());
  private static final int MOST_ASKS = 1_000;
  private static final long TICK_MILLIS = 1_000;
  private static final long PATIENCE_MILLIS = 30_000;
  private static final long BUSY_MILLIS = 250;
  private static final int BUSY_TRIES = 20;

  private final ScheduledThreadPoolExecutor thread;
  private final AtomicInteger asks = new AtomicInteger();
  private final InstantSource clock;
  private final Supplier<Intake> intake;
  private final Book book;
  private final Queue queue;
  private final Talk talk;
  private final Issued issued;
  private final Reports reports;
  private volatile Map<String, Object> status = Map.of();

  /**
   * What is around it.
   *
   * @param intake the router; gives null during a swap
   * @param changed is told the node for which another command is first now
   * @param series draws parts of names
   */
  record Around(
      Supplier<Intake> intake,
      Consumer<String> changed,
      InstantSource clock,
      LongSupplier series) {}

  /** Takes the book over, and closes it in the end. */
  Station(Book book, Rules rules, int sentKept, String resultClass, Around around) {
    this.book = book;
    this.clock = around.clock();
    this.intake = around.intake();
    queue = new Queue(book, rules, clock, around.changed());
    talk = new Talk(queue);
    issued = new Issued(book, rules.site(), sentKept, clock, around.series());
    reports = new Reports(book, issued, intake, resultClass);
    look();
    thread =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread made = new Thread(work, "coap-commands");
              made.setDaemon(true);
              return made;
            });
    thread.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Ends what has expired and offers reports. */
  private void tick() {
    quietly(queue::expire);
    reports.offer(this::later);
  }

  private void later(Reports.Task task) {
    try {
      thread.execute(() -> quietly(task));
    } catch (RejectedExecutionException closed) {
      // the report stays in the book, for whoever opens it next
    }
  }

  /** Nobody waits: a failure shows in the status. */
  private void quietly(Reports.Task task) {
    try {
      if (book.failure().isEmpty()) {
        task.run();
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "commands", e);
    }
    look();
  }

  /** Runs on the book's thread; what it changed is in the status, and reports are offered. */
  private <T> T work(Callable<T> task) throws Exception {
    try {
      if (!book.failure().isEmpty()) {
        throw new IOException(book.failure());
      }
      T done = task.call();
      reports.offer(this::later);
      return done;
    } finally {
      look();
    }
  }

  /** Waits for something on the book's thread. */
  <T> T call(Callable<T> task) throws IOException {
    try {
      return thread.submit(() -> work(task)).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException broken) {
        throw broken;
      }
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (RejectedExecutionException e) {
      throw new IOException("BG-CMD-014 commands are being swapped: try again", e);
    } catch (TimeoutException e) {
      throw new IOException("BG-CMD-018 the disk does not answer: seconds=30", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  CompletionStage<Answer> ask(Ask ask) {
    if (asks.incrementAndGet() > MOST_ASKS) {
      asks.decrementAndGet();
      return CompletableFuture.completedFuture(Talk.later(2));
    }
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    try {
      thread.execute(
          () -> {
            asks.decrementAndGet();
            answer.complete(answer(ask));
          });
    } catch (RejectedExecutionException closed) {
      asks.decrementAndGet();
      answer.complete(Talk.later(1));
    }
    return answer;
  }

  private Answer answer(Ask ask) {
    try {
      return work(() -> talk.ask(ask));
    } catch (Exception e) {
      LOG.log(System.Logger.Level.WARNING, "a node is told to ask again: {0}", e.toString());
      return Talk.later(5);
    }
  }

  void deliver(List<Delivery> deliveries) throws IOException {
    call(
        () -> {
          queue.deliver(deliveries);
          return null;
        });
  }

  void results(List<Delivery> deliveries) throws IOException {
    call(
        () -> {
          issued.results(deliveries);
          return null;
        });
  }

  boolean cancel(long number) throws IOException {
    return call(() -> queue.cancel(number));
  }

  Desk.Listing list() throws IOException {
    return call(
        () ->
            new Desk.Listing(
                clock.instant().getEpochSecond(),
                List.copyOf(book.commands().all().values()),
                List.copyOf(book.ended().all().values()),
                List.copyOf(book.sent().all().values())));
  }

  /** As {@link Desk#send}. */
  Desk.Offered send(Order order) throws IOException, InterruptedException {
    Message message = call(() -> issued.begin(order));
    Acceptance acceptance = offer(message);
    if (acceptance instanceof Acceptance.Duplicate) { // nobody has offered this one before
      withdraw(message);
      message =
          call(
              () -> {
                issued.rename();
                return issued.begin(order);
              });
      acceptance = offer(message);
    }
    long sequence = message.id().sequence();
    if (acceptance instanceof Acceptance.Accepted) {
      call(
          () -> {
            issued.accepted(sequence);
            return null;
          });
    } else if (acceptance != null) {
      withdraw(message);
    }
    return new Desk.Offered(sequence, acceptance);
  }

  private void withdraw(Message message) throws IOException {
    call(
        () -> {
          issued.withdrawn(message.id().sequence());
          return null;
        });
  }

  /** Null if nobody knows. */
  private Acceptance offer(Message message) throws InterruptedException {
    for (int tried = 1; ; tried++) {
      Acceptance acceptance = offerOnce(message);
      if (!(acceptance instanceof Acceptance.Busy) || tried == BUSY_TRIES) {
        return acceptance;
      }
      TimeUnit.MILLISECONDS.sleep(BUSY_MILLIS);
    }
  }

  private Acceptance offerOnce(Message message) throws InterruptedException {
    Intake now = intake.get();
    if (now == null) {
      return new Acceptance.Busy(1);
    }
    try {
      return now.offer(message).toCompletableFuture().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | RuntimeException unknown) {
      LOG.log(System.Logger.Level.WARNING, "the router did not answer: {0}", unknown.toString());
      return null;
    }
  }

  private void look() {
    Map<String, Object> now = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    queue.status(now);
    issued.status(now);
    reports.status(now, problems);
    if (!book.failure().isEmpty()) {
      problems.add(book.failure());
    }
    if (!problems.isEmpty()) {
      now.put("problems", problems);
    }
    status = now;
  }

  Map<String, Object> status() {
    return status;
  }

  /** Answers what was asked, then closes the book. */
  @Override
  public void close() {
    thread.shutdown();
    boolean interrupted = false;
    while (!thread.isTerminated()) {
      try {
        thread.awaitTermination(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    try {
      book.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "closing the book of commands", e);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
