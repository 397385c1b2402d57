package io.bellgate.keys.pool.store;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The runs of this store: each time it is opened it gets a new incarnation. A peer that knows one
 * of them knows that this store has grown from what it knew. Owned by the storage thread.
 */
final class Runs {
  /**
   * Earlier ones are forgotten: a peer that saw none of these since takes the store for another.
   */
  static final int MOST = 256;

  private final List<Run> runs = new ArrayList<>();
  private boolean open;

  /**
   * One run.
   *
   * @param cleanBefore whether every run before it ended as it should
   */
  record Run(UUID incarnation, boolean cleanBefore) {}

  void begun(UUID incarnation, boolean clean) {
    runs.add(new Run(incarnation, clean && (runs.isEmpty() || cleanBefore())));
    if (runs.size() > MOST) {
      runs.remove(0);
    }
    open = true;
  }

  void closed() {
    open = false;
  }

  /** Whether the last run has not ended as it should. */
  boolean open() {
    return open;
  }

  /** Whether every run before the present one ended as it should. */
  boolean cleanBefore() {
    return runs.isEmpty() || runs.get(runs.size() - 1).cleanBefore();
  }

  boolean isCurrent(UUID incarnation) {
    return open && current().equals(incarnation);
  }

  UUID current() {
    return runs.get(runs.size() - 1).incarnation();
  }

  /** Oldest first, the present one last. */
  List<Run> all() {
    return List.copyOf(runs);
  }
}
