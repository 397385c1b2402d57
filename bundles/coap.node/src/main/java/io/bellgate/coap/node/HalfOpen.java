package io.bellgate.coap.node;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.SessionAdapter;

/**
 * Handshakes under way: at most 1,000. One more ends the oldest one of the address (IPv6: of the
 * /64) that has most of them, of several such the oldest of all, so whoever begins many and ends
 * none is in the way of itself. Each holds some 4 KB, until the endpoint has given up repeating its
 * answer, after about a minute. Guarded by itself.
 */
final class HalfOpen extends SessionAdapter {
  private static final int MOST = 1_000;
  private static final int NETWORK_OCTETS = 8;
  private static final Comparator<Map<Handshaker, Long>> OLDEST =
      Comparator.comparingLong(own -> -own.values().iterator().next());

  private final Map<String, Map<Handshaker, Long>> byAddress = new HashMap<>();
  private long begun;
  private int size;

  @Override
  public void handshakeStarted(Handshaker handshaker) {
    Handshaker victim = add(handshaker);
    if (victim != null) {
      victim
          .getConnection()
          .getExecutor()
          .execute(
              () -> victim.handshakeFailed(new Exception("too many handshakes are under way")));
    }
  }

  private synchronized Handshaker add(Handshaker handshaker) {
    Map<Handshaker, Long> own =
        byAddress.computeIfAbsent(address(handshaker), a -> new LinkedHashMap<>());
    if (own.putIfAbsent(handshaker, begun++) == null) {
      size++;
    }
    if (size <= MOST) {
      return null;
    }
    Handshaker victim =
        byAddress.values().stream()
            .max(Comparator.<Map<Handshaker, Long>>comparingInt(Map::size).thenComparing(OLDEST))
            .orElseThrow()
            .keySet()
            .iterator()
            .next();
    remove(victim);
    return victim;
  }

  private static String address(Handshaker handshaker) {
    byte[] octets = handshaker.getPeerAddress().getAddress().getAddress();
    return HexFormat.of().formatHex(octets, 0, Math.min(octets.length, NETWORK_OCTETS));
  }

  private synchronized void remove(Handshaker handshaker) {
    Map<Handshaker, Long> own = byAddress.get(address(handshaker));
    if (own != null && own.remove(handshaker) != null) {
      size--;
      if (own.isEmpty()) {
        byAddress.remove(address(handshaker));
      }
    }
  }

  @Override
  public void handshakeCompleted(Handshaker handshaker) {
    remove(handshaker);
  }

  @Override
  public void handshakeFailed(Handshaker handshaker, Throwable error) {
    remove(handshaker);
  }
}
