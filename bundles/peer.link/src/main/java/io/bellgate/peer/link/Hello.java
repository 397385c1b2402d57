package io.bellgate.peer.link;

import io.bellgate.api.keys.KeyId;
import io.bellgate.peer.link.tls.Secured;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The first frame of a connection in version 2, both ways: which session and lane it is for.
 *
 * @param epoch of the sender's channel policy
 * @param session made by the initiator
 * @param begins true if the session begins with this connection, false if it goes on
 * @param lane {@link #MAIN} or {@link #BULK}
 * @param spent keys that the initiator took and that came to nothing: both ends let go of them
 */
record Hello(long epoch, UUID session, boolean begins, int lane, List<KeyId> spent) {
  /** Requests, answers, and what readers of streams say. */
  static final int MAIN = 0;

  /** What writers of streams say. */
  static final int BULK = 1;

  /** The most keys in one frame. */
  static final int MOST_SPENT = 32;

  private static final int VERSION = 2;

  Frame frame() {
    ByteBuffer body = ByteBuffer.allocate(29 + 24 * spent.size());
    body.put((byte) VERSION).put((byte) VERSION).putLong(epoch);
    body.putLong(session.getMostSignificantBits()).putLong(session.getLeastSignificantBits());
    body.put((byte) (begins ? 1 : 0)).put((byte) lane).put((byte) spent.size());
    for (KeyId key : spent) {
      body.putLong(key.block().getMostSignificantBits());
      body.putLong(key.block().getLeastSignificantBits());
      body.putInt(key.offset()).putInt(key.length());
    }
    return new Frame(Frame.Type.HELLO, 0, body.array());
  }

  static Hello read(Frame frame) throws ProtocolError {
    ByteBuffer body = ByteBuffer.wrap(frame.body());
    try {
      if (frame.type() != Frame.Type.HELLO || body.get() > VERSION || body.get() < VERSION) {
        throw new ProtocolError(
            "BG-PEER-006", "the peer speaks no common protocol version: ours=" + VERSION);
      }
      long epoch = body.getLong();
      UUID session = new UUID(body.getLong(), body.getLong());
      boolean begins = body.get() == 1;
      int lane = body.get();
      List<KeyId> spent = new ArrayList<>();
      for (int left = Math.min(MOST_SPENT, body.get() & 0xff); left > 0; left--) {
        spent.add(
            new KeyId(new UUID(body.getLong(), body.getLong()), body.getInt(), body.getInt()));
      }
      if (lane != MAIN && (lane != BULK || begins) || body.hasRemaining()) {
        throw new ProtocolError("BG-PEER-003", "a session begins with its main lane");
      }
      return new Hello(epoch, session, begins, lane, spent);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new ProtocolError("BG-PEER-003", "HELLO is whole: octets=" + frame.body().length);
    }
  }

  /** Sends it. */
  void send(Secured connection) throws IOException {
    write(connection, frame());
  }

  /** Reads the peer's, which must not come from an earlier policy. */
  static Hello receive(Secured connection, long epoch) throws IOException {
    Hello hello = read(Frame.read(connection.in()));
    if (hello.epoch() < epoch) {
      throw new ProtocolError(
          "BG-PEER-010",
          "the peer's channel policy is of an earlier epoch: epoch="
              + hello.epoch()
              + " lowest="
              + epoch
              + ": bring its configuration up to date");
    }
    return hello;
  }

  /** Both ends of version 1 say the same: lowest and highest version. */
  static void exchangeFirstVersion(Secured connection) throws IOException {
    write(connection, new Frame(Frame.Type.HELLO, 0, new byte[] {1, 1}));
    Frame hello = Frame.read(connection.in());
    if (hello.type() != Frame.Type.HELLO
        || hello.body().length != 2
        || hello.body()[0] > 1
        || hello.body()[1] < 1) {
      throw new ProtocolError("BG-PEER-006", "the peer speaks no common protocol version: ours=1");
    }
  }

  private static void write(Secured connection, Frame frame) throws IOException {
    DataOutputStream out = new DataOutputStream(connection.out());
    byte[] body = frame.body();
    ByteBuffer whole = ByteBuffer.allocate(9 + body.length);
    whole.putInt(5 + body.length).put((byte) frame.type().ordinal()).putInt(frame.id()).put(body);
    out.write(whole.array());
    out.flush();
  }
}
