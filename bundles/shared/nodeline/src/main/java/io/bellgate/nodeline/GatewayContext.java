package io.bellgate.nodeline;

import io.bellgate.api.bits.Secret;
import io.bellgate.nodekeys.NodeContext;
import io.bellgate.oscore.Aead;
import io.bellgate.oscore.Contexts;
import io.bellgate.oscore.SecurityContext;
import io.bellgate.oscore.SenderSequence;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.eclipse.californium.elements.EndpointContext;

/**
 * The security context of a node with its gateway, which sends no requests; after a rotation the
 * next one. Notifications may come under those before until the first came under the next. Thread
 * safe.
 */
public final class GatewayContext implements Contexts, AutoCloseable {
  /** A gateway may accept a key for a while after several others were used. */
  private static final int MOST = 32;

  /** The present one is the last. */
  private final Deque<SecurityContext> all = new ArrayDeque<>();

  private GatewayContext() {}

  /**
   * Derives the first.
   *
   * @param key of the node; lent for the call
   * @param numbers each once under this key
   */
  public static GatewayContext of(String identity, Secret key, Aead aead, SenderSequence numbers) {
    GatewayContext made = new GatewayContext();
    made.next(identity, key, aead, numbers);
    return made;
  }

  /**
   * Derives the one that requests are protected with from now on.
   *
   * @param key of the node; lent for the call
   * @param numbers each once under this key
   */
  public synchronized void next(String identity, Secret key, Aead aead, SenderSequence numbers) {
    try (Secret secret = NodeContext.masterSecret(key, identity)) {
      all.add(
          new SecurityContext(
              "gateway",
              secret,
              new SecurityContext.Parameters(
                  new byte[0], Optional.empty(), NodeContext.kid(identity), new byte[0], aead),
              numbers));
    }
    if (all.size() > MOST) {
      all.remove().destroy();
    }
  }

  @Override
  public Optional<SecurityContext> of(byte[] kid, Optional<byte[]> kidContext) {
    return Optional.empty();
  }

  @Override
  public synchronized Optional<SecurityContext> towards(EndpointContext destination) {
    return Optional.ofNullable(all.peekLast());
  }

  @Override
  public synchronized List<SecurityContext> after(SecurityContext context) {
    List<SecurityContext> known = List.copyOf(all);
    return known.subList(known.indexOf(context) + 1, known.size());
  }

  /** Wipes all that it has; from then on nothing is protected and nothing opened. */
  @Override
  public synchronized void close() {
    all.forEach(SecurityContext::destroy);
    all.clear();
  }
}
