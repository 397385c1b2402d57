package io.bellgate.peer.link;

import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.peer.PeerSession.Level;
import io.bellgate.peer.link.tls.Group;
import io.bellgate.peer.link.tls.Handshake;
import io.bellgate.peer.link.tls.KeyName;
import io.bellgate.peer.link.tls.Offer;
import io.bellgate.peer.link.tls.PreSharedKeys;
import io.bellgate.peer.link.tls.Secured;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A connection of one end to another that a test drives frame by frame. */
final class ByHand implements AutoCloseable {
  /** Of an end that has no pre-shared keys. */
  static final PreSharedKeys NO_KEYS =
      new PreSharedKeys() {
        @Override
        public Optional<Held> find(KeyName name) {
          return Optional.empty();
        }

        @Override
        public void missed() {}
      };

  final Secured secured;
  private final DataOutputStream out;

  private ByHand(Secured secured) {
    this.secured = secured;
    this.out = new DataOutputStream(secured.out());
  }

  /** Dials with certificates. */
  static ByHand dial(End from, End to) throws IOException {
    return dial(from, to, Optional.empty());
  }

  /** Dials with a key of the quantum link. */
  static ByHand dialWithKey(End from, End to) throws IOException {
    Key key =
        from.pool
            .take(to.identity.site(), KeyPool.Purpose.CHANNEL, KeyPool.CHUNK_OCTETS, origin -> true)
            .orElseThrow();
    KeyName name =
        new KeyName(
            KeyName.QKD,
            Group.X25519MLKEM768.standardName(),
            from.identity.site(),
            to.identity.site(),
            1,
            key.id().toString());
    return dial(
        from,
        to,
        Optional.of(new Offer(name, key.secret(), Level.QKD_PQC, key.origin().toString())));
  }

  private static ByHand dial(End from, End to, Optional<Offer> offer) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(to.address());
    return new ByHand(new Handshake(from.terms()).dial(socket, to.identity.site(), offer));
  }

  /** HELLO both ways. */
  void greet(UUID session, boolean begins) throws IOException {
    new Hello(1, session, begins, Hello.MAIN, List.of()).send(secured);
    Hello.receive(secured, 1);
  }

  void send(Frame frame) throws IOException {
    frame.write(out);
    out.flush();
  }

  /** Reads what is no PING. */
  Frame receive() throws IOException {
    Frame frame = Frame.read(secured.in());
    while (frame.type() == Frame.Type.PING) {
      frame = Frame.read(secured.in());
    }
    return frame;
  }

  @Override
  public void close() {
    secured.abandon();
  }
}
