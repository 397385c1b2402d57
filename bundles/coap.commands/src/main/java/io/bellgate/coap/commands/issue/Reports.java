package io.bellgate.coap.commands.issue;

import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Intake;
import io.bellgate.api.message.Intake.Acceptance;
import io.bellgate.api.message.Message;
import io.bellgate.api.message.MessageId;
import io.bellgate.coap.commands.book.Book;
import io.bellgate.coap.commands.book.Change;
import io.bellgate.coap.commands.book.Report;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Offers reports to the router until it has each durably. One that may have been offered before a
 * crash is known to it under its identity, so it arrives once. For the thread of its book.
 */
public final class Reports {
  private static final System.Logger LOG = System.getLogger(Reports.class.getName());
  private static final int AT_ONCE = 64;

  private final Book book;
  private final Issued issued;
  private final Supplier<Intake> intake;
  private final String dataClass;
  private final Set<Long> offered = new HashSet<>();
  private final Set<Long> perhapsKnown;
  private long refused;
  private String refusal = "";

  /** Has the thread of the book do something later. */
  public interface Later {
    /** Hands it over; an {@link IOException} is the book's. */
    void run(Task task);
  }

  /** What the thread of the book does. */
  public interface Task {
    /** Does it. */
    void run() throws IOException;
  }

  /** Makes it. */
  public Reports(Book book, Issued issued, Supplier<Intake> intake, String dataClass) {
    this.book = book;
    this.issued = issued;
    this.intake = intake;
    this.dataClass = dataClass;
    this.perhapsKnown = new HashSet<>(book.reports().all().keySet());
  }

  /** Offers what is not on its way; what the router is busy for stays for the next call. */
  public void offer(Later later) {
    Intake now = intake.get();
    if (now == null) {
      return;
    }
    List<Report> due =
        book.reports().all().values().stream()
            .filter(r -> !offered.contains(r.sequence()))
            .limit(AT_ONCE - Math.min(AT_ONCE, offered.size()))
            .toList();
    for (Report report : due) {
      offered.add(report.sequence());
      offer(now, report)
          .whenComplete(
              (acceptance, failure) ->
                  later.run(() -> settle(report, failure == null ? acceptance : null, later)));
    }
  }

  private CompletionStage<Acceptance> offer(Intake now, Report report) {
    try {
      return now.offer(message(report));
    } catch (RuntimeException swapped) {
      return CompletableFuture.failedFuture(swapped);
    }
  }

  private Message message(Report report) {
    Map<String, Object> attributes = new HashMap<>();
    attributes.put(Flow.NODE, report.node());
    attributes.put(Flow.RESOURCE, report.resource());
    attributes.put(Flow.DATA_CLASS, dataClass);
    attributes.put(Flow.INGRESS, report.ingress());
    attributes.put(Flow.PAYLOAD_OCTETS, (long) report.text().length);
    attributes.put(Flow.CONTENT_FORMAT, "application/json");
    attributes.put("x.command.site", report.site());
    return new Message(
        new MessageId(report.name(), report.sequence()),
        new Flow(attributes),
        report.text(),
        Instant.ofEpochMilli(report.millis()));
  }

  private void settle(Report report, Acceptance acceptance, Later later) throws IOException {
    long sequence = report.sequence();
    offered.remove(sequence);
    if (acceptance == null) {
      perhapsKnown.add(sequence);
    } else if (acceptance instanceof Acceptance.Duplicate && !perhapsKnown.contains(sequence)) {
      renumber(report);
      offer(later);
    } else if (!(acceptance instanceof Acceptance.Busy)) {
      if (acceptance instanceof Acceptance.Refused no) {
        refused++;
        refusal = no.code() + " " + no.reason();
        LOG.log(
            System.Logger.Level.WARNING,
            "BG-CMD-017 a result is not sent, the policy refuses it: {0}: node={1} resource={2} site={3}",
            refusal,
            report.node(),
            report.resource(),
            report.site());
      }
      perhapsKnown.remove(sequence);
      Change change = new Change();
      change.remove(book.reports(), sequence);
      book.commit(change);
      offer(later);
    }
  }

  /** Its identity was used before this store was restored from a copy. */
  private void renumber(Report report) throws IOException {
    if (report.name().equals(book.name())) {
      issued.rename();
    }
    Change change = new Change();
    long another = book.sequence() + 1;
    change.remove(book.reports(), report.sequence());
    change.put(book.reports(), another, report.renamed(another, book.name()));
    book.count(change, book.number(), another);
    book.commit(change);
  }

  /** Counts since the start, for status. */
  public void status(Map<String, Object> status, List<String> problems) {
    status.put("reportsRefused", refused);
    if (!refusal.isEmpty()) {
      problems.add(
          "BG-CMD-017 results of commands are refused by the policy: last="
              + refusal
              + "; add a rule for their data class to io.bellgate.policy.rules");
    }
  }
}
