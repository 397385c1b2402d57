package io.bellgate.oscore;

import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.californium.core.network.ExtendedCoapStackFactory;
import org.eclipse.californium.core.network.Outbox;
import org.eclipse.californium.core.network.stack.BaseCoapStack;
import org.eclipse.californium.core.network.stack.BlockwiseLayer;
import org.eclipse.californium.core.network.stack.CoapStack;
import org.eclipse.californium.core.network.stack.CongestionControlLayer;
import org.eclipse.californium.core.network.stack.ExchangeCleanupLayer;
import org.eclipse.californium.core.network.stack.Layer;
import org.eclipse.californium.core.network.stack.ObserveLayer;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.config.Configuration;

/**
 * Makes stacks of Californium's layers for UDP, with one more between block-wise transfers and
 * reliability: for a node.
 *
 * @param own makes that layer
 */
@SuppressWarnings("deprecation") // the interface extends one that will go with Californium 4
public record NodeStackFactory(Supplier<Layer> own) implements ExtendedCoapStackFactory {
  /**
   * With OSCORE.
   *
   * @param contexts of the endpoint
   * @param challenges values of Echo options: 8 random octets each; empty while there are none
   */
  public static NodeStackFactory oscore(Contexts contexts, Supplier<Optional<byte[]>> challenges) {
    return new NodeStackFactory(() -> new OscoreLayer(contexts, challenges));
  }

  @Override
  public CoapStack createCoapStack(
      String protocol,
      String tag,
      Configuration configuration,
      EndpointContextMatcher matcher,
      Outbox outbox,
      Object custom) {
    return new Stack(
        outbox,
        new ExchangeCleanupLayer(configuration),
        new ObserveLayer(configuration),
        new BlockwiseLayer(tag, false, configuration, matcher),
        own.get(),
        CongestionControlLayer.newImplementation(tag, configuration));
  }

  @Override
  public CoapStack createCoapStack(
      String protocol, String tag, Configuration configuration, Outbox outbox, Object custom) {
    return createCoapStack(protocol, tag, configuration, null, outbox, custom);
  }

  private static final class Stack extends BaseCoapStack {
    Stack(Outbox outbox, Layer... layers) {
      super(outbox);
      setLayers(layers);
    }
  }
}
