package io.bellgate.coap.node.served;

import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.observe.ObserveManager;
import org.eclipse.californium.core.observe.ObserveRelation;
import org.eclipse.californium.core.server.resources.ObservableResource;

/**
 * A relation for one message alone: it lets a response keep its Observe option on the way through
 * the stack, and keeps no list. Who observes is kept by {@link Observing}, which goes by who spoke
 * under which key; Californium goes by address and token, which anybody can write.
 */
final class OneMessage extends ObserveRelation {
  private static final ObserveManager NO_LIST = new ObserveManager(null);

  private final boolean isFirst;

  private OneMessage(Exchange exchange, boolean isFirst) {
    super(NO_LIST, new NoResource(), exchange);
    this.isFirst = isFirst;
  }

  /** The response to the request itself. */
  static void answer(Exchange exchange) {
    exchange.setRelation(new OneMessage(exchange, true));
  }

  /** A later one. */
  static void notification(Exchange exchange) {
    exchange.setRelation(new OneMessage(exchange, false));
  }

  @Override
  public State onResponse(Response response) {
    return isFirst ? State.INIT : State.ESTABILSHED;
  }

  @Override
  public boolean isPostponedNotification(Response response) {
    return false;
  }

  @Override
  public Response getNextNotification(Response response, boolean acknowledged) {
    return null;
  }

  @Override
  public void reject() {
    // whoever watches the response knows
  }

  @Override
  public void cancel() {
    // there is no list to leave
  }

  @Override
  public void cancelAll() {
    // each observation finds out for itself
  }

  /** Nothing asks it: types and numbers are set before. */
  private static final class NoResource implements ObservableResource {
    @Override
    public String getURI() {
      return "/";
    }

    @Override
    public Type getObserveType() {
      return Type.CON;
    }

    @Override
    public int getNotificationSequenceNumber() {
      return 0;
    }

    @Override
    public boolean isObservable() {
      return true;
    }

    @Override
    public int getObserverCount() {
      return 1;
    }

    @Override
    public void addObserveRelation(ObserveRelation relation) {
      // kept elsewhere
    }

    @Override
    public void removeObserveRelation(ObserveRelation relation) {
      // kept elsewhere
    }
  }
}
