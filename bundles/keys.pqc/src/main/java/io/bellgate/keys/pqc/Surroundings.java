package io.bellgate.keys.pqc;

import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.Gone;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What an exchange needs from outside; each may be absent for the time of a swap.
 *
 * @param settings as configured now
 * @param pools gives null in the gap
 * @param bits gives null in the gap
 * @param registries gives null in the gap
 * @param nanos a clock that only moves forward
 */
record Surroundings(
    Supplier<Settings> settings,
    Supplier<KeyPool> pools,
    Supplier<RandomBits> bits,
    Supplier<AlgorithmRegistry> registries,
    LongSupplier nanos) {

  KeyPool pool() {
    KeyPool pool = pools.get();
    if (pool == null) {
      throw new Gone("keys.pool");
    }
    return pool;
  }

  AlgorithmRegistry algorithms() {
    AlgorithmRegistry registry = registries.get();
    if (registry == null) {
      throw new Gone("the algorithm registry");
    }
    return registry;
  }

  RandomBits random() {
    RandomBits random = bits.get();
    if (random == null) {
      throw new Gone("entropy.hub");
    }
    return random;
  }

  /** True if that many milliseconds from now is the moment, or earlier. */
  long inMillis(long millis) {
    return nanos.getAsLong() + millis * 1_000_000;
  }

  boolean reached(long moment) {
    return nanos.getAsLong() - moment >= 0;
  }
}
