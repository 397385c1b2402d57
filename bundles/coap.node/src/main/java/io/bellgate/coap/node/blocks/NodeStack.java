package io.bellgate.coap.node.blocks;

import io.bellgate.oscore.LayeredStackFactory;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.californium.core.network.MessageIdProvider;
import org.eclipse.californium.core.network.deduplication.Deduplicator;
import org.eclipse.californium.core.network.stack.CongestionControlLayer;
import org.eclipse.californium.core.network.stack.ExchangeCleanupLayer;
import org.eclipse.californium.core.network.stack.Layer;
import org.eclipse.californium.core.network.stack.ObserveLayer;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.config.Configuration;

/**
 * The layers of one socket where nodes speak: Californium's, with block-wise transfers of our own,
 * OSCORE below them where it is spoken, and at the bottom what is answered again. What is on its
 * way goes over to a successor. One stack is made of it.
 */
public final class NodeStack extends LayeredStackFactory {
  private static final System.Logger LOG = System.getLogger(NodeStack.class.getName());

  private final InstantSource clock;
  private final Optional<? extends Layer> oscore;
  private final MessageIds ids = new MessageIds();
  private final BlockTransfers transfers;
  private final RecentAnswers answers;
  private final int takenOver;

  /**
   * Makes them.
   *
   * @param mostOctets of a body that comes
   * @param oscore its layer, if it is spoken here
   * @param saved of a predecessor; empty for none. What cannot be read is dropped
   */
  public NodeStack(
      int mostOctets, Optional<? extends Layer> oscore, byte[] saved, InstantSource clock) {
    this.clock = clock;
    this.oscore = oscore;
    transfers = new BlockTransfers(mostOctets, clock);
    answers = new RecentAnswers(clock);
    if (saved.length > 0) {
      try {
        SavedExchanges.load(saved, ids, transfers, answers, clock);
      } catch (IllegalArgumentException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "exchanges of nodes are dropped, they will begin anew: {0}",
            e.getMessage());
      }
    }
    takenOver = transfers.uploads().size() + transfers.bodies().size();
  }

  /** Numbers what is sent; those of a predecessor do not come again. */
  public MessageIdProvider messageIds() {
    return ids;
  }

  /** Knows requests that come again. */
  public Deduplicator deduplicator() {
    return new RecentRequests(clock, answers::knows);
  }

  /** How many bodies it went on with, in either direction. */
  public int takenOver() {
    return takenOver;
  }

  @Override
  protected List<Layer> layers(
      String tag, Configuration configuration, EndpointContextMatcher matcher) {
    List<Layer> layers = new ArrayList<>();
    layers.add(new ExchangeCleanupLayer(configuration));
    layers.add(new ObserveLayer(configuration));
    layers.add(transfers);
    oscore.ifPresent(layers::add);
    layers.add(CongestionControlLayer.newImplementation(tag, configuration));
    layers.add(answers);
    return layers;
  }

  /** What is on its way, for whoever goes on; secret. After the last message. */
  public byte[] save() {
    return SavedExchanges.save(ids, transfers, answers, clock);
  }
}
