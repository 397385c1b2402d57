package io.bellgate.coap.commands.queue;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Flow;
import io.bellgate.coap.commands.book.Book;
import io.bellgate.coap.commands.book.Change;
import io.bellgate.coap.commands.book.Command;
import io.bellgate.coap.commands.book.End;
import io.bellgate.coap.commands.book.Ended;
import io.bellgate.coap.commands.book.Report;
import io.bellgate.coap.commands.queue.Words.Ending;
import java.io.IOException;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Commands that wait for nodes of this site. Each that a peer was promised about ends once, and its
 * issuer is told how. For the thread of its book.
 */
public final class Queue {
  private static final System.Logger LOG = System.getLogger(Queue.class.getName());
  private static final Pattern RESOURCE = Pattern.compile("[A-Za-z0-9._/-]{1,64}");

  /** {@code Long} attribute of a flow: when a command expires, seconds since 1970. */
  public static final String EXPIRES = "x.command.expires";

  /** So many ends are remembered; the lowest number goes first. */
  static final int MOST_ENDED = 10_000;

  /** So many reports wait for the router; with more no command and no result is taken. */
  static final int MOST_REPORTS = 5_000;

  /** A peer that goes wrong does not fill the log. */
  private static final int LOG_EVERY = 1_000;

  private final Book book;
  private final Rules rules;
  private final InstantSource clock;
  private final Consumer<String> changed;
  private final Map<End, Long> ends = new EnumMap<>(End.class);
  private long delivered;
  private long repeated;
  private long strangers;

  /**
   * Makes it.
   *
   * @param changed is told the node for which another command is first now
   */
  public Queue(Book book, Rules rules, InstantSource clock, Consumer<String> changed) {
    this.book = book;
    this.rules = rules;
    this.clock = clock;
    this.changed = changed;
  }

  /** What becomes durable together, with what it makes of counts. */
  private final class Draft {
    private final Change change = new Change();
    private final Map<String, Integer> added = new HashMap<>();
    private final Set<String> touched = new LinkedHashSet<>();
    private final Map<End, Long> ending = new EnumMap<>(End.class);
    private final Iterator<Long> oldest = book.ended().all().keySet().iterator();
    private long number = book.number();
    private long sequence = book.sequence();
    private int addedAll;
    private int room = MOST_ENDED - book.ended().all().size();

    boolean full(String node) {
      return book.commands(node).size() + added.getOrDefault(node, 0) >= rules.perNode()
          || book.commands().all().size() + addedAll >= rules.most();
    }

    void add(Command command) throws IOException {
      change.put(book.commands(), command.number(), command);
      added.merge(command.node(), 1, Integer::sum);
      addedAll++;
      touched.add(command.node());
    }

    /** Ends a command that waits, or one that never did. */
    void end(Command command, End end, String ingress, Ending words) throws IOException {
      long now = clock.millis();
      if (book.commands().all().containsKey(command.number())) {
        change.remove(book.commands(), command.number());
        touched.add(command.node());
      }
      forget();
      change.put(
          book.ended(),
          command.number(),
          new Ended(
              command.number(),
              command.node(),
              command.resource(),
              command.id(),
              command.site(),
              end,
              command.given(),
              now / 1_000,
              command.evidence().getOrDefault("protection", "unknown")));
      sequence++;
      change.put(
          book.reports(),
          sequence,
          new Report(
              sequence,
              book.name(),
              command.node(),
              command.resource(),
              ingress,
              command.site(),
              Words.report(command, words),
              now));
      ending.merge(end, 1L, Long::sum);
    }

    private void forget() throws IOException {
      if (room > 0) {
        room--;
      } else if (oldest.hasNext()) {
        change.remove(book.ended(), oldest.next());
      }
    }

    void commit() throws IOException {
      book.count(change, number, sequence);
      book.commit(change);
      ending.forEach((end, count) -> ends.merge(end, count, Long::sum));
      touched.forEach(changed);
    }
  }

