package io.bellgate.oscore;

import java.util.List;
import org.eclipse.californium.core.network.ExtendedCoapStackFactory;
import org.eclipse.californium.core.network.Outbox;
import org.eclipse.californium.core.network.stack.BaseCoapStack;
import org.eclipse.californium.core.network.stack.CoapStack;
import org.eclipse.californium.core.network.stack.Layer;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.config.Configuration;

/** Makes stacks of layers that it is given. */
@SuppressWarnings("deprecation") // the interface extends one that will go with Californium 4
public abstract class LayeredStackFactory implements ExtendedCoapStackFactory {
  /** The layers of one stack, from the application down to the socket. */
  protected abstract List<Layer> layers(
      String tag, Configuration configuration, EndpointContextMatcher matcher);

  @Override
  public final CoapStack createCoapStack(
      String protocol,
      String tag,
      Configuration configuration,
      EndpointContextMatcher matcher,
      Outbox outbox,
      Object custom) {
    return new Stack(outbox, layers(tag, configuration, matcher));
  }

  @Override
  public final CoapStack createCoapStack(
      String protocol, String tag, Configuration configuration, Outbox outbox, Object custom) {
    return createCoapStack(protocol, tag, configuration, null, outbox, custom);
  }

  private static final class Stack extends BaseCoapStack {
    Stack(Outbox outbox, List<Layer> layers) {
      super(outbox);
      setLayers(layers.toArray(new Layer[0]));
    }
  }
}
