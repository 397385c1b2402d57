package io.bellgate.coap.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.EmptyMessage;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;

/**
 * A node that is a socket and nothing more: it sends each message when the test says so, never
 * again by itself, and hands out each datagram that comes, in its order. So a test sees types,
 * message IDs and blocks as they are on the wire. Made for one thread.
 */
final class RawClient implements AutoCloseable {
  /** RFC 7252, section 4.6: a message fits one datagram of this size. */
  private static final int MOST_OCTETS = 1_152;

  private static final int HANG_MILLIS = 20_000;

  private static final int PINGS = 6;

  private final DatagramSocket socket;
  private final UdpDataSerializer serializer = new UdpDataSerializer();
  private final UdpDataParser parser = new UdpDataParser();
  private int messageId = 0x7d00;
  private int token = 0xace0_0000;
  private byte[] last = {};

  RawClient(int port) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    socket = new DatagramSocket(new InetSocketAddress(loopback, 0));
    socket.connect(new InetSocketAddress(loopback, port));
    socket.setSoTimeout(HANG_MILLIS);
  }

  /** A request with a message ID and a token of its own; the path begins with a slash. */
  Request request(Type type, Code code, String path) {
    Request request = new Request(code, type);
    request.setMID(++messageId);
    request.setToken(new Token(ByteBuffer.allocate(4).putInt(++token).array()));
    for (String segment : path.substring(1).split("/")) {
      request.getOptions().addUriPath(segment);
    }
    return request;
  }

  Request get(String path) {
    return request(Type.CON, Code.GET, path);
  }

  /** A request with a text. */
  Request with(Request request, int format, String text) {
    request.getOptions().setContentFormat(format);
    request.setPayload(text);
    return request;
  }

  void send(Message message) throws IOException {
    if (message instanceof EmptyMessage) {
      message.setToken(Token.EMPTY);
    }
    byte[] octets = serializer.getByteArray(message);
    socket.send(new DatagramPacket(octets, octets.length));
  }

  /** The next datagram, whatever it is. */
  Message receive() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[2_048], 2_048);
    socket.receive(packet);
    last = Arrays.copyOf(packet.getData(), packet.getLength());
    assertTrue(last.length <= MOST_OCTETS, () -> "octets=" + last.length);
    assertEquals(1, (last[0] & 0xff) >> 6, "version");
    return parser.parseMessage(last);
  }

  /** The octets of the datagram that came last. */
  byte[] last() {
    return last.clone();
  }

  Response receiveResponse() throws IOException {
    return assertInstanceOf(Response.class, receive());
  }

  EmptyMessage receiveEmpty() throws IOException {
    EmptyMessage empty = assertInstanceOf(EmptyMessage.class, receive());
    assertEquals(4, last.length, "an empty message is its header");
    return empty;
  }

  /** What a request is answered at once: on the acknowledgement, or for a NON in one of its own. */
  Response ask(Request request) throws IOException {
    send(request);
    Response response = receiveResponse();
    assertArrayEquals(request.getTokenBytes(), response.getTokenBytes(), "token");
    if (request.isConfirmable()) {
      assertEquals(Type.ACK, response.getType());
      assertEquals(request.getMID(), response.getMID(), "message ID");
    } else {
      assertEquals(Type.NON, response.getType());
    }
    return response;
  }

  void acknowledge(Message message) throws IOException {
    send(EmptyMessage.newACK(message));
  }

  void reset(Message message) throws IOException {
    send(EmptyMessage.newRST(message));
  }

  /**
   * Whatever the endpoint had to say has been said: the answers to some pings are the next
   * datagrams (RFC 7252, section 4.3). No clock decides. The endpoint works on one thread, first in
   * first out; a message is passed on there a few times before it is done, a ping is not.
   */
  void assertSilent() throws IOException {
    for (int i = 0; i < PINGS; i++) {
      EmptyMessage ping = new EmptyMessage(Type.CON);
      ping.setMID(++messageId);
      send(ping);
      EmptyMessage pong = receiveEmpty();
      assertEquals(Type.RST, pong.getType());
      assertEquals(ping.getMID(), pong.getMID());
    }
  }

  /** A whole body, fetched in blocks of whatever size the endpoint likes. */
  byte[] fetch(String path, String... queries) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int szx = 0;
    for (int number = 0; ; number++) {
      Request request = get(path);
      Arrays.stream(queries).forEach(request.getOptions()::addUriQuery);
      if (number > 0) {
        request.getOptions().setBlock2(szx, false, number);
      }
      Response response = ask(request);
      assertEquals("2.05", response.getCode().toString());
      body.writeBytes(response.getPayload());
      if (!response.getOptions().hasBlock2() || !response.getOptions().getBlock2().isM()) {
        return body.toByteArray();
      }
      szx = response.getOptions().getBlock2().getSzx();
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