  /**
   * Takes what the router delivers; durable when it returns.
   *
   * @throws IOException if nothing was taken: it comes again
   */
  public void deliver(List<Delivery> deliveries) throws IOException {
    checkReports();
    Draft draft = new Draft();
    long highest = book.commandsHighest();
    long taken = 0;
    long strange = 0;
    for (Delivery delivery : deliveries) {
      if (delivery.number() <= highest) {
        continue;
      }
      highest = delivery.number();
      taken++;
      if (Arrival.isCommand(delivery)) {
        take(delivery, draft);
      } else {
        if ((strangers + strange++) % LOG_EVERY == 0) {
          LOG.log(
              System.Logger.Level.WARNING,
              "BG-CMD-010 only what an operator said to a gateway is a command: id={0} site={1}",
              delivery.message().id(),
              delivery.site());
        }
      }
    }
    repeated += deliveries.size() - taken;
    if (taken > 0) {
      book.commandsHighest(draft.change, highest);
      draft.commit();
      delivered += taken;
      strangers += strange;
    }
  }

  private void checkReports() throws IOException {
    if (book.reports().all().size() >= MOST_REPORTS) {
      throw new IOException(
          "BG-CMD-013 reports of commands wait for the router, no more is taken: reports="
              + book.reports().all().size());
    }
  }

  private void take(Delivery delivery, Draft draft) throws IOException {
    long now = clock.instant().getEpochSecond();
    Arrival arrival = Arrival.of(delivery, ++draft.number, now, rules);
    Command command = arrival.command();
    if (arrival.refusal() != null) {
      Ending words =
          new Ending(
              End.REFUSED.word(),
              OptionalInt.empty(),
              new byte[0],
              arrival.refusal().code(),
              arrival.refusal().getMessage());
      draft.end(command, End.REFUSED, Flow.GATEWAY, words);
    } else if (command.expiresSeconds() <= now) {
      draft.end(command, End.EXPIRED, Flow.GATEWAY, Ending.of(End.EXPIRED.word()));
    } else if (draft.full(command.node())) {
      draft.end(command, End.OVERFLOWED, Flow.GATEWAY, Ending.of(End.OVERFLOWED.word()));
    } else {
      draft.add(command);
    }
  }

  /** Ends what nobody answered in time. */
  public void expire() throws IOException {
    long now = clock.instant().getEpochSecond();
    Draft draft = new Draft();
    for (Command command : book.commands().all().values()) {
      if (command.expiresSeconds() <= now) {
        draft.end(command, End.EXPIRED, Flow.GATEWAY, Ending.of(End.EXPIRED.word()));
      }
    }
    if (!draft.touched.isEmpty()) {
      draft.commit();
    }
  }

  /**
   * Takes a command back.
   *
   * @return whether it waited
   */
  public boolean cancel(long number) throws IOException {
    Command command = book.commands().all().get(number);
    if (command == null) {
      return false;
    }
    Draft draft = new Draft();
    draft.end(command, End.CANCELLED, Flow.OPERATOR, Ending.of(End.CANCELLED.word()));
    draft.commit();
    return true;
  }

  /** The node answers the first of its commands. */
  void answered(Command command, End end, String ingress, Ending words) throws IOException {
    checkReports();
    Draft draft = new Draft();
    draft.end(command, end, ingress, words);
    draft.commit();
  }

  /** Remembers, before it is so, that a command is sent to its node. */
  Command given(Command command) throws IOException {
    if (command.given()) {
      return command;
    }
    Command sent = command.sentToNode();
    Change change = new Change();
    change.put(book.commands(), sent.number(), sent);
    book.commit(change);
    return sent;
  }

  /** The command that a node is to do now, or null. */
  Command first(String node) throws IOException {
    long now = clock.instant().getEpochSecond();
    if (book.commands(node).values().stream().anyMatch(c -> c.expiresSeconds() <= now)) {
      expire();
    }
    Map.Entry<Long, Command> first = book.commands(node).firstEntry();
    return first == null ? null : first.getValue();
  }

  /** How the command with this number ended, or null. */
  Ended ended(long number) {
    return book.ended().all().get(number);
  }

  /** Seconds until a command expires. */
  long left(Command command) {
    return command.expiresSeconds() - clock.instant().getEpochSecond();
  }

  /** Whether a resource of a node can have this name. */
  public static boolean isResource(String name) {
    return RESOURCE.matcher(name).matches();
  }

  Rules rules() {
    return rules;
  }

  /** Counts since the start, for status. */
  public void status(Map<String, Object> status) {
    status.put("waiting", book.commands().all().size());
    status.put("delivered", delivered);
    for (End end : End.values()) {
      status.put(end.word(), ends.getOrDefault(end, 0L));
    }
    status.put("repeatedAfterCrash", repeated);
    status.put("noCommands", strangers);
    status.put("reportsWaiting", book.reports().all().size());
  }
}
