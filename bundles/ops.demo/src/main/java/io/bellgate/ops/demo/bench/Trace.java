package io.bellgate.ops.demo.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

/**
 * When each reading of one phase was posted, accepted (2.04) and seen in the file of its
 * destination. Times are of {@link System#nanoTime} of this process. Thread safe.
 */
final class Trace {
  private final String name;
  private final Map<Long, Long> posted = new ConcurrentHashMap<>();
  private final Map<Long, Long> accepted = new ConcurrentHashMap<>();
  private final Map<Long, Long> delivered = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> others = new ConcurrentHashMap<>();
  private final LongAdder duplicated = new LongAdder();
  private final AtomicLong answers = new AtomicLong();

  /**
   * Begins.
   *
   * @param name first part of the names of its nodes; no other phase has it
   */
  Trace(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  /** One number for node and sequence. */
  static long id(int node, long sequence) {
    return (long) node << 40 | sequence;
  }

  void posted(long id) {
    posted.put(id, System.nanoTime());
  }

  void accepted(long id) {
    accepted(id, System.nanoTime());
  }

  void accepted(long id, long nanos) {
    accepted.put(id, nanos);
    answers.incrementAndGet();
  }

  /** Another answer than 2.04, or none. */
  void other(String what) {
    others.computeIfAbsent(what, w -> new LongAdder()).increment();
    answers.incrementAndGet();
  }

  void delivered(long id, long nanos) {
    if (delivered.putIfAbsent(id, nanos) != null) {
      duplicated.increment();
    }
  }

  /** Whether everything posted is answered and everything accepted is delivered. */
  boolean settled() {
    return answers.get() >= posted.size() && lost() == 0;
  }

  /** Whether everything posted is answered. */
  boolean answered() {
    return answers.get() >= posted.size();
  }

  int posts() {
    return posted.size();
  }

  int acceptances() {
    return accepted.size();
  }

  /** Accepted and not in the file. */
  long lost() {
    return accepted.keySet().stream().filter(id -> !delivered.containsKey(id)).count();
  }

  long duplicated() {
    return duplicated.sum();
  }

  /** Answers that were not 2.04, by code. */
  Map<String, LongAdder> others() {
    return new TreeMap<>(others);
  }

  /** Per second, from the first post to the last acceptance. */
  double acceptedPerSecond() {
    return perSecond(accepted);
  }

  /** Per second, from the first post to the last delivery. */
  double deliveredPerSecond() {
    return perSecond(delivered);
  }

  private double perSecond(Map<Long, Long> what) {
    long begin = posted.values().stream().mapToLong(n -> n).min().orElse(0);
    long end = what.values().stream().mapToLong(n -> n).max().orElse(begin);
    return end == begin ? 0 : what.size() * 1e9 / (end - begin);
  }

  /** From post to 2.04. */
  Latency acceptance() {
    return latency(accepted);
  }

  /** From post to the line in the file. */
  Latency delivery() {
    return latency(delivered);
  }

  private Latency latency(Map<Long, Long> what) {
    double[] millis =
        what.entrySet().stream()
            .filter(e -> posted.containsKey(e.getKey()))
            .mapToDouble(e -> (e.getValue() - posted.get(e.getKey())) / 1e6)
            .sorted()
            .toArray();
    return new Latency(at(millis, 0.50), at(millis, 0.99));
  }

  private static double at(double[] sorted, double quantile) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.min(sorted.length - 1, sorted.length * quantile)];
  }

  /**
   * Quantiles.
   *
   * @param p50 milliseconds
   * @param p99 milliseconds
   */
  record Latency(double p50, double p99) {}

  /** The longest time without a 2.04 between two moments, in milliseconds. */
  double acceptanceSilence(long fromNanos, long toNanos) {
    return silence(accepted, fromNanos, toNanos);
  }

  /** The longest time without a new line in the file between two moments, in milliseconds. */
  double deliverySilence(long fromNanos, long toNanos) {
    return silence(delivered, fromNanos, toNanos);
  }

  private static double silence(Map<Long, Long> what, long fromNanos, long toNanos) {
    long[] times =
        LongStream.concat(what.values().stream().mapToLong(n -> n), LongStream.of(toNanos))
            .filter(n -> n - fromNanos >= 0 && n - toNanos <= 0)
            .sorted()
            .toArray();
    long longest = 0;
    long before = fromNanos;
    for (long time : times) {
      longest = Math.max(longest, time - before);
      before = time;
    }
    return longest / 1e6;
  }

  /** Posts between two moments, per second. */
  double postedPerSecond(long fromNanos, long toNanos) {
    return posted.values().stream().filter(n -> n >= fromNanos && n <= toNanos).count()
        * 1e9
        / (toNanos - fromNanos);
  }

  /** Acceptances between two moments, per second. */
  double acceptedPerSecond(long fromNanos, long toNanos) {
    return accepted.values().stream().filter(n -> n >= fromNanos && n <= toNanos).count()
        * 1e9
        / (toNanos - fromNanos);
  }
}
