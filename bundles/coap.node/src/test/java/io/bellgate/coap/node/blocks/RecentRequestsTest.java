package io.bellgate.coap.node.blocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.stream.IntStream;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.Exchange.Origin;
import org.eclipse.californium.core.network.KeyMID;
import org.junit.jupiter.api.Test;

class RecentRequestsTest {
  private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 5683);

  private boolean answered;
  private final RecentRequests requests =
      new RecentRequests(InstantSource.fixed(Instant.EPOCH), r -> answered);

  private static KeyMID key(int messageId) {
    return new KeyMID(messageId, PEER);
  }

  /** One that arrives. */
  private static Exchange exchange(int messageId) {
    Request request = new Request(Code.POST, Type.CON);
    request.setMID(messageId);
    request.setBytes(new byte[] {0x40, 2, 0, (byte) messageId});
    return new Exchange(request, PEER, Origin.REMOTE, null);
  }

  private Exchange begun(int messageId) {
    Exchange exchange = exchange(messageId);
    assertNull(requests.findPrevious(key(messageId), exchange), "messageId=" + messageId);
    return exchange;
  }

  @Test
  void findTheExchangeWhileItIsBeingAnswered() {
    Exchange first = begun(1);
    for (int other = 2; other < 100; other++) {
      begun(other);
    }
    assertSame(first, requests.findPrevious(key(1), exchange(1)));
  }

  @Test
  void keepNoExchangeThatIsOver() {
    begun(1).setComplete();
    begun(2);
    assertNull(requests.find(key(1)));
  }

  @Test
  void passOnWhatIsAnsweredBelow() {
    begun(1).setComplete();
    answered = true;
    assertNull(requests.findPrevious(key(1), exchange(1)));
  }

  /** As its own predecessor, a request is taken for one that nothing was decided on. */
  @Test
  void haveNothingDoneForWhatIsNotAnsweredAgain() {
    begun(1).setComplete();
    Exchange again = exchange(1);
    assertSame(again, requests.findPrevious(key(1), again));
  }

  @Test
  void keepTwoThousandExchangesThatHaveNoEnd() {
    for (int messageId = 0; messageId < 3_000; messageId++) {
      Exchange exchange = exchange(messageId);
      exchange.getCurrentRequest().setBytes(new byte[] {(byte) messageId});
      assertNull(requests.findPrevious(key(messageId), exchange));
    }
    assertEquals(3_000, requests.size());
    long whole =
        IntStream.range(0, 3_000)
            .filter(messageId -> requests.find(key(messageId)) != null)
            .count();
    assertEquals(2_000, whole);
  }
}
