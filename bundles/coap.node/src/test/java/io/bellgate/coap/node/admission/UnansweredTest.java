package io.bellgate.coap.node.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetSocketAddress;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.junit.jupiter.api.Test;

/** A swap waits until nothing is unanswered: whatever becomes of an answer, it counts once. */
class UnansweredTest {
  private final Unanswered unanswered = new Unanswered();

  private static CoapExchange exchange(Type type, Runnable responding) {
    Request request = new Request(Code.POST, type);
    request.getOptions().setNoResponse(2);
    Exchange exchange =
        new Exchange(
            request, new InetSocketAddress("127.0.0.1", 1), Exchange.Origin.REMOTE, Runnable::run);
    return new CoapExchange(exchange) {
      @Override
      public void respond(Response response) {
        responding.run();
      }
    };
  }

  private static RuntimeException broken() {
    throw new IllegalStateException("the stack is broken");
  }

  private void countsOneThatCannotBeSent(Type type) {
    unanswered.begin();
    assertThrows(
        IllegalStateException.class,
        () ->
            unanswered.answer(
                exchange(type, UnansweredTest::broken), new Response(ResponseCode.CHANGED)));
    assertEquals(0, unanswered.count());
  }

  @Test
  void countsAnAnswerThatCannotBeSent() {
    countsOneThatCannotBeSent(Type.CON);
  }

  @Test
  void countsOnceWhateverIsHeardOfAnAnswer() {
    unanswered.begin();
    unanswered.begin();
    Response response = new Response(ResponseCode.CHANGED);
    unanswered.answer(exchange(Type.CON, () -> {}), response);
    assertEquals(2, unanswered.count());
    response.getMessageObservers().forEach(o -> o.onSent(false));
    response.getMessageObservers().forEach(o -> o.onSent(true));
    response.setSendError(new IllegalStateException("later"));
    assertEquals(1, unanswered.count());
  }

  @Test
  void countsAnAnswerThatNobodyWants() {
    unanswered.begin();
    unanswered.answer(exchange(Type.NON, () -> {}), new Response(ResponseCode.CHANGED));
    assertEquals(0, unanswered.count());
    countsOneThatCannotBeSent(Type.NON);
  }
}
