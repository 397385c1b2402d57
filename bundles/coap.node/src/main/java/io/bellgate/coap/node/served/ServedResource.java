package io.bellgate.coap.node.served;

import io.bellgate.api.message.Message;
import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Ask;
import io.bellgate.coap.node.admission.Admission;
import io.bellgate.coap.node.admission.Refusal;
import io.bellgate.coap.node.admission.Unanswered;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.core.server.resources.Resource;

/**
 * {@code /NAME} and all below: who speaks is made sure of, then who serves the name is asked.
 * Californium is not told that it can be observed: it would list an observer before anybody knows
 * who that is.
 */
final class ServedResource extends CoapResource {
  private static final System.Logger LOG = System.getLogger(ServedResource.class.getName());
  private static final Pattern NODES = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final NodeResources resources;
  private final Admission admission;
  private final Unanswered unanswered;
  private final Asking asking;
  private final Observing observing;

  ServedResource(
      String name,
      NodeResources resources,
      Admission admission,
      Unanswered unanswered,
      Asking asking,
      Observing observing) {
    super(name);
    this.resources = resources;
    this.admission = admission;
    this.unanswered = unanswered;
    this.asking = asking;
    this.observing = observing;
    getAttributes().setObservable();
  }

  /** Whether it is a node ID. */
  static boolean isNode(String name) {
    return NODES.matcher(name).matches();
  }

  @Override
  public Resource getChild(String name) {
    return this;
  }

  /** It is listed while somebody serves it. */
  @Override
  public boolean isVisible() {
    return resources.of(getName()).isPresent();
  }

  @Override
  public void handleRequest(Exchange received) {
    CoapExchange exchange = new CoapExchange(received);
    try {
      serve(exchange);
    } catch (Refusal e) {
      admission.refuse(exchange, e);
    }
  }

  private void serve(CoapExchange exchange) {
    Request request = exchange.advanced().getRequest();
    List<String> path = request.getOptions().getUriPath();
    if (path.size() < 2 || !isNode(path.get(1))) {
      throw new Refusal(ResponseCode.NOT_FOUND, "BG-COAP-050", "it is served at /NAME/NODE");
    }
    if (request.getPayloadSize() > Message.MAX_PAYLOAD_OCTETS) {
      throw new Refusal(
          ResponseCode.REQUEST_ENTITY_TOO_LARGE,
          "BG-COAP-051",
          "a request has at most " + Message.MAX_PAYLOAD_OCTETS + " octets");
    }
    Admission.Admitted admitted = admission.admit(exchange, path.get(1));
    Ask ask = Translation.ask(request, admitted.ingress());
    Optional<Observation> observation = observation(ask, request);
    unanswered.begin();
    asking.ask(getName(), ask).thenAccept(answer -> answer(exchange, observation, answer));
  }

  private void answer(CoapExchange exchange, Optional<Observation> observation, Answer answer) {
    Response response;
    try {
      response = Translation.response(answer, exchange.advanced().getRequest().getOptions());
      if (observation.isPresent()) {
        observing.begin(observation.get(), answer, response);
      }
    } catch (RuntimeException | Error broken) { // or it would be waited for in vain
      LOG.log(Level.WARNING, "an answer cannot be sent: name={0} why={1}", getName(), broken);
      observation.ifPresent(observing::unsent);
      response = Translation.response(Asking.LATER);
    }
    if (response.isNotification()) {
      begin(exchange, observation.orElseThrow(), response);
    } else {
      unanswered.answer(exchange, response);
    }
  }

  /** An observation that begins, if the request asks for one and there is room. */
  private Optional<Observation> observation(Ask ask, Request request) {
    if (request.isObserve() && ask.method() == Ask.Method.GET) {
      return observing.register(getName(), ask, request);
    }
    if (request.isObserveCancel()) {
      observing.deregister(ask.node(), request);
    }
    return Optional.empty();
  }

  private void begin(CoapExchange exchange, Observation observation, Response response) {
    Exchange received = exchange.advanced();
    response.addMessageObserver(
        new MessageObserverAdapter() {
          @Override
          public void onSent(boolean retransmission) {
            if (!received.getRequest().isConfirmable()) {
              received.executeComplete(); // nothing else ends an exchange with a NON notification
            }
          }

          @Override
          protected void failed() {
            observing.unsent(observation);
          }
        });
    received.execute(
        () -> {
          OneMessage.answer(received);
          unanswered.answer(exchange, response);
        });
    observing.begun(observation);
  }
}
