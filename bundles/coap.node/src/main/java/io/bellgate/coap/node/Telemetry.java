package io.bellgate.coap.node;

import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Intake;
import io.bellgate.api.message.Intake.Acceptance;
import io.bellgate.api.message.Message;
import io.bellgate.api.message.MessageId;
import io.bellgate.coap.node.admission.Admission;
import io.bellgate.coap.node.admission.Refusal;
import io.bellgate.coap.node.admission.Unanswered;
import io.bellgate.coap.node.blocks.Explained;
import io.bellgate.coap.node.reading.Format;
import io.bellgate.coap.node.reading.Malformed;
import io.bellgate.coap.node.reading.Reading;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.core.server.resources.Resource;

/**
 * {@code POST /telemetry/NODE/RESOURCE}: takes a reading and answers when it is durably accepted.
 *
 * <p>2.04 accepted (or accepted before), 4.00 malformed, 4.03 refused by the policy, 4.04 another
 * path, 4.13 too large, 4.15 another content format, 5.03 with Max-Age while the gateway cannot
 * accept. Errors carry a JSON object with a stable code. While the router is being swapped a
 * reading waits up to {@link #PATIENCE_MILLIS} here before it is answered 5.03; at most 1,000 do,
 * and none for a gateway that is busy for longer.
 */
final class Telemetry extends CoapResource {
  static final long PATIENCE_MILLIS = 1_500;
  private static final long RETRY_MILLIS = 25;
  private static final int MOST_WAITING = 1_000;

  private final AtomicInteger waiting = new AtomicInteger();

  private final Supplier<Intake> intake;
  private final Map<String, String> classes;
  private final Nodes nodes;
  private final Admission admission;
  private final Unanswered unanswered;
  private final InstantSource clock;
  private final ScheduledExecutorService timer;

  Telemetry(
      Supplier<Intake> intake,
      Map<String, String> classes,
      Nodes nodes,
      Admission admission,
      Unanswered unanswered,
      InstantSource clock,
      ScheduledExecutorService timer) {
    super("telemetry");
    this.intake = intake;
    this.classes = classes;
    this.nodes = nodes;
    this.admission = admission;
    this.unanswered = unanswered;
    this.clock = clock;
    this.timer = timer;
    getAttributes().addResourceType(Edition.RESOURCE_TYPE);
    getAttributes().setTitle("POST NODE/RESOURCE: a reading, JSON with seq, or SenML, CBOR, text");
  }

  @Override
  public Resource getChild(String name) {
    return this;
  }

  @Override
  public void handleGET(CoapExchange exchange) {
    refuse(
        exchange,
        ResponseCode.METHOD_NOT_ALLOWED,
        "BG-COAP-001",
        "readings are posted: POST /telemetry/NODE/RESOURCE");
  }

  @Override
  public void handlePOST(CoapExchange exchange) {
    List<String> path = exchange.getRequestOptions().getUriPath();
    byte[] payload = payload(exchange);
    if (path.size() != 3) {
      refuse(
          exchange,
          ResponseCode.NOT_FOUND,
          "BG-COAP-001",
          "readings go to /telemetry/NODE/RESOURCE");
    } else if (payload.length > Message.MAX_PAYLOAD_OCTETS) {
      refuse(
          exchange,
          ResponseCode.REQUEST_ENTITY_TOO_LARGE,
          "BG-COAP-002",
          "a reading has at most " + Message.MAX_PAYLOAD_OCTETS + " octets");
    } else {
      try {
        Admission.Admitted admitted = admission.admit(exchange, path.get(1));
        if (!admitted.profile().allows(path.get(2))) {
          throw new Refusal(
              ResponseCode.FORBIDDEN, "BG-COAP-021", "this node may not post to this resource");
        }
        Message message =
            message(
                path.get(1),
                path.get(2),
                payload,
                exchange.getRequestOptions(),
                admitted.ingress());
        unanswered.begin();
        offer(exchange, message, clock.millis() + PATIENCE_MILLIS);
      } catch (Refusal e) {
        admission.refuse(exchange, e);
      } catch (IllegalArgumentException e) {
        refuse(exchange, ResponseCode.BAD_REQUEST, "BG-COAP-004", e.getMessage());
      }
    }
  }

