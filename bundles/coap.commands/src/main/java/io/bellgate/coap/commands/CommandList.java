package io.bellgate.coap.commands;

import io.bellgate.coap.commands.Desk.Listing;
import io.bellgate.coap.commands.book.Command;
import io.bellgate.coap.commands.book.Ended;
import io.bellgate.coap.commands.book.Sent;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.spi.JsonProvider;
import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.util.List;

/**
 * What {@code commands list} shows: what waits, what has ended here, what was sent from here.
 *
 * @param listing from the book
 * @param node alone, or an empty text for all
 */
record CommandList(Listing listing, String node) {
  /** Ends that are shown as text, the latest; all are in the JSON. */
  private static final int LATEST = 20;

  private static final JsonProvider JSON = JsonProvider.provider();

  void print(PrintStream out, boolean json) {
    if (json) {
      out.println(json());
      return;
    }
    List<Command> waiting = waiting();
    out.println("waiting here: " + waiting.size());
    for (Command c : waiting) {
      out.printf(
          "  %s %d %s from %s, %s, %d s old, expires in %d s, %s%n",
          c.node(),
          c.number(),
          c.resource(),
          c.site(),
          protection(c),
          age(c.arrivedSeconds()),
          -age(c.expiresSeconds()),
          state(c));
    }
    List<Ended> ended = latest(ended());
    out.println("ended here: " + ended().size());
    for (Ended e : ended) {
      out.printf(
          "  %s %d %s from %s, %s, %d s ago, %s%n",
          e.node(),
          e.number(),
          e.resource(),
          e.site(),
          e.protection(),
          age(e.endedSeconds()),
          state(e));
    }
    List<Sent> sent = latest(sent());
    out.println("sent from here: " + sent().size());
    for (Sent s : sent) {
      out.printf(
          "  %s %d %s, %d s ago, %s%n",
          s.node(), s.sequence(), s.resource(), age(s.sentSeconds()), state(s));
    }
  }

  private static <T> List<T> latest(List<T> all) {
    return all.subList(Math.max(0, all.size() - LATEST), all.size());
  }

  private boolean shown(String of) {
    return node.isEmpty() || node.equals(of);
  }

  private List<Command> waiting() {
    return listing.waiting().stream().filter(c -> shown(c.node())).toList();
  }

  private List<Ended> ended() {
    return listing.ended().stream().filter(e -> shown(e.node())).toList();
  }

  private List<Sent> sent() {
    return listing.sent().stream().filter(s -> shown(s.node())).toList();
  }

  private long age(long seconds) {
    return listing.nowSeconds() - seconds;
  }

  private static String protection(Command command) {
    return command.evidence().getOrDefault("protection", "unknown");
  }

  private static String state(Command command) {
    return command.given() ? "given" : "waiting";
  }

  private static String state(Ended ended) {
    return ended.end().word() + (ended.given() || ended.end().byNode() ? "" : ", never given");
  }

  private static String state(Sent sent) {
    if (sent.outcome().isEmpty()) {
      return sent.accepted() ? "no result yet" : "not known whether it was sent";
    }
    Sent.Outcome outcome = sent.outcome().get();
    return outcome.end().word() + " says " + outcome.site() + ": " + report(outcome);
  }

  /** What came back, as it is: it was read before. */
  private static JsonObject report(Sent.Outcome outcome) {
    try (JsonReader reader = JSON.createReader(new ByteArrayInputStream(outcome.text()))) {
      return reader.readObject();
    } catch (JsonException e) {
      return JsonObject.EMPTY_JSON_OBJECT;
    }
  }

  private JsonObject json() {
    JsonArrayBuilder waits = JSON.createArrayBuilder();
    waiting().forEach(c -> waits.add(json(c)));
    JsonArrayBuilder ends = JSON.createArrayBuilder();
    ended().forEach(e -> ends.add(json(e)));
    JsonArrayBuilder left = JSON.createArrayBuilder();
    sent().forEach(s -> left.add(json(s)));
    return JSON.createObjectBuilder()
        .add("waiting", waits)
        .add("ended", ends)
        .add("sent", left)
        .build();
  }

  private JsonObjectBuilder json(Command command) {
    JsonObjectBuilder evidence = JSON.createObjectBuilder();
    command.evidence().entrySet().stream()
        .sorted(java.util.Map.Entry.comparingByKey())
        .forEach(e -> evidence.add(e.getKey(), e.getValue()));
    return JSON.createObjectBuilder()
        .add("node", command.node())
        .add("number", command.number())
        .add("resource", command.resource())
        .add("command", command.id().toString())
        .add("site", command.site())
        .add("protection", protection(command))
        .add("ageSeconds", age(command.arrivedSeconds()))
        .add("expiresInSeconds", -age(command.expiresSeconds()))
        .add("state", state(command))
        .add("evidence", evidence);
  }

  private JsonObjectBuilder json(Ended ended) {
    return JSON.createObjectBuilder()
        .add("node", ended.node())
        .add("number", ended.number())
        .add("resource", ended.resource())
        .add("command", ended.id().toString())
        .add("site", ended.site())
        .add("protection", ended.protection())
        .add("endedSecondsAgo", age(ended.endedSeconds()))
        .add("state", ended.end().word())
        .add("given", ended.given());
  }

  private JsonObjectBuilder json(Sent sent) {
    JsonObjectBuilder json =
        JSON.createObjectBuilder()
            .add("node", sent.node())
            .add("sequence", sent.sequence())
            .add("resource", sent.resource())
            .add("command", sent.name() + "/" + sent.sequence())
            .add("sentSecondsAgo", age(sent.sentSeconds()))
            .add("accepted", sent.accepted());
    sent.outcome()
        .ifPresent(
            o ->
                json.add("state", o.end().word())
                    .add("saidBy", o.site())
                    .add("resultProtection", o.protection())
                    .add("report", report(o)));
    return json;
  }
}
