package io.bellgate.coap.node;

import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.DTLSContext;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.SessionAdapter;

/**
 * Handshakes under way: at most 1,000. One more ends the oldest one of the address (IPv6: of the
 * /64) that has most of them; if none has more than eight, or of several such, the oldest of all.
 * So whoever begins many and ends none is in the way of itself. Each holds some 4 KB, until the
 * endpoint has given up repeating its answer, after about a minute. Guarded by itself.
 */
final class HalfOpen extends SessionAdapter {
  static final int MOST = 1_000;

  private static final System.Logger LOG = System.getLogger(HalfOpen.class.getName());
  private static final int FEW = 8;
  private static final int NETWORK_OCTETS = 8;
  private static final Comparator<Map<Handshaker, Long>> OLDEST =
      Comparator.comparingLong(own -> -own.values().iterator().next());

  private final Consumer<Connection> ended;
  private final Map<String, Map<Handshaker, Long>> byAddress = new HashMap<>();
  private long begun;
  private int size;

  /**
   * Begins with none.
   *
   * @param ended is given a connection that must go: its handshake failed after its node had shown
   *     its key, and Scandium keeps it with its secrets destroyed
   */
  HalfOpen(Consumer<Connection> ended) {
    this.ended = ended;
  }

  @Override
  public void handshakeStarted(Handshaker handshaker) {
    Handshaker victim = add(handshaker);
    if (victim != null) {
      try {
        victim.getConnection().getExecutor().execute(() -> giveUp(victim));
      } catch (RejectedExecutionException gone) {
        LOG.log(Level.DEBUG, "a handshake has ended already", gone); // it holds nothing
      }
    }
  }

  /** On the connection's own thread: no other one may establish it meanwhile. */
  private static void giveUp(Handshaker victim) {
    if (!victim.hasContextEstablished()) {
      victim.handshakeFailed(new Exception("too many handshakes are under way"));
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
            .max(Comparator.comparingInt(HalfOpen::many).thenComparing(OLDEST))
            .orElseThrow()
            .keySet()
            .iterator()
            .next();
    remove(victim);
    return victim;
  }

  /** A few are what nodes behind one router have, whoever else begins handshakes. */
  private static int many(Map<Handshaker, Long> own) {
    return own.size() <= FEW ? 0 : own.size();
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
  public void contextEstablished(Handshaker handshaker, DTLSContext context) {
    remove(handshaker);
  }

  @Override
  public void handshakeCompleted(Handshaker handshaker) {
    remove(handshaker);
  }

  @Override
  public void handshakeFailed(Handshaker handshaker, Throwable error) {
    remove(handshaker);
    if (handshaker.hasContextEstablished()) {
      ended.accept(handshaker.getConnection());
    }
  }
}
