package io.bellgate.api.keys;

/** The combiner for tests keeps the contract, too. */
class MemoryCombinerTest extends KeyCombinerContract {
  @Override
  protected KeyCombiner combiner() {
    return new MemoryCombiner();
  }
}
