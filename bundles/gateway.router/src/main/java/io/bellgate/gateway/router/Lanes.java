package io.bellgate.gateway.router;

import static java.util.Comparator.comparingInt;
import static java.util.Comparator.comparingLong;

import io.bellgate.api.policy.Protection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Messages to one peer that wait, kept by what can hold them up, so that those that want a key
 * there is none of, or a sink that takes nothing, hold up no others. In a lane they go in the order
 * of their numbers; of lanes that are open, the one of the first priority has its turn, and of
 * several of those the one that has waited longest. Thread safe.
 */
final class Lanes {
  /**
   * What can hold a message up.
   *
   * @param priority 0 goes first
   * @param acceptable which keys will do
   * @param sink where it is to be delivered
   */
  record Lane(int priority, List<Protection> acceptable, String sink) {
    static Lane of(Item item) {
      return new Lane(item.priority(), item.acceptable(), item.sink());
    }
  }

  /**
   * A message that waits.
   *
   * @param lane where
   * @param transfer its number
   */
  record Waiting(Lane lane, long transfer) {}

  /** The state of a lane. */
  private static final class Line {
    private final NavigableSet<Long> waiting = new TreeSet<>();
    private boolean pausing;
    private long pausedUntil;

    /** The peer was busy: one message at a time until it takes one. */
    private boolean probing;

    private int out;
    private long turn;

    private boolean open(long now) {
      pausing = pausing && now - pausedUntil < 0;
      return !pausing && !waiting.isEmpty() && (!probing || out == 0);
    }

    private boolean idle() {
      return waiting.isEmpty() && out == 0 && !pausing && !probing;
    }
  }

  private static final Comparator<Map.Entry<Lane, Line>> TURNS =
      comparingInt((Map.Entry<Lane, Line> e) -> e.getKey().priority())
          .thenComparing(comparingLong(e -> e.getValue().turn));

  private final Map<Lane, Line> lines = new HashMap<>();
  private final LongSupplier nanos;
  private long turns;

  Lanes(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Puts a message that was not handed out. */
  synchronized void put(Waiting message) {
    line(message.lane()).waiting.add(message.transfer());
  }

  private Line line(Lane lane) {
    return lines.computeIfAbsent(lane, l -> new Line());
  }

  /** Hands out the message whose turn it is, or null if none has a chance now. */
  synchronized Waiting take() {
    long now = nanos.getAsLong();
    Map.Entry<Lane, Line> first =
        lines.entrySet().stream().filter(e -> e.getValue().open(now)).min(TURNS).orElse(null);
    if (first == null) {
      return null;
    }
    Line line = first.getValue();
    line.turn = ++turns;
    line.out++;
    return new Waiting(first.getKey(), line.waiting.pollFirst());
  }

  /** A message that was handed out has arrived, or is no more. */
  synchronized void done(Waiting message, boolean arrived) {
    Line line = line(message.lane());
    line.out--;
    line.probing &= !arrived;
    lines.values().removeIf(Line::idle);
  }

  /** Takes back a message that was handed out, and keeps its lane shut for a while. */
  synchronized void back(Waiting message, long millis) {
    Line line = line(message.lane());
    line.out--;
    line.waiting.add(message.transfer());
    line.pausing = millis > 0;
    line.pausedUntil = nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** As {@link #back}; after the while, goes on with one message at a time until one arrives. */
  synchronized void busy(Waiting message, long millis) {
    back(message, millis);
    line(message.lane()).probing = true;
  }

  /** How many wait; not those handed out. */
  synchronized int size() {
    return lines.values().stream().mapToInt(l -> l.waiting.size()).sum();
  }
}
