package io.bellgate.coap.commands.issue;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Message;
import io.bellgate.api.message.MessageId;
import io.bellgate.coap.commands.book.Book;
import io.bellgate.coap.commands.book.Change;
import io.bellgate.coap.commands.book.End;
import io.bellgate.coap.commands.book.Sent;
import io.bellgate.coap.commands.queue.Queue;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.spi.JsonProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Commands that were issued at this site, and what became of them, as far as it came back. Bounded:
 * the oldest that ended goes first, then the oldest. For the thread of its book.
 */
public final class Issued {
  private static final System.Logger LOG = System.getLogger(Issued.class.getName());
  private static final JsonProvider JSON = JsonProvider.provider();
  private static final int MOST_REPORT_OCTETS = 4_096;

  /** A peer that goes wrong does not fill the log. */
  private static final int LOG_EVERY = 1_000;

  private final Book book;
  private final String site;
  private final int kept;
  private final InstantSource clock;
  private final LongSupplier series;
  private long results;
  private long repeated;
  private long strays;

  /**
   * Makes it.
   *
   * @param kept so many are remembered
   * @param series draws a part of a name
   */
  public Issued(Book book, String site, int kept, InstantSource clock, LongSupplier series) {
    this.book = book;
    this.site = site;
    this.kept = kept;
    this.clock = clock;
    this.series = series;
  }

  /** Gives an order a sequence of its own, durably, before anybody is told of it. */
  public Message begin(Order order) throws IOException {
    Instant now = clock.instant();
    long sequence = book.sequence() + 1;
    Sent sent =
        new Sent(
            sequence,
            book.name(),
            order.node(),
            order.resource(),
            now.getEpochSecond(),
            now.getEpochSecond() + order.lifeSeconds(),
            false,
            Optional.empty());
    Change change = new Change();
    makeRoom(change);
    change.put(book.sent(), sequence, sent);
    book.count(change, book.number(), sequence);
    book.commit(change);
    return message(order, sent, now);
  }

  private void makeRoom(Change change) throws IOException {
    Map<Long, Sent> all = book.sent().all();
    if (all.size() >= kept) {
      long surplus =
          all.values().stream()
              .filter(s -> s.outcome().isPresent())
              .findFirst()
              .orElseGet(() -> all.values().iterator().next())
              .sequence();
      change.remove(book.sent(), surplus);
    }
  }

  private static Message message(Order order, Sent sent, Instant now) {
    Map<String, Object> attributes = new HashMap<>();
    attributes.put(Flow.NODE, order.node());
    attributes.put(Flow.RESOURCE, order.resource());
    attributes.put(Flow.DATA_CLASS, order.dataClass());
    attributes.put(Flow.INGRESS, Flow.OPERATOR);
    attributes.put(Flow.PAYLOAD_OCTETS, (long) order.payload().length);
    attributes.put(Flow.CONTENT_FORMAT, order.format().mediaType());
    attributes.put(Queue.EXPIRES, sent.expiresSeconds());
    return new Message(
        new MessageId(sent.name(), sent.sequence()), new Flow(attributes), order.payload(), now);
  }

  /** The router has taken it. */
  public void accepted(long sequence) throws IOException {
    Sent sent = book.sent().all().get(sequence);
    if (sent != null && !sent.accepted()) {
      Change change = new Change();
      change.put(book.sent(), sequence, sent.taken());
      book.commit(change);
    }
  }

  /** The router has not taken it, and nobody will offer it again. */
  public void withdrawn(long sequence) throws IOException {
    Change change = new Change();
    change.remove(book.sent(), sequence);
    book.commit(change);
  }

  /** A name was used before: this store is a copy, and counts under another from now on. */
  public void rename() throws IOException {
    LOG.log(
        System.Logger.Level.WARNING,
        "BG-CMD-015 this store counts anew under another name: it was restored from a copy: name={0}",
        book.name());
    book.rename(site, series);
  }

  /**
   * Takes reports; durable when it returns.
   *
   * @throws IOException if nothing was taken: they come again
   */
  public void results(List<Delivery> deliveries) throws IOException {
    Change change = new Change();
    Map<Long, Sent> now = new HashMap<>();
    long highest = book.resultsHighest();
    long before = highest;
    for (Delivery delivery : deliveries) {
      if (delivery.number() <= highest) {
        repeated++;
        continue;
      }
      highest = delivery.number();
      Sent ended = ended(delivery, now);
      if (ended == null) {
        if (strays++ % LOG_EVERY == 0) {
          LOG.log(
              System.Logger.Level.WARNING,
              "BG-CMD-016 a result belongs to a command of this site that has none: id={0} site={1}",
              delivery.message().id(),
              delivery.site());
        }
      } else {
        now.put(ended.sequence(), ended);
        change.put(book.sent(), ended.sequence(), ended);
      }
    }
    if (highest > before) {
      book.resultsHighest(change, highest);
      book.commit(change);
      results += now.size();
    }
  }

  /** The command that a report ends, or null. */
  private Sent ended(Delivery delivery, Map<Long, Sent> endedNow) {
    Message message = delivery.message();
    if (message.id().site().filter(delivery.site()::equals).isEmpty()
        || message.payload().length > MOST_REPORT_OCTETS) {
      return null;
    }
    try (JsonReader reader = JSON.createReader(new ByteArrayInputStream(message.payload()))) {
      JsonObject report = reader.readObject();
      String id = report.getString("command", "");
      End end = End.of(report.getString("state", "")).orElse(null);
      Sent sent = of(id);
      if (end == null
          || sent == null
          || sent.outcome().isPresent()
          || endedNow.containsKey(sent.sequence())
          || !sent.node().equals(message.flow().text(Flow.NODE))) {
        return null;
      }
      return sent.ended(
          new Sent.Outcome(
              end,
              delivery.site(),
              clock.instant().getEpochSecond(),
              delivery.evidence().getOrDefault("protection", "unknown"),
              message.payload()));
    } catch (JsonException | IllegalStateException | ClassCastException malformed) {
      return null;
    }
  }

  private Sent of(String id) {
    int slash = id.lastIndexOf('/');
    if (slash < 0 || !id.substring(slash + 1).matches("[1-9][0-9]{0,17}")) {
      return null;
    }
    Sent sent = book.sent().all().get(Long.parseLong(id.substring(slash + 1)));
    return sent != null && sent.name().equals(id.substring(0, slash)) ? sent : null;
  }

  /** Counts since the start, for status. */
  public void status(Map<String, Object> status) {
    status.put("sent", book.sent().all().size());
    status.put(
        "sentWithoutResult",
        book.sent().all().values().stream().filter(s -> s.outcome().isEmpty()).count());
    status.put("results", results);
    status.put("resultsRepeatedAfterCrash", repeated);
    status.put("resultsOfNoCommand", strays);
  }
}
