package io.bellgate.qkd.link;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.qkd.link.channel.TagKeys;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Tag keys and deposits of one end of a simulation: in memory, gone afterwards. Both ends share the
 * table of tag keys, as two sites share a carried secret. Guarded by the table.
 */
final class ScratchKeys implements TagKeys, Deposits, AutoCloseable {
  private static final KeyOrigin CARRIED =
      new KeyOrigin(KeyOrigin.Kind.PRESHARED, true, false, Map.of());

  private final Map<KeyId, Secret> tagKeys;
  private final RandomBits random;
  private final Map<UUID, Secret> held = new HashMap<>();

  ScratchKeys(Map<KeyId, Secret> tagKeys, RandomBits random) {
    this.tagKeys = tagKeys;
    this.random = random;
  }

  @Override
  public Optional<Key> take() {
    synchronized (tagKeys) {
      KeyId id = new KeyId(BlockIds.drawPairing(random), 0, KeyPool.CHUNK_OCTETS);
      Secret secret = random.draw(KeyPool.CHUNK_OCTETS);
      tagKeys.put(id, secret.part(0, KeyPool.CHUNK_OCTETS));
      return Optional.of(new Key(id, CARRIED, secret));
    }
  }

  @Override
  public Optional<KeyPool.Reservation> reserve(KeyId id) {
    synchronized (tagKeys) {
      return Optional.ofNullable(tagKeys.remove(id)).map(s -> new Once(new Key(id, CARRIED, s)));
    }
  }

  /** Used up by the look at it. */
  private record Once(Key key) implements KeyPool.Reservation {
    @Override
    public void commit() {
      // it is gone already
    }

    @Override
    public void close() {
      key.secret().destroy();
    }
  }

  @Override
  public void deposit(UUID id, Secret key, boolean fullEntropy) {
    held.put(id, key.part(0, key.length()));
  }

  @Override
  public boolean confirm(UUID id) {
    return held.containsKey(id);
  }

  @Override
  public void discard(UUID id) {
    held.remove(id).destroy();
  }

  @Override
  public List<UUID> unconfirmed() {
    return List.of();
  }

  /** Whether both ends hold the same key of a block: what two sites could never ask. */
  boolean agreesWith(ScratchKeys other, UUID id) {
    Secret mine = held.get(id);
    Secret theirs = other.held.get(id);
    return mine == null ? theirs == null : theirs != null && mine.matches(theirs);
  }

  @Override
  public void close() {
    held.values().forEach(Secret::destroy);
    synchronized (tagKeys) {
      tagKeys.values().forEach(Secret::destroy);
      tagKeys.clear();
    }
  }
}
