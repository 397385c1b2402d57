package io.bellgate.coap.node;

import io.bellgate.api.bits.Secret;
import io.bellgate.nodeline.GatewayContext;
import io.bellgate.nodeline.NodeEndpoint;
import io.bellgate.oscore.Aead;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.californium.core.network.CoapEndpoint;

/** A node with a stack of ours that speaks OSCORE where a request carries its option. */
final class OscoreNode {
  private OscoreNode() {}

  /** One that was started, with sequence numbers from 0. */
  static CoapEndpoint start(String identity, byte[] key, Aead aead) throws IOException {
    AtomicLong sequence = new AtomicLong();
    try (Secret root = Secret.copyOf(key)) {
      return start(GatewayContext.of(identity, root, aead, sequence::getAndIncrement));
    }
  }

  /** One that was started, under what is the present key. */
  static CoapEndpoint start(GatewayContext context) throws IOException {
    CoapEndpoint made = NodeEndpoint.oscore(context).coap();
    made.start();
    return made;
  }
}
