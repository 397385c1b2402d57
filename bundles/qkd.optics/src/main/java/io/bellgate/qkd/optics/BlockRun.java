package io.bellgate.qkd.optics;

import io.bellgate.qkd.optics.Message.ToAlice;
import io.bellgate.qkd.optics.Message.ToBob;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * One block passing through the fibre. Simulated. For each batch: asks Alice's bench and Bob's for
 * their settings, and tells Bob's what clicked. For one thread, which no one interrupts: an
 * interrupt would close the channel of the bench that is still there.
 */
final class BlockRun {
  /** Candidates that a batch aims at, and the time it takes at most when pulses are paced. */
  private static final int CANDIDATES = 4096;

  private static final double MOST_SECONDS = 0.1;
  private static final long ANSWER_SECONDS = 30;

  private final Message.Begin begin;
  private final Station<ToAlice> alice;
  private final Station<ToBob> bob;
  private final Table table;
  private final Pace pace;
  private final Counts counts;

  /** What passed on a link since the start. */
  record Counts(
      LongAdder blocks,
      LongAdder blocksEnded,
      LongAdder pulses,
      LongAdder candidates,
      LongAdder clicks,
      LongAdder doubleClicks) {
    Counts() {
      this(
          new LongAdder(),
          new LongAdder(),
          new LongAdder(),
          new LongAdder(),
          new LongAdder(),
          new LongAdder());
    }

    Map<String, Object> asMap() {
      return new TreeMap<>(
          Map.of(
              "blocks", blocks.sum(),
              "blocksEnded", blocksEnded.sum(),
              "pulses", pulses.sum(),
              "candidates", candidates.sum(),
              "clicks", clicks.sum(),
              "doubleClicks", doubleClicks.sum()));
    }
  }

  BlockRun(
      Message.Begin begin,
      Station<ToAlice> alice,
      Station<ToBob> bob,
      Table table,
      Pace pace,
      Counts counts) {
    this.begin = begin;
    this.alice = alice;
    this.bob = bob;
    this.table = table;
    this.pace = pace;
    this.counts = counts;
  }

  /**
   * Runs to its end, and tells both benches how it was.
   *
   * @param over called before they are told, after which they may begin the next
   * @return why it ended early, or null
   */
  String run(Runnable over) {
    String reason = null;
    try {
      pass();
    } catch (Station.Broken | IOException e) {
      reason = String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      reason = "BG-OPTICS-012 the fibre stops";
    }
    (reason == null ? counts.blocks() : counts.blocksEnded()).increment();
    over.run();
    Message.ToBoth last = reason == null ? new Message.Passed() : new Message.Ended(reason);
    tell(alice, last);
    tell(bob, last);
    return reason;
  }

  static <M extends Message> void tell(Station<M> station, M message) {
    try {
      station.send(message);
    } catch (IOException e) {
      station.close();
    }
  }

  private void pass() throws Station.Broken, IOException, InterruptedException {
    Passage passage = table.passage();
    Message.Begun begun = new Message.Begun(table.odds().light().describe());
    alice.send(begun);
    bob.send(begun);
    long start = pace.nanos();
    double seconds = 0;
    try {
      for (long from = 0; from < begin.pulses(); ) {
        double rate = table.pulseRateHz();
        long to = batch(passage, from, from + range(from, rate));
        seconds += rate > 0 ? (to - from) / rate : 0;
        pace.sleep(rate > 0 ? start + (long) (seconds * 1e9) - pace.nanos() : 0);
        from = to;
      }
    } finally {
      table.learned(passage);
    }
  }

  private long range(long from, double rate) {
    double wanted = CANDIDATES / table.odds().candidate();
    double paced = rate > 0 ? rate * MOST_SECONDS : wanted;
    long pulses = (long) Math.max(1, Math.min(Integer.MAX_VALUE, Math.min(wanted, paced)));
    return Math.min(pulses, begin.pulses() - from);
  }

  private long batch(Passage passage, long from, long to)
      throws Station.Broken, IOException, InterruptedException {
    Odds odds = table.odds();
    Passage.Batch batch = passage.next(from, to, odds.candidate());
    Message.Ask ask = new Message.Ask(batch);
    alice.send(ask);
    bob.send(ask);
    int asked = batch.offsets().length;
    byte[] hers = alice.settings(asked, ANSWER_SECONDS);
    byte[] his = bob.settings(asked, ANSWER_SECONDS);
    byte[] clicked = passage.outcomes(hers, his, odds, table.eve());
    bob.send(new Message.Clicked(clicked));
    count(batch, clicked);
    Arrays.fill(hers, (byte) 0);
    Arrays.fill(his, (byte) 0);
    Arrays.fill(clicked, (byte) 0);
    return batch.to();
  }

  private void count(Passage.Batch batch, byte[] clicked) {
    int clicks = 0;
    int doubles = 0;
    for (byte outcome : clicked) {
      clicks += outcome == Odds.NOTHING ? 0 : 1;
      doubles += outcome == 2 ? 1 : 0;
    }
    counts.pulses().add(batch.to() - batch.from());
    counts.candidates().add(clicked.length);
    counts.clicks().add(clicks);
    counts.doubleClicks().add(doubles);
  }
}
