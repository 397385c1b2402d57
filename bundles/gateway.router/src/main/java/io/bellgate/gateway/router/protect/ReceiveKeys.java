package io.bellgate.gateway.router.protect;

import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The keys that one peer sends under. Keys are committed in the pool at the moment the first
 * message under them has verified; a forged key ID burns nothing. Bounded; a key that was pushed
 * out is unknown, and the peer takes another. Guarded by itself.
 *
 * <p>A replay opens again. Whoever stores what was opened knows it by its transfer, which the tag
 * covers.
 */
public final class ReceiveKeys {
  private static final int MOST = 32;

  private final String site;
  private final String peer;
  private final KeyServices around;
  private final Map<List<KeyId>, MessageKey> keys =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<KeyId>, MessageKey> eldest) {
          return size() > MOST;
        }
      };

  private final OpenedOnce once = new OpenedOnce();

  public ReceiveKeys(String site, String peer, KeyServices around) {
    this.site = site;
    this.peer = peer;
    this.around = around;
  }

  /**
   * Verifies and opens a message.
   *
   * @param use sees what a one-time key opened before that is consumed; what it throws leaves the
   *     key as it is
   * @return what it says and where its keys come from; empty if a key is not known here
   * @throws Malformed if it does not verify
   * @throws io.bellgate.api.ops.Gone if the pool or the combiner is being swapped
   */
  public synchronized Optional<Opened> open(
      Envelope envelope, long transfer, Consumer<byte[]> use) {
    Direction direction = new Direction(peer, site, transfer);
    Optional<Opened> again = envelope.oneTime() ? once.get(envelope, direction) : Optional.empty();
    if (again.isPresent()) {
      return again;
    }
    MessageKey known = keys.get(envelope.keys());
    if (known != null) {
      return Optional.of(new Opened(envelope.open(known, direction), known.origins()));
    }
    Optional<Reserved> reserved = Reserved.of(around.poolOrGone(), peer, envelope.keys());
    if (reserved.isEmpty()) {
      return Optional.empty();
    }
    try (Reserved held = reserved.get()) {
      checkOrigins(envelope, held.keys());
      return Optional.of(
          envelope.oneTime()
              ? openOnce(envelope, direction, held, use)
              : openFirst(envelope, direction, held));
    }
  }

  private static void checkOrigins(Envelope envelope, List<Key> keys) {
    List<Demand.Position> positions = Demand.of(envelope.protection()).positions();
    for (int i = 0; i < positions.size(); i++) {
      if (!positions.get(i).accepts(keys.get(i).origin())) {
        throw new Malformed(
            "BG-ROUTE-015",
            "a key of this origin cannot give this protection: protection="
                + envelope.protection().word()
                + " position="
                + i
                + " origin="
                + keys.get(i).origin());
      }
    }
  }

  private Opened openOnce(
      Envelope envelope, Direction direction, Reserved held, Consumer<byte[]> use) {
    Key key = held.keys().get(0);
    Opened opened = new Opened(envelope.open(key, direction), List.of(key.origin()));
    use.accept(opened.plain());
    held.commit();
    once.put(envelope, direction, opened);
    return opened;
  }

  private Opened openFirst(Envelope envelope, Direction direction, Reserved held) {
    MessageKey.Scope scope =
        new MessageKey.Scope(envelope.protection(), peer, site, envelope.epoch());
    MessageKey key = MessageKey.derive(around.combinerOrGone(), scope, held.keys());
    Opened opened = new Opened(envelope.open(key, direction), key.origins());
    held.commit();
    keys.put(envelope.keys(), key);
    return opened;
  }

  /** The message is stored: it need not be opened again. */
  public void settled(Envelope envelope) {
    if (envelope.oneTime()) {
      once.remove(envelope);
    }
  }

  /**
   * A verified message.
   *
   * @param plain what it says
   * @param origins where each of its keys comes from
   */
  public record Opened(byte[] plain, List<KeyOrigin> origins) {}
}
