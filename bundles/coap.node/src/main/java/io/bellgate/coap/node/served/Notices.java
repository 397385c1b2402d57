package io.bellgate.coap.node.served;

import io.bellgate.nodekeys.NodeContext;
import io.bellgate.oscore.Contexts;
import io.bellgate.oscore.OscorePeer;
import io.bellgate.oscore.SecurityContext;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.auth.PreSharedKeyIdentity;

/**
 * Sends notifications, each in an exchange of its own that is made of what is known of the request:
 * so it makes no difference whether this endpoint received the request or one before it. All are
 * confirmable.
 */
final class Notices {
  private final Outlet plain;
  private final Optional<Outlet> secure;
  private final Optional<? extends Contexts> contexts;
  private final Executor executor;

  /**
   * Makes it.
   *
   * @param plain without DTLS
   * @param contexts of OSCORE
   * @param executor of the endpoints
   */
  Notices(
      Outlet plain,
      Optional<Outlet> secure,
      Optional<? extends Contexts> contexts,
      Executor executor) {
    this.plain = plain;
    this.secure = secure;
    this.contexts = contexts;
    this.executor = executor;
  }

  /** What becomes of a notification: one of the two is called, once. */
  interface Fate {
    /** The node has it. */
    void acknowledged();

    /** It did not arrive, as far as is known. */
    void failed(Why why);

    /** Why a notification did not arrive. */
    enum Why {
      /** The node does not know the observation any more. */
      RESET("reset by the node"),
      /** It was repeated as often as may be. */
      SILENT("not acknowledged"),
      /** There is no connection, or no sequence number. */
      UNSENT("could not be sent");

      private final String words;

      Why(String words) {
        this.words = words;
      }

      String words() {
        return words;
      }
    }
  }

  /**
   * Where an observer is and what protects what is sent there; empty if its key is gone, or nothing
   * is there that could send it.
   */
  Optional<EndpointContext> towards(Observer observer) {
    return switch (observer.way()) {
      case PLAIN -> Optional.of(new AddressEndpointContext(observer.address()));
      case DTLS ->
          secure
              .flatMap(s -> observer.identity())
              .map(
                  i -> new AddressEndpointContext(observer.address(), new PreSharedKeyIdentity(i)));
      case OSCORE -> observer.bound().flatMap(b -> towards(observer, b));
    };
  }

  private Optional<EndpointContext> towards(Observer observer, Observer.Bound bound) {
    return observer
        .identity()
        .flatMap(i -> context(i, bound.idContext()))
        .filter(c -> c.fingerprint() == bound.key())
        .map(
            c ->
                new AddressEndpointContext(
                    observer.address(), OscorePeer.ofEarlier(c, bound.kid(), bound.partialIv())));
  }

  private Optional<SecurityContext> context(String identity, Optional<byte[]> idContext) {
    return contexts
        .flatMap(c -> c.earlier(NodeContext.kid(identity), idContext))
        .filter(c -> c.name().equals(identity));
  }

  /** An observer under OSCORE, when its node has come to another key; empty if that is gone. */
  Optional<Observer> under(Observer observer, String identity) {
    return context(identity, Optional.empty()).map(c -> observer.under(identity, c.fingerprint()));
  }

  /** Sends a response to a request of some time ago; it is confirmable. */
  void send(
      Observer observer, Target target, EndpointContext towards, Response response, Fate fate) {
    Outlet outlet = observer.way() == Observer.Way.DTLS ? secure.orElseThrow() : plain;
    Exchange exchange =
        new Exchange(
            request(observer, target, towards),
            observer.address(),
            Exchange.Origin.REMOTE,
            executor);
    exchange.setEndpoint(outlet.endpoint());
    exchange.setRemoveHandler(
        (which, keyToken, keyMid) -> {
          if (keyMid != null) {
            outlet.store().remove(keyMid, which);
          }
        });
    Watch watch = new Watch(exchange, fate);
    response.setType(Type.CON);
    response.addMessageObserver(watch);
    exchange.execute(
        () -> {
          try {
            if (response.isNotification()) {
              OneMessage.notification(exchange);
            }
            exchange.sendResponse(response);
          } finally {
            watch.checkThatItLeft(); // Californium logs what is thrown, and tells nobody
          }
        });
  }

  private static Request request(Observer observer, Target target, EndpointContext source) {
    Request request = new Request(Code.GET, Type.NON); // it was acknowledged
    request.setToken(new Token(observer.token()));
    request.setSourceContext(source);
    target.write(request.getOptions());
    if (observer.octets() > 0) {
      request.setBytes(new byte[observer.octets()]); // its length alone is looked at
    }
    String scheme = observer.way() == Observer.Way.DTLS ? "coaps" : "coap";
    request.setScheme(
        observer.bound().map(b -> scheme + "+" + HexFormat.of().formatHex(b.kid())).orElse(scheme));
    return request;
  }

  private static final class Watch extends MessageObserverAdapter {
    private final Exchange exchange;
    private final Fate fate;
    private final AtomicBoolean isDone = new AtomicBoolean();
    private boolean isReady;

    Watch(Exchange exchange, Fate fate) {
      this.exchange = exchange;
      this.fate = fate;
    }

    @Override
    public void onReadyToSend() {
      isReady = true;
    }

    /** A layer that cannot protect a response sends another in its place. */
    void checkThatItLeft() {
      if (!isReady) {
        failed(Fate.Why.UNSENT);
      }
    }

    @Override
    public void onAcknowledgement() {
      if (isDone.compareAndSet(false, true)) {
        exchange.executeComplete();
        fate.acknowledged();
      }
    }

    @Override
    public void onReject() {
      failed(Fate.Why.RESET);
    }

    @Override
    public void onTimeout() {
      failed(Fate.Why.SILENT);
    }

    @Override
    protected void failed() {
      failed(Fate.Why.UNSENT);
    }

    private void failed(Fate.Why why) {
      if (isDone.compareAndSet(false, true)) {
        exchange.executeComplete();
        fate.failed(why);
      }
    }
  }
}
