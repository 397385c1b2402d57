package io.bellgate.coap.node.blocks;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Predicate;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.KeyMID;
import org.eclipse.californium.core.network.deduplication.Deduplicator;

/**
 * Knows requests when they come again (RFC 7252, section 4.5): the last 10,000 of the last 247 s,
 * whoever sent them. One with the same message ID and other octets is another one: of a node that
 * was restarted, or of somebody else. Of a request that was answered its number and checksum are
 * kept, and {@link RecentAnswers} knows the answer; only of 2,000 that are being answered the
 * exchange, where Californium would keep each, body and all, for 247 s. Guarded by itself.
 */
final class RecentRequests implements Deduplicator {
  private static final int MOST = 10_000;
  private static final int MOST_OPEN = 2_000;

  private final Map<KeyMID, Known> requests = new LinkedHashMap<>();
  private final Deque<Known> open = new ArrayDeque<>();
  private final InstantSource clock;
  private final Predicate<Request> answered;

  /** One of them. */
  private static final class Known {
    private final boolean local;
    private final int checksum;
    private final long untilMillis;
    private Exchange exchange;

    Known(Exchange exchange, int checksum, long untilMillis) {
      this.local = exchange.isOfLocalOrigin();
      this.checksum = checksum;
      this.untilMillis = untilMillis;
      this.exchange = exchange;
    }

    private boolean isOver() {
      return exchange == null || exchange.isComplete();
    }
  }

  /**
   * Begins with none.
   *
   * @param answered whether a request, if it is passed on as a new one, is answered as before
   */
  RecentRequests(InstantSource clock, Predicate<Request> answered) {
    this.clock = clock;
    this.answered = answered;
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
    int checksum = checksum(exchange);
    Known known = requests.get(key);
    if (known == null
        || known.local != exchange.isOfLocalOrigin()
        || known.checksum != checksum
        || known.untilMillis <= clock.millis()) {
      put(key, exchange, checksum);
      return null;
    }
    if (!known.isOver()) {
      return known.exchange;
    }
    // as an exchange before its own it is not answered, and nothing is done for it
    return answered.test(exchange.getCurrentRequest()) ? null : exchange;
  }

  private static int checksum(Exchange exchange) {
    byte[] datagram = exchange.getCurrentRequest().getBytes();
    return datagram == null || exchange.isOfLocalOrigin()
        ? 0
        : RecentAnswers.Asked.checksum(datagram);
  }

  @Override
  public synchronized boolean replacePrevious(KeyMID key, Exchange previous, Exchange exchange) {
    Known known = requests.get(key);
    if (known != null && known.exchange != previous) {
      return false;
    }
    put(key, exchange, checksum(exchange));
    return true;
  }

  private void put(KeyMID key, Exchange exchange, int checksum) {
    long nowMillis = clock.millis();
    Known next = new Known(exchange, checksum, nowMillis + Waiting.LIFETIME_MILLIS);
    requests.remove(key);
    requests.put(key, next);
    Iterator<Known> eldest = requests.values().iterator();
    Known first = eldest.next();
    if (requests.size() > MOST || first.untilMillis <= nowMillis) {
      first.exchange = null;
      eldest.remove();
    }
    open.add(next);
    lighten(2); // so that they get fewer with each that comes
  }

  /** Drops the exchanges that are over, of some. */
  private void lighten(int some) {
    for (int i = 0; i < some && !open.isEmpty(); i++) {
      Known known = open.poll();
      if (known.isOver() || open.size() >= MOST_OPEN) {
        known.exchange = null;
      } else {
        open.add(known);
      }
    }
  }

  @Override
  public synchronized Exchange find(KeyMID key) {
    Known known = requests.get(key);
    return known == null ? null : known.exchange;
  }

  @Override
  public synchronized boolean isEmpty() {
    return requests.isEmpty();
  }

  @Override
  public synchronized int size() {
    return requests.size();
  }

  @Override
  public synchronized void clear() {
    requests.clear();
    open.clear();
  }
}
