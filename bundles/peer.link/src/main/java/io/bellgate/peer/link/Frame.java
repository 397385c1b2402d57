package io.bellgate.peer.link;

import io.bellgate.api.peer.PeerSession;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One frame inside TLS: {@code [length u32][type u8][id u32][body]}, length counting what follows
 * it. See docs/wire-format.md.
 *
 * @param type what it is
 * @param id of the request or stream it belongs to; 0 if none
 * @param body depends on the type
 */
record Frame(Type type, int id, byte[] body) {
  /** Header and name of a service beside a body of the largest size. */
  private static final int MOST = PeerSession.MAX_BODY_OCTETS + 512;

  private static final int HEADER = 5;

  /** Frame types; the number on the wire is the ordinal. */
  enum Type {
    /** First in both directions: lowest and highest protocol version spoken. */
    HELLO,
    /** A request: length of the service name (u8), the name, the body. */
    REQUEST,
    /** The answer to a request. */
    ANSWER,
    /** A request failed: reason (u8), text. */
    FAILURE,
    /** A stream begins: the service name. */
    OPEN,
    /** Octets of a stream. */
    DATA,
    /** The reader of a stream has taken octets: how many (u32). */
    CREDIT,
    /** The writer of a stream is done. */
    END,
    /** The reader of a stream is done: all was read. */
    DONE,
    /** The reader of a stream wants no more. */
    CANCEL,
    /** Are you there? */
    PING,
    /** I am. */
    PONG,
    /** This end goes away and will be back at once. */
    GOAWAY,
    /** The last one on this connection: what follows comes on the next. Since version 2. */
    SWITCH
  }

  static Frame of(Type type, int id) {
    return new Frame(type, id, new byte[0]);
  }

  static Frame request(int id, String service, byte[] body) {
    byte[] name = service.getBytes(StandardCharsets.US_ASCII);
    byte[] octets = new byte[1 + name.length + body.length];
    octets[0] = (byte) name.length;
    System.arraycopy(name, 0, octets, 1, name.length);
    System.arraycopy(body, 0, octets, 1 + name.length, body.length);
    return new Frame(Type.REQUEST, id, octets);
  }

  /** The service that a request names. */
  String service() throws ProtocolError {
    int length = body.length == 0 ? 0 : body[0] & 0xff;
    if (length == 0 || length >= body.length + 1 || length > 64) {
      throw new ProtocolError("BG-PEER-004", "a request names a service of 1 to 64 octets");
    }
    return new String(body, 1, length, StandardCharsets.US_ASCII);
  }

  byte[] requestBody() {
    return Arrays.copyOfRange(body, 1 + (body[0] & 0xff), body.length);
  }

  /** Reads a frame; its length is checked before anything is allocated. */
  static Frame read(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < HEADER || length > HEADER + MOST) {
      throw new ProtocolError(
          "BG-PEER-003",
          "a frame has " + HEADER + " to " + (HEADER + MOST) + " octets: octets=" + length);
    }
    int type = in.readUnsignedByte();
    if (type >= Type.values().length) {
      throw new ProtocolError("BG-PEER-003", "a frame is of a known type: type=" + type);
    }
    int id = in.readInt();
    byte[] body = new byte[length - HEADER];
    in.readFully(body);
    return new Frame(Type.values()[type], id, body);
  }

  void write(DataOutputStream out) throws IOException {
    out.writeInt(HEADER + body.length);
    out.writeByte(type.ordinal());
    out.writeInt(id);
    out.write(body);
  }
}