  /** What a request carries; no octets if nothing. */
  static byte[] payload(CoapExchange exchange) {
    return exchange.getRequestPayload() == null ? new byte[0] : exchange.getRequestPayload();
  }

  private Message message(
      String node, String resource, byte[] payload, OptionSet options, String ingress) {
    if (!MessageId.isNode(node)) {
      throw new IllegalArgumentException("a node ID is 1 to 64 of A-Z a-z 0-9 . _ -");
    }
    Format format = format(options.getContentFormat());
    Reading reading = reading(format, options.getUriQuery(), payload);
    Map<String, Object> attributes = new HashMap<>(reading.attributes());
    attributes.put(Flow.NODE, node);
    attributes.put(Flow.RESOURCE, resource);
    attributes.put(Flow.DATA_CLASS, classes.getOrDefault(resource, "unclassified"));
    attributes.put(Flow.INGRESS, ingress);
    attributes.put(Flow.PAYLOAD_OCTETS, (long) payload.length);
    attributes.put(Flow.CONTENT_FORMAT, MediaTypeRegistry.toString(format.number()));
    return new Message(
        new MessageId(node, reading.sequence()), new Flow(attributes), payload, clock.instant());
  }

  private static Format format(int number) {
    return Format.of(number)
        .orElseThrow(
            () ->
                new Refusal(
                    ResponseCode.UNSUPPORTED_CONTENT_FORMAT,
                    "BG-COAP-040",
                    "a reading has one of the content formats 0, 50, 60, 110, 112"));
  }

  private static Reading reading(Format format, List<String> query, byte[] payload) {
    try {
      return Reading.of(format, query, payload);
    } catch (Malformed e) {
      throw new Refusal(ResponseCode.BAD_REQUEST, "BG-COAP-003", e.getMessage());
    }
  }

  private void offer(CoapExchange exchange, Message message, long untilMillis) {
    Intake now = intake.get();
    if (now == null) {
      again(exchange, message, untilMillis, 1);
      return;
    }
    CompletionStage<Acceptance> answer;
    try {
      answer = Objects.requireNonNull(now.offer(message), "an answer");
    } catch (RuntimeException | Error e) { // a LinkageError while bundles are refreshed
      again(exchange, message, untilMillis, 1);
      return;
    }
    answer.whenComplete(
        (acceptance, failure) -> {
          if (failure != null) {
            again(exchange, message, untilMillis, 1);
          } else {
            answer(exchange, message, acceptance, untilMillis);
          }
        });
  }

  private void again(CoapExchange exchange, Message message, long untilMillis, int seconds) {
    boolean isSoon = seconds <= 1 && clock.millis() < untilMillis && !timer.isShutdown();
    if (!isSoon || waiting.get() >= MOST_WAITING) {
      Response response = new Response(ResponseCode.SERVICE_UNAVAILABLE);
      response.getOptions().setMaxAge(seconds);
      unanswered.answer(exchange, response);
      return;
    }
    waiting.incrementAndGet();
    timer.schedule(
        () -> {
          waiting.decrementAndGet();
          offer(exchange, message, untilMillis);
        },
        RETRY_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  private void answer(
      CoapExchange exchange, Message message, Acceptance acceptance, long untilMillis) {
    if (acceptance instanceof Acceptance.Busy busy) {
      again(exchange, message, untilMillis, busy.seconds());
      return;
    }
    if (acceptance instanceof Acceptance.Refused refused) {
      unanswered.answer(
          exchange, new Explained(ResponseCode.FORBIDDEN, refused.code(), refused.reason()));
      return;
    }
    if (acceptance instanceof Acceptance.Accepted) {
      nodes.accepted(message.id().node(), message.id().sequence(), clock.millis());
    }
    unanswered.answer(exchange, new Response(ResponseCode.CHANGED));
  }

  private static void refuse(
      CoapExchange exchange, ResponseCode code, String error, String message) {
    exchange.respond(new Explained(code, error, message));
  }
}
