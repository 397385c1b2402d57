package io.bellgate.qkd.link;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a link has done since it started: counts and the last records. Thread safe. */
final class Tally {
  private static final int REMEMBERED = 32;

  /** Rates are taken over so many last blocks. */
  private static final int RATE_BLOCKS = 8;

  private final Deque<BlockRecord> last = new ArrayDeque<>();
  private final Map<String, Long> abortedBy = new TreeMap<>();
  private long confirmed;
  private long unresolved;
  private long secretBits;
  private double lastQber = Double.NaN;

  synchronized void add(BlockRecord record) {
    last.addLast(record);
    if (last.size() > REMEMBERED) {
      last.removeFirst();
    }
    switch (record.outcome()) {
      case BlockRecord.CONFIRMED -> {
        confirmed++;
        secretBits += record.secretBits();
      }
      case BlockRecord.UNRESOLVED -> unresolved++;
      default -> abortedBy.merge(record.reason(), 1L, Long::sum);
    }
    lastQber = Double.isNaN(record.qber()) ? lastQber : record.qber();
  }

  synchronized List<BlockRecord> records() {
    return List.copyOf(last);
  }

  synchronized long aborted() {
    return abortedBy.values().stream().mapToLong(Long::longValue).sum();
  }

  synchronized Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("blocksConfirmed", confirmed);
    status.put("blocksAborted", aborted());
    status.put("abortedByReason", new TreeMap<>(abortedBy));
    status.put("blocksUnresolved", unresolved);
    status.put("secretBits", secretBits);
    if (!Double.isNaN(lastQber)) {
      status.put("lastQber", lastQber);
    }
    rates(status);
    if (!last.isEmpty()) {
      BlockRecord newest = last.getLast();
      status.put("lastOutcome", newest.outcome());
      status.put("lastReason", newest.reason());
      status.put("lastEvidence", newest.evidence());
    }
    return status;
  }

  /** Bits a second over the last blocks, by their own time and not counting rests. */
  private void rates(Map<String, Object> status) {
    List<BlockRecord> all = new ArrayList<>(last);
    List<BlockRecord> some = all.subList(Math.max(0, all.size() - RATE_BLOCKS), all.size());
    double seconds = some.stream().mapToDouble(r -> r.took().toNanos() / 1e9).sum();
    if (seconds > 0) {
      long sifted =
          some.stream().mapToLong(r -> r.counts().keySifted() + r.counts().testSifted()).sum();
      long secret = some.stream().mapToLong(BlockRecord::secretBits).sum();
      status.put("siftedBitsPerSecond", Math.round(sifted / seconds));
      status.put("secretBitsPerSecond", Math.round(secret / seconds));
    }
  }
}
