package io.bellgate.keys.pool;

import io.bellgate.api.keys.KeyCombiner;
import io.bellgate.api.keys.KeyCombinerContract;

/** Every line of the construction, known answers among them, is in the contract. */
class HkdfCombinerTest extends KeyCombinerContract {
  @Override
  protected KeyCombiner combiner() {
    return new HkdfCombiner();
  }
}
