package io.bellgate.coap.node.blocks;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.KeyMID;
import org.eclipse.californium.core.network.deduplication.Deduplicator;

/**
 * Knows requests that are being answered when they come again (RFC 7252, section 4.5): the last
 * 2,000, whoever sent them. Californium's keeps an exchange whole, body and all, for 247 s and for
 * each address that anybody can write; what is answered is known for that long by {@link
 * RecentAnswers}, in a few octets. Guarded by itself.
 */
public final class RecentRequests implements Deduplicator {
  private static final int MOST = 2_000;

  private final Map<KeyMID, Exchange> exchanges = new LinkedHashMap<>();

  /** Begins with none. */
  public RecentRequests() {}

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
    Exchange previous = exchanges.get(key);
    if (previous != null && previous.getOrigin() == exchange.getOrigin()) {
      return previous;
    }
    put(key, exchange);
    return null;
  }

  @Override
  public synchronized boolean replacePrevious(KeyMID key, Exchange previous, Exchange exchange) {
    Exchange known = exchanges.get(key);
    if (known != null && known != previous) {
      return false;
    }
    put(key, exchange);
    return true;
  }

  private void put(KeyMID key, Exchange exchange) {
    exchanges.remove(key);
    exchanges.put(key, exchange);
    if (exchanges.size() > MOST) {
      Iterator<KeyMID> eldest = exchanges.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
  }

  @Override
  public synchronized Exchange find(KeyMID key) {
    return exchanges.get(key);
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
