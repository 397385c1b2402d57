package io.bellgate.keys.pool.peers;

import io.bellgate.keys.pool.store.Storage;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the talk needs from outside.
 *
 * @param storage the open store
 * @param owner runs tasks one after the other
 * @param nanos a clock that only moves forward
 * @param ahead chunks that are leased ahead, as configured now
 */
public record Around(
    Supplier<Storage> storage, Executor owner, LongSupplier nanos, IntSupplier ahead) {
  long inMillis(long millis) {
    return nanos.getAsLong() + millis * 1_000_000;
  }

  boolean reached(long moment) {
    return nanos.getAsLong() - moment >= 0;
  }
}
