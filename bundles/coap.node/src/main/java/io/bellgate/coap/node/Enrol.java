package io.bellgate.coap.node;

import io.bellgate.coap.node.admission.Admission;
import io.bellgate.coap.node.admission.Refusal;
import io.bellgate.coap.node.admission.Speaker;
import io.bellgate.coap.node.admission.Unanswered;
import io.bellgate.coap.node.blocks.Explained;
import io.bellgate.coap.node.renewal.Enrolments;
import io.bellgate.coap.node.renewal.Outcome;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.server.resources.CoapExchange;

/**
 * {@code POST /enrol} under the protection of a node: agrees with it on a key that whoever listens
 * does not learn, not even if he knows the present one. Two messages ({@link
 * io.bellgate.nodekeys.EnrolRequest}, {@link io.bellgate.nodekeys.EnrolConfirmation}), on a thread
 * of their own, since keys are made and files are written.
 */
final class Enrol extends CoapResource {
  private static final System.Logger LOG = System.getLogger(Enrol.class.getName());
  private static final int MOST_ASKED = 64;
  private static final int RETRY_SECONDS = 5;

  private final Admission admission;
  private final Unanswered unanswered;
  private final Enrolments enrolments;
  private final AtomicInteger pending = new AtomicInteger();
  private final ExecutorService working =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "coap-enrol");
            thread.setDaemon(true);
            return thread;
          });

  Enrol(Admission admission, Unanswered unanswered, Enrolments enrolments) {
    super("enrol");
    this.admission = admission;
    this.unanswered = unanswered;
    this.enrolments = enrolments;
    getAttributes()
        .setTitle("POST keys under the present key: a key that whoever listens does not learn");
  }

  @Override
  public void handlePOST(CoapExchange exchange) {
    Speaker speaker;
    try {
      speaker = admission.speaker(exchange, "a node enrols under its present key");
    } catch (Refusal e) {
      admission.refuse(exchange, e);
      return;
    }
    byte[] payload = Telemetry.payload(exchange);
    if (pending.incrementAndGet() > MOST_ASKED) {
      pending.decrementAndGet();
      unanswered.begin();
      respond(
          exchange, new Outcome.Later("BG-COAP-025", "too many nodes enrol now", RETRY_SECONDS));
    } else {
      unanswered.begin();
      working.execute(() -> answer(exchange, speaker.node(), speaker.identity(), payload));
    }
  }

  private void answer(CoapExchange exchange, String node, String identity, byte[] payload) {
    Outcome outcome;
    try {
      outcome = enrolments.answer(node, identity, payload, System.nanoTime());
    } catch (RuntimeException broken) {
      LOG.log(Level.ERROR, "an enrolment broke: node=" + node, broken);
      outcome = new Outcome.Later("BG-COAP-025", "it broke", RETRY_SECONDS);
    }
    pending.decrementAndGet();
    respond(exchange, outcome);
  }

  private void respond(CoapExchange exchange, Outcome outcome) {
    unanswered.answer(exchange, response(outcome));
  }

  private static Response response(Outcome outcome) {
    if (outcome instanceof Outcome.Done done) {
      Response response = new Response(ResponseCode.CHANGED);
      response.setPayload(done.payload());
      return response;
    }
    if (outcome instanceof Outcome.Malformed malformed) {
      return new Explained(ResponseCode.BAD_REQUEST, malformed.code(), malformed.reason());
    }
    if (outcome instanceof Outcome.Refused refused) {
      return new Explained(ResponseCode.FORBIDDEN, refused.code(), refused.reason());
    }
    Outcome.Later later = (Outcome.Later) outcome;
    Response response =
        new Explained(ResponseCode.SERVICE_UNAVAILABLE, later.code(), later.reason());
    response.getOptions().setMaxAge(later.seconds());
    return response;
  }

  /** What came of enrolments. */
  Map<String, Object> status() {
    return enrolments.status();
  }

  void stop() {
    working.shutdown();
    enrolments.stop();
  }
}
