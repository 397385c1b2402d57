package io.bellgate.gateway.router;

import io.bellgate.api.message.Flow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts since the router started, and the last few decisions. Thread safe. */
final class Counters {
  private static final int LAST = 8;
  private static final int MOST = 256;
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final Deque<String> decisions = new ArrayDeque<>();
  private final Changes changes = new Changes();

  void count(String what) {
    // names hold data classes that a peer wrote: bounded
    String name = counts.containsKey(what) || counts.size() < MOST ? what : "other";
    counts.computeIfAbsent(name, w -> new LongAdder()).increment();
  }

  /** Counts a message under {@code WHAT/DATA CLASS/PROTECTION}. */
  void count(String what, Item item, String protection) {
    count(what);
    count(what + "/" + item.message().flow().text(Flow.DATA_CLASS) + "/" + protection);
  }

  void decided(String line) {
    synchronized (decisions) {
      decisions.addLast(line);
      if (decisions.size() > LAST) {
        decisions.removeFirst();
      }
    }
  }

  Changes changes() {
    return changes;
  }

  Map<String, Object> status() {
    Map<String, Object> status = new TreeMap<>();
    counts.forEach((what, n) -> status.put(what, n.sum()));
    return status;
  }

  List<String> lastDecisions() {
    synchronized (decisions) {
      return new ArrayList<>(decisions);
    }
  }
}
