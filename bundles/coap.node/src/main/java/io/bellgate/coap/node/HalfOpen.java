package io.bellgate.coap.node;

import java.net.InetAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.SessionAdapter;

/**
 * Handshakes under way: at most 1,000. One more ends the oldest one of the address that has most of
 * them, so whoever begins many and ends none is in the way of itself. Each holds some 4 KB, until
 * the endpoint has given up repeating its answer, after about a minute. Guarded by itself.
 */
final class HalfOpen extends SessionAdapter {
  private static final int MOST = 1_000;

  private final Map<InetAddress, Set<Handshaker>> byAddress = new HashMap<>();
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
    if (byAddress
        .computeIfAbsent(address(handshaker), a -> new LinkedHashSet<>())
        .add(handshaker)) {
      size++;
    }
    if (size <= MOST) {
      return null;
    }
    Iterator<Handshaker> most =
        byAddress.values().stream()
            .max(Comparator.comparingInt(Set::size))
            .orElseThrow()
            .iterator();
    Handshaker victim = most.next();
    remove(victim);
    return victim;
  }

  private static InetAddress address(Handshaker handshaker) {
    return handshaker.getPeerAddress().getAddress();
  }

  private synchronized void remove(Handshaker handshaker) {
    Set<Handshaker> ofAddress = byAddress.get(address(handshaker));
    if (ofAddress != null && ofAddress.remove(handshaker)) {
      size--;
      if (ofAddress.isEmpty()) {
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
