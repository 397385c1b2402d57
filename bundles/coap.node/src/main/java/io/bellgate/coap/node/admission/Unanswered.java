package io.bellgate.coap.node.admission;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.server.resources.CoapExchange;

/**
 * Counts the requests that are not answered yet: until the answer has left through the socket. Who
 * hands the endpoint on waits for them. Thread safe.
 */
public final class Unanswered {
  private final AtomicInteger count = new AtomicInteger();

  /** Begins with none. */
  public Unanswered() {}

  /** How many there are. */
  public int count() {
    return count.get();
  }

  /** One more, which {@link #answer} ends. */
  public void begin() {
    count.incrementAndGet();
  }

  /** Answers one that was begun, unless its node wants no such answer (RFC 7967). */
  public void answer(CoapExchange exchange, Response response) {
    Request request = exchange.advanced().getCurrentRequest();
    if (!request.isConfirmable()
        && request.getOptions().hasNoResponse()
        && request.getOptions().getNoResponse().suppress(response.getCode())) {
      try {
        exchange.respond(response); // goes nowhere, and tells nobody
      } finally {
        count.decrementAndGet();
      }
      return;
    }
    Settling settling = new Settling();
    response.addMessageObserver(settling);
    try {
      exchange.respond(response);
    } catch (RuntimeException e) {
      settling.failed();
      throw e;
    }
  }

  /** Counts one down, once. */
  private final class Settling extends MessageObserverAdapter {
    private final AtomicBoolean gone = new AtomicBoolean();

    @Override
    public void onSent(boolean retransmission) {
      failed();
    }

    @Override
    protected void failed() {
      if (gone.compareAndSet(false, true)) {
        count.decrementAndGet();
      }
    }
  }
}
