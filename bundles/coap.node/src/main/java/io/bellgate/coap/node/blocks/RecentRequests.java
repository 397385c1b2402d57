package io.bellgate.coap.node.blocks;

import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.KeyMID;
import org.eclipse.californium.core.network.deduplication.Deduplicator;

/**
 * Knows requests that are being answered when they come again (RFC 7252, section 4.5): the last
 * 2,000 of the last 247 s, whoever sent them. One with the same message ID and other octets is
 * another one: of a node that was restarted, or of somebody else. Californium's keeps an exchange
 * whole, body and all, for 247 s and for each address that anybody can write; what is answered is
 * known for that long by {@link RecentAnswers}, in a few octets. Guarded by itself.
 */
public final class RecentRequests implements Deduplicator {
  private static final int MOST = 2_000;

  private final Map<KeyMID, Known> exchanges = new LinkedHashMap<>();
  private final InstantSource clock;

  /**
   * One of them.
   *
   * @param checksum CRC-32C of its datagram
   * @param untilMillis when it is forgotten
   */
  private record Known(Exchange exchange, int checksum, long untilMillis) {}

  /** Begins with none. */
  public RecentRequests(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public void start() {
    // nothing runs
  }

  @Override
  public void stop() {
    // nothing runs
  }

  @Override
  public void setExecutor(ScheduledExecutorService executor) {
    // nothing runs
  }

  @Override
  public synchronized Exchange findPrevious(KeyMID key, Exchange exchange) {
    Known known = exchanges.get(key);
    if (known != null
        && known.exchange().getOrigin() == exchange.getOrigin()
        && known.checksum() == checksum(exchange)
        && known.untilMillis() > clock.millis()) {
      return known.exchange();
    }
    put(key, exchange);
    return null;
  }

  private static int checksum(Exchange exchange) {
    byte[] datagram = exchange.getCurrentRequest().getBytes();
    return datagram == null || exchange.isOfLocalOrigin()
        ? 0
        : RecentAnswers.Asked.checksum(datagram);
  }

  @Override
  public synchronized boolean replacePrevious(KeyMID key, Exchange previous, Exchange exchange) {
    Known known = exchanges.get(key);
    if (known != null && known.exchange() != previous) {
      return false;
    }
    put(key, exchange);
    return true;
  }

  private void put(KeyMID key, Exchange exchange) {
    exchanges.remove(key);
    exchanges.put(
        key, new Known(exchange, checksum(exchange), clock.millis() + Waiting.LIFETIME_MILLIS));
    Iterator<Known> eldest = exchanges.values().iterator();
    Known first = eldest.next();
    if (exchanges.size() > MOST || first.untilMillis() <= clock.millis()) {
      eldest.remove();
    }
  }

  @Override
  public synchronized Exchange find(KeyMID key) {
    Known known = exchanges.get(key);
    return known == null ? null : known.exchange();
  }

  @Override
  public synchronized boolean isEmpty() {
    return exchanges.isEmpty();
  }

  @Override
  public synchronized int size() {
    return exchanges.size();
  }

  @Override
  public synchronized void clear() {
    exchanges.clear();
  }
}
