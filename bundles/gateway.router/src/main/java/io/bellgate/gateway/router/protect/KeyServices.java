package io.bellgate.gateway.router.protect;

import io.bellgate.api.keys.KeyCombiner;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.Gone;
import java.util.Optional;

/** The key services as they are at this moment; any of them may be absent during a swap. */
public interface KeyServices {
  Optional<KeyPool> pool();

  Optional<KeyCombiner> combiner();

  /** Tells the producers that a kind of key ran out. */
  void wanted(String peer, KeyOrigin.Kind kind);

  /** An absent pool is no empty one: nobody falls back or burns a key because of a swap. */
  default KeyPool poolOrGone() {
    return pool().orElseThrow(() -> new Gone("the key pool"));
  }

  default KeyCombiner combinerOrGone() {
    return combiner().orElseThrow(() -> new Gone("the key combiner"));
  }
}
