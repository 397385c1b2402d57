package io.bellgate.ops.node;

import io.bellgate.api.ops.Command;
import io.bellgate.ops.node.reading.Csv;
import io.bellgate.ops.node.reading.Reading;
import io.bellgate.ops.node.reading.Tally;
import io.bellgate.ops.node.state.StateProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Posts readings. */
final class Post implements Verb {
  private static final long MOST = 1_000_000_000;

  @Override
  public String name() {
    return "post";
  }

  @Override
  public String help() {
    return """
    usage: bellgate node post GATEWAY NODE RESOURCE VALUE [--count N] [--every MILLIS] [options]
           bellgate node post GATEWAY NODE RESOURCE --payload TEXT [--format N] [--inside] [options]
           bellgate node post GATEWAY NODE RESOURCE --csv FILE [--every MILLIS] [options]

    Posts readings to /telemetry/NODE/RESOURCE, one after the other: the next one goes when the one
    before was answered, and not before its time. Each has the node's next count `seq`, over all
    runs. Ctrl-C ends it with the summary of what came of them.

      VALUE               posts {"seq": N, "v": VALUE}
      --payload TEXT      posts the text as it is; its count goes into the query
      --format N          CoAP Content-Format of it (default 50, JSON)
      --inside            its count is in it
      --csv FILE          one reading for each row: a JSON object of `seq` and the cells that are not
                          empty, under the names in the first line; separated by commas or semicolons
      --count N           how many (default: 1, or all rows)
      --every MILLIS      from one to the next (default 0: as fast as they are answered)
      --type con|non      confirmable (default), or not
      --again N           how often one is posted again, with the same count, if no answer comes or the
                          gateway says that it cannot now (5.03) and when it will (default 3)
    """
        + Session.HELP
        + """

    exit code 0 if all were acknowledged, 4 if some were refused, 3 if none was answered, else 1.

    examples:
      bellgate node post coaps://HOST pump-17 pressure 1016.6
      bellgate node post HOST pump-17 weather --csv hourly.csv --every 1000 --oscore --json
      bellgate node post HOST pump-17 state --payload open --format 0 --dtls
    """;
  }

  @Override
  public Set<String> valued() {
    return NodeCommand.and(
        Session.VALUED,
        "--payload",
        "--format",
        "--csv",
        "--count",
        "--every",
        "--type",
        "--again");
  }

  @Override
  public Set<String> flags() {
    return NodeCommand.and(Session.FLAGS, "--inside");
  }

  @Override
  public int run(Words words, Command.Call call)
      throws IOException, InterruptedException, StateProblem {
    words.expect(3, 4, "GATEWAY NODE RESOURCE and one of VALUE, --payload, --csv");
    Posting.Manner manner = manner(words);
    Optional<Path> csv = words.value("--csv").map(Path::of);
    Optional<Reading> same = same(words);
    if (csv.isPresent() == same.isPresent()) {
      throw new IllegalArgumentException("a reading is one of VALUE, --payload and --csv");
    }
    if (csv.isPresent()) {
      try (Csv rows = new Csv(csv.get())) {
        return post(rows, words.number("--count", 1, MOST, MOST), manner, words, call);
      }
    }
    Iterator<Reading> again = Stream.generate(same::get).iterator();
    return post(again, words.number("--count", 1, MOST, 1), manner, words, call);
  }

  private static Posting.Manner manner(Words words) {
    String resource = words.word(2);
    if (!resource.matches("[A-Za-z0-9._/-]{1,128}")) {
      throw new IllegalArgumentException(
          "a resource has letters, digits, dots, hyphens, underlines: resource=" + resource);
    }
    String type = words.value("--type").orElse("con");
    if (!List.of("con", "non").contains(type)) {
      throw new IllegalArgumentException("--type is con or non: value=" + type);
    }
    return new Posting.Manner(
        "/telemetry/" + words.word(1) + "/" + resource,
        type.equals("con"),
        words.number("--every", 0, 86_400_000, 0),
        words.number("--again", 0, 1_000, 3));
  }

  private static Optional<Reading> same(Words words) {
    Optional<String> payload = words.value("--payload");
    if (payload.isEmpty()) {
      if (words.has("--format") || words.has("--inside")) {
        throw new IllegalArgumentException("--format and --inside are for --payload");
      }
      return words.size() == 4
          ? Optional.of(Reading.of(List.of(new Reading.Member("v", words.word(3)))))
          : Optional.empty();
    }
    if (words.size() == 4) {
      throw new IllegalArgumentException("a reading is one of VALUE, --payload and --csv");
    }
    int format = (int) words.number("--format", 0, 65_535, Reading.JSON);
    return payload.map(text -> Reading.verbatim(text, format, words.has("--inside")));
  }

  private static int post(
      Iterator<Reading> readings, long count, Posting.Manner manner, Words words, Command.Call call)
      throws IOException, InterruptedException, StateProblem {
    try (Session session = Session.open(words, words.word(0), words.word(1), call.err())) {
      Tally tally = new Tally();
      boolean whole = new Posting(session, manner, tally, call.err()).run(readings, count);
      if (words.has("--json")) {
        call.out().println(tally.json());
      } else {
        call.out().print(tally.text());
      }
      return code(tally, whole);
    }
  }

  private static int code(Tally tally, boolean whole) {
    if (tally.refusals() > 0) {
      return Command.REFUSED;
    }
    if (tally.failed() > 0) {
      return tally.acknowledged() == 0 ? Command.UNREACHABLE : Command.FAILED;
    }
    return whole ? Command.OK : Command.FAILED;
  }
}
