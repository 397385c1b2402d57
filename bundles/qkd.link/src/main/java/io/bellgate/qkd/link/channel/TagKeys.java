package io.bellgate.qkd.link.channel;

import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import java.util.Optional;

/**
 * Where one-time tag keys come from: chunks of the pool, of which each end has its own, recorded as
 * used before a tag leaves.
 */
public interface TagKeys {
  /**
   * Takes a key for a tag of this end, for good.
   *
   * @return 32 octets; empty if none is left
   */
  Optional<Key> take();

  /**
   * Looks at the key of a tag of the peer's; a forged ID burns nothing.
   *
   * @param id as the peer says
   * @return to commit once the tag has verified; empty if it names no unused key of the peer's
   */
  Optional<KeyPool.Reservation> reserve(KeyId id);

  /**
   * Which origins may authenticate: keys that are for nothing else, carried from site to site or
   * set aside by a link. What protects messages may be known by now to whoever saw them: it
   * authenticates nothing.
   *
   * @param origin of a key
   * @return whether it may be a tag key
   */
  static boolean authenticates(KeyOrigin origin) {
    return origin.kind() == KeyOrigin.Kind.PRESHARED && !origin.relayed();
  }
}
