package io.bellgate.nodeline;

import io.bellgate.api.bits.Secret;
import io.bellgate.nodekeys.NodeContext;
import io.bellgate.oscore.Aead;
import io.bellgate.oscore.Contexts;
import io.bellgate.oscore.SecurityContext;
import io.bellgate.oscore.SenderSequence;
import java.util.Optional;
import org.eclipse.californium.elements.EndpointContext;

/**
 * The one security context of a node: with its gateway, which sends no requests.
 *
 * @param context destroyed by whose it is
 */
public record GatewayContext(SecurityContext context) implements Contexts {
  /**
   * Derives it.
   *
   * @param key of the node; lent for the call
   * @param numbers each once under this key
   */
  public static GatewayContext of(String identity, Secret key, Aead aead, SenderSequence numbers) {
    try (Secret secret = NodeContext.masterSecret(key, identity)) {
      return new GatewayContext(
          new SecurityContext(
              "gateway",
              secret,
              new SecurityContext.Parameters(
                  new byte[0], Optional.empty(), NodeContext.kid(identity), new byte[0], aead),
              numbers));
    }
  }

  @Override
  public Optional<SecurityContext> of(byte[] kid, Optional<byte[]> kidContext) {
    return Optional.empty();
  }

  @Override
  public Optional<SecurityContext> towards(EndpointContext destination) {
    return Optional.of(context);
  }
}
