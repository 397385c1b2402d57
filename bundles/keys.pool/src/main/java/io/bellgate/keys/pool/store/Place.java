package io.bellgate.keys.pool.store;

import java.nio.file.Path;

/**
 * Where a pool keeps its things, and how.
 *
 * @param folder of the store
 * @param keyFile of the wrapping key
 * @param site this site's ID
 * @param fsync whether a power cut counts
 */
public record Place(Path folder, Path keyFile, String site, boolean fsync) {

  /** The journal. */
  public Path store() {
    return folder.resolve("pool.journal");
  }
}
