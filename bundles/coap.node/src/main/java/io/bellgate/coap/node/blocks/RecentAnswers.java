package io.bellgate.coap.node.blocks;

import io.bellgate.oscore.OscorePeer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.core.network.stack.AbstractLayer;
import org.eclipse.californium.elements.EndpointContext;

/**
 * Answers a request that comes again because its answer was lost (RFC 7252, section 4.5), over a
 * swap, too. The lowest layer, as the same octets leave again whatever protects them. It remembers
 * answers for 247 s (EXCHANGE_LIFETIME): the last 10,000 and 1 MiB to nodes that have a key, and
 * apart from them 1,000 and 256 KiB to others. Not separate ones, which their node acknowledges,
 * and not notifications. Guarded by itself.
 *
 * <p>A confirmable request that wants no answer (No-Response, RFC 7967) is given one here: it is
 * acknowledged in any case, and the answer costs no datagram more.
 */
final class RecentAnswers extends AbstractLayer {
  private static final int HEADER_OCTETS = 4;

  private final InstantSource clock;
  private final Pool proven = new Pool(10_000, 1 << 20);
  private final Pool others = new Pool(1_000, 1 << 18);

  /**
   * A request, as its repetitions are known: by where it comes from, or under DTLS by its key. A
   * node that was restarted may count its message IDs anew, so these are not enough.
   *
   * @param checksum CRC-32C of the datagram
   */
  record Asked(String peer, int messageId, int checksum) {
    static Asked of(Request request) {
      return new Asked(peer(request), request.getMID(), checksum(request.getBytes()));
    }

    static int checksum(byte[] datagram) {
      CRC32C checksum = new CRC32C();
      checksum.update(datagram);
      return (int) checksum.getValue();
    }

    /** OSCORE is above this layer: who speaks it is not known yet when a request comes. */
    private static String peer(Request request) {
      EndpointContext source = request.getSourceContext();
      return source.getPeerIdentity() instanceof OscorePeer
          ? String.valueOf(source.getPeerAddress())
          : Peer.of(request).name();
    }
  }

  /**
   * An answer as it left.
   *
   * @param proven whether it went to a node that has a key
   */
  record Answered(Asked asked, boolean proven, byte[] datagram) {}

  /** One of them. */
  private record Kept(byte[] datagram, long untilMillis) {}

  private static final class Pool {
    private final Map<Asked, Kept> kept = new LinkedHashMap<>();
    private final int most;
    private final int mostOctets;
    private int octets;

    Pool(int most, int mostOctets) {
      this.most = most;
      this.mostOctets = mostOctets;
    }

    void put(Asked asked, Kept answer) {
      remove(asked);
      kept.put(asked, answer);
      octets += answer.datagram().length;
      while (kept.size() > most || octets > mostOctets) {
        remove(kept.keySet().iterator().next());
      }
    }

    private void remove(Asked asked) {
      Kept gone = kept.remove(asked);
      if (gone != null) {
        octets -= gone.datagram().length;
      }
    }

    void expire(long nowMillis) {
      Iterator<Kept> all = kept.values().iterator();
      while (all.hasNext()) {
        Kept answer = all.next();
        if (answer.untilMillis() > nowMillis) {
          return; // those behind it left later
        }
        octets -= answer.datagram().length;
        all.remove();
      }
    }
  }

  RecentAnswers(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public void receiveRequest(Exchange exchange, Request request) {
    if (request.isConfirmable()) {
      request.getOptions().removeNoResponse();
    }
    byte[] answer = request.isDuplicate() ? null : answer(request);
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

  /** Whether a request that comes now has been answered, and will be so again. */
  boolean knows(Request request) {
    return answer(request) != null;
  }

  private synchronized byte[] answer(Request request) {
    Asked asked = Asked.of(request);
    for (Pool pool : List.of(proven, others)) {
      Kept kept = pool.kept.get(asked);
      if (kept != null && kept.untilMillis() > clock.millis()) {
        return kept.datagram();
      }
    }
    return null;
  }

  @Override
  public void sendResponse(Exchange exchange, Response response) {
    super.sendResponse(exchange, response);
    byte[] datagram = response.getBytes();
    Request request = exchange.getCurrentRequest();
    if (datagram != null && isLast(request, response)) {
      keep(new Answered(Asked.of(request), Peer.isProven(request), datagram));
    }
  }

  /** Whether nothing more comes that the request could be answered by. */
  private static boolean isLast(Request request, Response response) {
    return response.getType() == Type.ACK
        || response.getType() == Type.NON && !request.isConfirmable() && !response.isNotification();
  }

  private synchronized void keep(Answered answered) {
    Pool pool = answered.proven() ? proven : others;
    long nowMillis = clock.millis();
    pool.expire(nowMillis);
    pool.put(answered.asked(), new Kept(answered.datagram(), nowMillis + Waiting.LIFETIME_MILLIS));
  }

  /** What may be asked for again, those that left longest ago first. */
  synchronized List<Answered> answers() {
    List<Answered> answers = new ArrayList<>();
    for (Pool pool : List.of(others, proven)) {
      pool.expire(clock.millis());
      pool.kept.forEach(
          (asked, kept) -> answers.add(new Answered(asked, pool == proven, kept.datagram())));
    }
    return answers;
  }

  /**
   * Goes on from there.
   *
   * @throws IllegalArgumentException if it does not begin as an answer does
   */
  void take(Answered answered) {
    byte[] datagram = answered.datagram();
    if (datagram.length < HEADER_OCTETS
        || datagram[0] >> 6 != 1
        || !CoAP.isResponse(datagram[1] & 0xff)) {
      throw new IllegalArgumentException("what may be asked for again is an answer of CoAP");
    }
    keep(answered);
  }
}
