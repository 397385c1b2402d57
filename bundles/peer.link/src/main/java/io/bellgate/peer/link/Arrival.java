package io.bellgate.peer.link;

import io.bellgate.peer.link.tls.Handshake;
import io.bellgate.peer.link.tls.KeyName;
import io.bellgate.peer.link.tls.PreSharedKeys;
import io.bellgate.peer.link.tls.Secured;
import io.bellgate.peer.link.tls.Terms;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The answering end of one connection: who is there, and what the connection is for. */
final class Arrival {
  private final Links links;
  private final PoolKeys keys;
  private final Misses misses;

  Arrival(Links links, PoolKeys keys, Misses misses) {
    this.links = links;
    this.keys = keys;
    this.misses = misses;
  }

  /**
   * Handles a connection.
   *
   * @return a session that begins with it; empty if one goes on over it
   */
  Optional<Session> answer(Socket socket) throws IOException {
    Terms terms = links.terms();
    Secured secured =
        new Handshake(terms).answer(socket, links.mayArrive(), new Known(socket.getInetAddress()));
    try {
      links.checkTrust(secured);
      if (secured.version() == 1) {
        links.checkRoom(secured.peer().site());
        Hello.exchangeFirstVersion(secured);
        return Optional.of(links.session(links.newId(), secured, false));
      }
      return greeted(terms, secured);
    } catch (IOException | RuntimeException e) {
      secured.abandon();
      throw e;
    }
  }

  private Optional<Session> greeted(Terms terms, Secured secured) throws IOException {
    String peer = secured.peer().site();
    Hello hello = Hello.receive(secured, terms.epoch());
    Optional<Session> before = links.session(peer).filter(s -> s.id().equals(hello.session()));
    if (hello.begins() == before.isPresent()) {
      throw new ProtocolError(
          "BG-PEER-003", "a session begins once, and goes on while it lives: peer=" + peer);
    }
    if (hello.begins()) {
      links.checkRoom(peer);
    }
    keys.letGo(peer, hello.spent());
    Hello reply =
        new Hello(terms.epoch(), hello.session(), hello.begins(), hello.lane(), List.of());
    reply.send(secured);
    if (hello.begins()) {
      return Optional.of(links.session(hello.session(), secured, false));
    }
    if (hello.lane() == Hello.BULK) {
      before.get().bulkOver(secured);
    } else {
      before.get().rekeyed(secured);
      links.rekeyed(before.get());
    }
    return Optional.empty();
  }

  /** Keys of the pool and of sessions, as long as the source does not offer too many wrong ones. */
  private final class Known implements PreSharedKeys {
    private final InetAddress source;

    Known(InetAddress source) {
      this.source = source;
    }

    @Override
    public Optional<Held> find(KeyName name) {
      if (misses.tooMany(source)) {
        return Optional.empty();
      }
      return name.form().equals(KeyName.QKD)
          ? keys.find(name)
          : links
              .session(name.initiator())
              .filter(s -> !s.initiator() && belongs(name, s.id()))
              .flatMap(s -> s.successors().find(name.key()));
    }

    private static boolean belongs(KeyName name, UUID session) {
      return name.key().startsWith(session.toString());
    }

    @Override
    public void missed() {
      misses.missed(source);
    }
  }
}
