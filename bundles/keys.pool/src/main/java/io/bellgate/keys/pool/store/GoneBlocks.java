package io.bellgate.keys.pool.store;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.UUID;

/** IDs of blocks that are gone: they do not come back. For one thread. */
final class GoneBlocks {
  /** So many are remembered; the oldest are forgotten. */
  static final int MOST = 16_384;

  private final LinkedHashSet<UUID> ids = new LinkedHashSet<>();

  void remember(UUID id) {
    ids.remove(id);
    ids.add(id);
    if (ids.size() > MOST) {
      ids.remove(ids.iterator().next());
    }
  }

  boolean contains(UUID id) {
    return ids.contains(id);
  }

  Collection<UUID> all() {
    return ids;
  }
}
