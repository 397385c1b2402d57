package io.bellgate.api.keys;

import java.time.Clock;

/** The pool for tests keeps the contract, too. */
class MemoryPoolTest extends KeyPoolContract {
  @Override
  protected KeyPool open(String site, boolean lab, Clock time) {
    return new MemoryPool(site, lab, time);
  }
}
