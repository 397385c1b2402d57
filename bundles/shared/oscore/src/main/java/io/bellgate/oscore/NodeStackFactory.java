package io.bellgate.oscore;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.californium.core.network.stack.BlockwiseLayer;
import org.eclipse.californium.core.network.stack.CongestionControlLayer;
import org.eclipse.californium.core.network.stack.ExchangeCleanupLayer;
import org.eclipse.californium.core.network.stack.Layer;
import org.eclipse.californium.core.network.stack.ObserveLayer;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.config.Configuration;

/**
 * Makes stacks of Californium's layers for UDP, with one more between block-wise transfers and
 * reliability: for a node.
 */
public final class NodeStackFactory extends LayeredStackFactory {
  private final Supplier<Layer> own;

  /**
   * With a layer of its own.
   *
   * @param own makes it
   */
  public NodeStackFactory(Supplier<Layer> own) {
    this.own = own;
  }

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
  protected List<Layer> layers(
      String tag, Configuration configuration, EndpointContextMatcher matcher) {
    return List.of(
        new ExchangeCleanupLayer(configuration),
        new ObserveLayer(configuration),
        new BlockwiseLayer(tag, false, configuration, matcher),
        own.get(),
        CongestionControlLayer.newImplementation(tag, configuration));
  }
}
