package io.bellgate.ops.node.reading;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What came of the readings that were posted. Used by one thread. */
public final class Tally {
  private static final int MOST_LATENCIES = 65_536;

  private final Map<String, Integer> refused = new TreeMap<>();
  private final long[] nanos = new long[MOST_LATENCIES];
  private long sent;
  private long acknowledged;
  private long repeated;
  private long lost;

  /** One is on its way. */
  public void sent() {
    sent++;
  }

  /** It was taken, so long after it was sent. */
  public void acknowledged(long tookNanos) {
    nanos[(int) (acknowledged++ % MOST_LATENCIES)] = tookNanos;
  }

  /** It is posted again, under the same count. */
  public void repeated() {
    repeated++;
  }

  /** It was refused, for a reason that may come often. */
  public void refused(String why) {
    refused.merge(why, 1, Integer::sum);
  }

  /** No answer came. */
  public void lost() {
    lost++;
  }

  /** How many were taken. */
  public long acknowledged() {
    return acknowledged;
  }

  /** How many came to nothing. */
  public long failed() {
    return refusals() + lost;
  }

  /** How many were refused. */
  public long refusals() {
    return refused.values().stream().mapToLong(Integer::longValue).sum();
  }

  /** The counts in a line. */
  public String line() {
    return "sent "
        + sent
        + ", acknowledged "
        + acknowledged
        + ", refused "
        + refusals()
        + ", lost "
        + lost
        + (repeated == 0 ? "" : ", posted again " + repeated);
  }

  /** All of it for a person. */
  public String text() {
    StringBuilder text = new StringBuilder(line()).append('\n');
    refused.forEach(
        (why, n) -> text.append("refused ").append(why).append(": ").append(n).append('\n'));
    if (acknowledged > 0) {
      long[] sorted = sorted();
      text.append(
          String.format(
              Locale.ROOT,
              "acknowledged after ms: median %.1f, 99 %% %.1f, highest %.1f%n",
              millis(sorted, 0.5),
              millis(sorted, 0.99),
              millis(sorted, 1)));
    }
    return text.toString();
  }

  /** All of it for a program. */
  public JsonObject json() {
    JsonObjectBuilder why = Json.createObjectBuilder();
    refused.forEach(why::add);
    JsonObjectBuilder all =
        Json.createObjectBuilder()
            .add("sent", sent)
            .add("acknowledged", acknowledged)
            .add("refused", refusals())
            .add("lost", lost)
            .add("repeated", repeated)
            .add("refusals", why);
    if (acknowledged > 0) {
      long[] sorted = sorted();
      all.add("medianMillis", rounded(millis(sorted, 0.5)))
          .add("p99Millis", rounded(millis(sorted, 0.99)))
          .add("highestMillis", rounded(millis(sorted, 1)));
    }
    return all.build();
  }

  private static BigDecimal rounded(double value) {
    return BigDecimal.valueOf(value).setScale(1, RoundingMode.HALF_UP);
  }

  /** Of the latest, in order. */
  private long[] sorted() {
    long[] sorted = Arrays.copyOf(nanos, (int) Math.min(acknowledged, MOST_LATENCIES));
    Arrays.sort(sorted);
    return sorted;
  }

  private static double millis(long[] sorted, double part) {
    return sorted[(int) Math.ceil(part * sorted.length) - 1] / 1e6;
  }
}
