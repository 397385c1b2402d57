package io.bellgate.gateway.router.protect;

import io.bellgate.api.keys.KeyId;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Messages whose one-time key is gone and that are not stored yet: the receiver became busy at that
 * moment, and they come again, octet by octet the same. Without this the sender would burn another
 * pad. Bounded. Thread safe.
 */
final class OpenedOnce {
  private static final int MOST = 64;

  private record Entry(byte[] digest, Direction direction, ReceiveKeys.Opened opened) {}

  private final Map<List<KeyId>, Entry> entries =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<KeyId>, Entry> eldest) {
          return size() > MOST;
        }
      };

  synchronized Optional<ReceiveKeys.Opened> get(Envelope envelope, Direction direction) {
    return Optional.ofNullable(entries.get(envelope.keys()))
        .filter(
            e ->
                e.direction().equals(direction)
                    && MessageDigest.isEqual(e.digest(), digest(envelope)))
        .map(Entry::opened);
  }

  synchronized void put(Envelope envelope, Direction direction, ReceiveKeys.Opened opened) {
    entries.put(envelope.keys(), new Entry(digest(envelope), direction, opened));
  }

  synchronized void remove(Envelope envelope) {
    entries.remove(envelope.keys());
  }

  private static byte[] digest(Envelope envelope) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(MessageDigest.getInstance("SHA-256").digest(envelope.octets()));
      return sha256.digest(envelope.sealed());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 is there in every JDK", e);
    }
  }
}
