package io.bellgate.keys.pool.peers;

import io.bellgate.keys.pool.store.Marks;
import io.bellgate.keys.pool.store.Report;
import io.bellgate.keys.pool.store.Verdict;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The answering half of the talk with one peer: this end stands witness for what the peer takes.
 * For the one thread of {@link Talk}.
 */
final class Witnessing {
  private static final System.Logger LOG = System.getLogger(Witnessing.class.getName());

  private final Around around;
  private final String peer;
  private final Set<UUID> reported = new HashSet<>();
  private Marks.Hello hello;
  private boolean fresh;
  private boolean complete;
  private boolean heard;
  private long restored;

  Witnessing(Around around, String peer) {
    this.around = around;
    this.peer = peer;
  }

  /** Whether a hello of the peer's was completed in this run. */
  boolean heard() {
    return heard;
  }

  /** How often the peer's store was found to be another than the one that was seen. */
  long restored() {
    return restored;
  }

  byte[] greet(Marks.Hello now) {
    Verdict verdict =
        around.storage().get().call(l -> l.marks().judge(peer, now.incarnation(), now.before()));
    hello = now; // from here on no lease for a run before
    fresh = verdict != Verdict.SAME;
    complete = !fresh;
    reported.clear();
    if (verdict == Verdict.RESTORED) {
      restored++;
      LOG.log(
          Level.WARNING,
          "BG-POOL-002 the peer''s key store is not the one that was seen last, it was restored or"
              + " cloned: all keys with it are discarded: peer={0}",
          peer);
    }
    return Wire.greeting(verdict);
  }

  byte[] note(Wire.Page page) {
    checkRun(page.run());
    Optional<List<Report.Floor>> floors =
        around.storage().get().call(l -> l.marks().note(peer, hello.due(), fresh, page.reports()));
    if (floors.isEmpty()) {
      hello = null;
      restored++;
      LOG.log(
          Level.WARNING,
          "BG-POOL-005 the key stores of the two ends contradict each other, one is older than the"
              + " other knows: all keys with the peer are discarded: peer={0}",
          peer);
      return Wire.floors(new Wire.Floors(false, List.of()));
    }
    for (int i = 0; i < page.reports().size(); i++) {
      if (floors.get().get(i).own() != Integer.MAX_VALUE) {
        reported.add(page.reports().get(i).block());
      }
    }
    if (page.last()) {
      around.storage().get().run(l -> l.marks().complete(peer, page.run(), reported));
      fresh = false;
      complete = true;
      heard = true;
      reported.clear();
    }
    return Wire.floors(new Wire.Floors(true, floors.get()));
  }

  private void checkRun(UUID run) {
    if (hello == null || !hello.incarnation().equals(run)) {
      throw new IllegalArgumentException("BG-POOL-004 a hello comes first");
    }
  }

  byte[] lease(Wire.Wanted leases) {
    checkRun(leases.run());
    if (!complete) {
      throw new IllegalArgumentException("BG-POOL-004 a hello is completed first");
    }
    List<Integer> marks =
        around
            .storage()
            .get()
            .call(l -> leases.wishes().stream().map(w -> l.leases().grant(peer, w)).toList());
    return Wire.leased(marks);
  }
}
