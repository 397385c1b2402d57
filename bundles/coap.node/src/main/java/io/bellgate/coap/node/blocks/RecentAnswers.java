package io.bellgate.coap.node.blocks;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.core.network.stack.AbstractLayer;

/**
 * Answers a request that is sent again because its answer was lost, over a swap: the endpoint's own
 * deduplication (RFC 7252, section 4.5) ends with the endpoint. The lowest layer, as the same
 * octets leave again whatever protects them. It remembers answers on acknowledgements, the last
 * 10,000 of at most 247 s (EXCHANGE_LIFETIME). Guarded by itself.
 */
final class RecentAnswers extends AbstractLayer {
  private static final int MOST = 10_000;

  private final InstantSource clock;
  private final Map<Asked, Sent> sent = new LinkedHashMap<>();
  private final Map<Asked, byte[]> before = new LinkedHashMap<>();
  private final long beforeUntilMillis;

  /**
   * A request, as its repetitions are known: a node that was restarted may count its message IDs
   * anew, so these are not enough.
   *
   * @param checksum CRC-32C of the datagram
   */
  record Asked(String peer, int messageId, int checksum) {
    static Asked of(Request request) {
      CRC32C checksum = new CRC32C();
      checksum.update(request.getBytes());
      return new Asked(Peer.of(request).name(), request.getMID(), (int) checksum.getValue());
    }
  }

  /** An answer that left. */
  private record Sent(Response response, long atMillis) {}

  /** An answer as it left. */
  record Answered(Asked asked, byte[] datagram) {}

  RecentAnswers(InstantSource clock) {
    this.clock = clock;
    beforeUntilMillis = clock.millis() + Waiting.LIFETIME_MILLIS;
  }

  @Override
  public void receiveRequest(Exchange exchange, Request request) {
    byte[] answer = request.isDuplicate() ? null : before(request);
    if (answer == null) {
      super.receiveRequest(exchange, request);
      return;
    }
    Message response = new UdpDataParser().parseMessage(answer);
    response.setDestinationContext(request.getSourceContext());
    exchange.setCurrentRequest(request);
    exchange.setResponse((Response) response);
    super.sendResponse(exchange, (Response) response);
  }

  private synchronized byte[] before(Request request) {
    forget();
    return before.isEmpty() ? null : before.get(Asked.of(request));
  }

  private void forget() {
    if (!before.isEmpty() && clock.millis() > beforeUntilMillis) {
      before.clear();
    }
  }

  @Override
  public void sendResponse(Exchange exchange, Response response) {
    if (response.getType() == Type.ACK) {
      remember(Asked.of(exchange.getCurrentRequest()), response);
    }
    super.sendResponse(exchange, response);
  }

  private synchronized void remember(Asked asked, Response response) {
    sent.remove(asked);
    sent.put(asked, new Sent(response, clock.millis()));
    if (sent.size() > MOST) {
      Iterator<Asked> eldest = sent.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
  }

  /** What may be asked for again. */
  synchronized List<Answered> answers() {
    forget();
    List<Answered> answers = new ArrayList<>();
    before.forEach((asked, datagram) -> answers.add(new Answered(asked, datagram)));
    long since = clock.millis() - Waiting.LIFETIME_MILLIS;
    sent.forEach(
        (asked, answer) -> {
          byte[] datagram = answer.response().getBytes();
          if (datagram != null && answer.atMillis() > since) {
            answers.add(new Answered(asked, datagram));
          }
        });
    return answers.subList(Math.max(0, answers.size() - MOST), answers.size());
  }

  /**
   * Goes on from there.
   *
   * @throws IllegalArgumentException if it is not an answer on an acknowledgement
   */
  synchronized void take(Answered answered) {
    Message message = new UdpDataParser().parseMessage(answered.datagram());
    if (!(message instanceof Response) || message.getType() != Type.ACK) {
      throw new IllegalArgumentException("what may be asked for again is on an acknowledgement");
    }
    before.put(answered.asked(), answered.datagram());
  }
}
