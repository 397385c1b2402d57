package io.bellgate.coap.node;

import io.bellgate.api.bits.Secret;
import io.bellgate.nodekeys.NodeContext;
import io.bellgate.oscore.Aead;
import io.bellgate.oscore.Contexts;
import io.bellgate.oscore.OscoreStackFactory;
import io.bellgate.oscore.SecurityContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.config.Configuration;

/** A node with a stack of ours that speaks OSCORE where a request carries its option. */
final class OscoreNode {
  private OscoreNode() {}

  /** One that was started, with sequence numbers from 0. */
  static CoapEndpoint start(String identity, byte[] key, Aead aead) throws IOException {
    AtomicLong sequence = new AtomicLong();
    SecurityContext context;
    try (Secret root = Secret.copyOf(key);
        Secret secret = NodeContext.masterSecret(root, identity)) {
      context =
          new SecurityContext(
              "gateway",
              secret,
              new SecurityContext.Parameters(
                  new byte[0], Optional.empty(), NodeContext.kid(identity), new byte[0], aead),
              sequence::getAndIncrement);
    }
    Contexts contexts =
        new Contexts() {
          @Override
          public Optional<SecurityContext> of(byte[] kid, Optional<byte[]> kidContext) {
            return Optional.empty();
          }

          @Override
          public Optional<SecurityContext> towards(EndpointContext destination) {
            return Optional.of(context);
          }
        };
    CoapEndpoint made =
        CoapEndpoint.builder()
            .setConfiguration(new Configuration())
            .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .setCoapStackFactory(new OscoreStackFactory(contexts, Optional::empty))
            .build();
    made.start();
    return made;
  }
}
