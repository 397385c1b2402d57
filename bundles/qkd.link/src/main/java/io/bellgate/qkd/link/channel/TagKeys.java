package io.bellgate.qkd.link.channel;

import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import java.util.Optional;
import java.util.function.Supplier;

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
   * Tag keys from a pool: those that the link made itself as long as there are any, so that the
   * carried secret is left for rounds that give nothing.
   *
   * @param pool throws {@link io.bellgate.api.ops.Gone} in the gap
   * @param peer the site at the other end
   * @return such tag keys
   */
  static TagKeys of(Supplier<KeyPool> pool, String peer) {
    return new TagKeys() {
      @Override
      public Optional<Key> take() {
        return pool.get()
            .take(
                peer, KeyPool.Purpose.AUTHENTICATION, KeyPool.CHUNK_OCTETS, TagKeys::authenticates);
      }

      @Override
      public Optional<KeyPool.Reservation> reserve(KeyId id) {
        return pool.get().reserve(peer, id);
      }
    };
  }

  /**
   * Which origins may authenticate: a carried secret, or keys of a direct quantum link. Nothing
   * that rests on a computational assumption.
   *
   * @param origin of a key
   * @return whether it may be a tag key
   */
  static boolean authenticates(KeyOrigin origin) {
    return (origin.kind() == KeyOrigin.Kind.QKD || origin.kind() == KeyOrigin.Kind.PRESHARED)
        && !origin.relayed();
  }
}
