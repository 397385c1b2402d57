package io.bellgate.coap.node.sessions;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.MessageFormatException;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;
import org.eclipse.californium.core.network.MessageIdProvider;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.RawDataChannel;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.ConnectionId;

/**
 * Connections that a run left that ended without order: nobody knows which of their records had
 * arrived, so one that comes may be a repetition. A request is answered 4.01 with an Echo option
 * (RFC 9175) until one comes that has its value; that one was sent after the start, all records
 * before it are taken no more, and the connection is as any other (as RFC 8613, Appendix B.1.2, has
 * it for OSCORE). One whose node does not answer the fourth, each at least half a minute behind the
 * one before and for another message, is closed, so that it shakes hands.
 *
 * <p>Acknowledgements are passed on meanwhile: they are told by 16 bits of a message that was sent
 * after the start, and all that a repeated one could do is to have one notification taken for
 * received. Everything else is dropped. Called on a connection's own thread.
 */
public final class Doubts {
  private static final System.Logger LOG = System.getLogger(Doubts.class.getName());
  private static final int ECHO_OCTETS = 8;
  private static final int MOST_ASKED = 4;
  private static final long PAUSE_MILLIS = 30_000;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Map<ConnectionId, Doubt> doubts = new ConcurrentHashMap<>();
  private final Working working;
  private final MessageIdProvider ids;
  private final InstantSource clock;
  private final Consumer<RawData> answers;
  private final Consumer<Connection> close;

  /** Of one connection. */
  private static final class Doubt {
    private final byte[] echo;
    private final Set<Integer> counted = new HashSet<>();
    private long lastMillis;

    Doubt(byte[] echo) {
      this.echo = echo;
    }

    /** Counts a message, unless it comes again or soon. */
    void count(int messageId, long nowMillis) {
      if (Math.abs(nowMillis - lastMillis) >= PAUSE_MILLIS && counted.add(messageId)) {
        lastMillis = nowMillis;
      }
    }
  }

  /**
   * Begins with none.
   *
   * @param working says whose record it is that came
   * @param ids numbers answers
   * @param answers sends
   * @param close ends a connection, and tells its node
   */
  public Doubts(
      Working working,
      MessageIdProvider ids,
      InstantSource clock,
      Consumer<RawData> answers,
      Consumer<Connection> close) {
    this.working = working;
    this.ids = ids;
    this.clock = clock;
    this.answers = answers;
    this.close = close;
  }

  /** A connection is in doubt. */
  public void add(ConnectionId id) {
    byte[] echo = new byte[ECHO_OCTETS];
    RANDOM.nextBytes(echo);
    doubts.put(id, new Doubt(echo));
  }

  /** How many are in doubt. */
  public int size() {
    return doubts.size();
  }

  /** Writes who is in doubt, and what was asked: count (u32); ID (u8 and octets), value (8). */
  public void write(DataOutputStream out) throws IOException {
    out.writeInt(doubts.size());
    for (Map.Entry<ConnectionId, Doubt> doubt : doubts.entrySet()) {
      out.writeByte(doubt.getKey().length());
      out.write(doubt.getKey().getBytes());
      out.write(doubt.getValue().echo);
    }
  }

  /** Goes on with what was written. */
  public void read(DataInputStream in) throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      ConnectionId id = new ConnectionId(in.readNBytes(in.readUnsignedByte()));
      doubts.put(id, new Doubt(in.readNBytes(ECHO_OCTETS)));
    }
  }

  /** Forgets those that are not there any more. */
  public void keep(Function<ConnectionId, Connection> there) {
    doubts.keySet().removeIf(id -> there.apply(id) == null);
  }

  /** Passes on what is in no doubt. */
  public RawDataChannel before(RawDataChannel behind) {
    return data -> {
      if (doubts.isEmpty() || isCertain(data)) {
        behind.receiveData(data);
      }
    };
  }

  private boolean isCertain(RawData data) {
    Optional<Connection> known = working.connection();
    if (known.isEmpty()) {
      return false;
    }
    Connection connection = known.get();
    Doubt doubt = doubts.get(connection.getConnectionId());
    if (doubt == null) {
      return true;
    }
    Message message;
    try {
      message = new UdpDataParser().parseMessage(data.getBytes());
    } catch (MessageFormatException malformed) {
      return false;
    }
    if (!(message instanceof Request request)) {
      return message.getType() == Type.ACK;
    }
    if (isEchoed(request, doubt)) {
      RecordNumbers.closeWindow(connection.getEstablishedDtlsContext());
      doubts.remove(connection.getConnectionId());
      return true;
    }
    boolean isClosing = doubt.counted.size() >= MOST_ASKED;
    if (!isClosing && connection.getPeerAddress() != null) {
      doubt.count(request.getMID(), clock.millis());
      ask(request, data, doubt);
      if (doubt.counted.size() >= MOST_ASKED) {
        close.accept(connection);
      }
    }
    return false;
  }

  private static boolean isEchoed(Request request, Doubt doubt) {
    Option echo = request.getOptions().getOtherOption(StandardOptionRegistry.ECHO);
    return echo != null && MessageDigest.isEqual(echo.getValue(), doubt.echo);
  }

  private void ask(Request request, RawData data, Doubt doubt) {
    Response response = new Response(ResponseCode.UNAUTHORIZED);
    response.setType(request.isConfirmable() ? Type.ACK : Type.NON);
    response.setMID(
        request.isConfirmable()
            ? request.getMID()
            : ids.getNextMessageId(data.getInetSocketAddress()));
    response.setToken(request.getToken());
    response.getOptions().addOption(StandardOptionRegistry.ECHO.create(doubt.echo));
    response.setDestinationContext(data.getEndpointContext());
    try {
      answers.accept(new UdpDataSerializer().serializeResponse(response));
    } catch (IllegalStateException stopped) {
      LOG.log(Level.DEBUG, "a connection is in doubt still", stopped); // and is handed over so
    }
  }
}
