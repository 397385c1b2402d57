package io.bellgate.peer.link;

import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.peer.PeerSession.Level;
import io.bellgate.peer.link.tls.Handshake;
import io.bellgate.peer.link.tls.KeyName;
import io.bellgate.peer.link.tls.Offer;
import io.bellgate.peer.link.tls.Secured;
import io.bellgate.peer.link.tls.Terms;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The dialling end of one peer: connections in the best form that there is, and what a session
 * needs while it lives. For one thread.
 */
final class Reach {
  private static final System.Logger LOG = System.getLogger(Reach.class.getName());

  private final String peer;
  private final InetSocketAddress address;
  private final Links links;
  private final PoolKeys keys;

  Reach(String peer, InetSocketAddress address, Links links, PoolKeys keys) {
    this.peer = peer;
    this.address = address;
    this.links = links;
    this.keys = keys;
  }

  /** How the first contact form came about where a key was there. */
  static final class FellBack extends IOException {
    private static final long serialVersionUID = 1L;

    FellBack(String why, Throwable cause) {
      super(why, cause);
    }
  }

  /**
   * Begins a session.
   *
   * @throws FellBack if a key of the pool was offered and came to nothing: the next attempt is
   *     without one
   */
  Session begin() throws IOException {
    Terms terms = links.terms();
    UUID id = links.newId();
    Way way = connect(terms);
    links.shakesHands(peer);
    Optional<Offer> offer = keyed(way, () -> fromPool(terms));
    Secured secured = secure(terms, way, offer, hello(terms, id, true, Hello.MAIN));
    try {
      return links.session(id, secured, true);
    } catch (IOException | RuntimeException e) {
      secured.abandon();
      throw e;
    }
  }

  /** Does what the session needs now; what fails is tried again later. */
  void tend(Session session) throws IOException {
    if (session.version() == 1 || session.switching()) {
      return;
    }
    Terms terms = links.terms();
    if (session.wantsBulk()) {
      Way way = connect(terms);
      Optional<Offer> offer = keyed(way, () -> Optional.of(successor(session, terms)));
      over(session, terms, Hello.BULK, way, offer);
      return;
    }
    Level level = session.successors().level();
    boolean due = links.rekeyDue(session);
    if (due || level == Level.PQC && keys.likely(peer)) {
      Way way = connect(terms);
      Optional<Offer> offer = keyed(way, () -> fromPool(terms));
      if (offer.isEmpty() && level != Level.PQC) {
        offer = keyed(way, () -> Optional.of(successor(session, terms)));
      }
      if (due || offer.isPresent()) {
        over(session, terms, Hello.MAIN, way, offer);
      } else {
        way.abandon();
      }
    }
  }

  /** A connection, and how long what is done with it before the first frame may take. */
  private record Way(Socket socket, Doorway.Passage passage) {
    void abandon() throws IOException {
      passage.close();
      socket.close();
    }
  }

  /**
   * A connection on which nothing known stands in the way of a handshake: no key is risked before.
   */
  private Way connect(Terms terms) throws IOException {
    new Handshake(terms).check(peer);
    Socket socket = links.connect(address);
    return new Way(socket, links.leaving(socket));
  }

  /** Gets an offer for a connection, which is closed if that fails. */
  private static Optional<Offer> keyed(Way way, Supplier<Optional<Offer>> from) throws IOException {
    try {
      return from.get();
    } catch (RuntimeException e) {
      way.abandon();
      throw e;
    }
  }

  private Optional<Offer> fromPool(Terms terms) {
    return keys.take(peer).map(key -> offer(terms, key));
  }

  private Hello hello(Terms terms, UUID session, boolean begins, int lane) {
    return new Hello(terms.epoch(), session, begins, lane, keys.spent(peer));
  }

  private Offer offer(Terms terms, Key key) {
    return new Offer(
        name(terms, KeyName.QKD, key.id().toString()),
        key.secret(),
        Level.QKD_PQC,
        key.origin().toString());
  }

  /** Keeps the level: what keyed this connection keys the next. */
  private Offer successor(Session session, Terms terms) {
    return new Offer(
        name(terms, KeyName.SESSION, session.successors().take()),
        session.successors().copy(),
        session.successors().level(),
        session.successors().origin());
  }

  private KeyName name(Terms terms, String form, String key) {
    return new KeyName(
        form, terms.group().standardName(), terms.identity().site(), peer, terms.epoch(), key);
  }

  private void over(Session session, Terms terms, int lane, Way way, Optional<Offer> offer)
      throws IOException {
    Secured next = secure(terms, way, offer, hello(terms, session.id(), false, lane));
    try {
      if (lane == Hello.MAIN) {
        session.rekeyed(next);
        LOG.log(System.Logger.Level.INFO, "rekeyed with {0}: {1}", peer, next.describe());
        links.rekeyed(session);
      } else {
        session.bulkOver(next);
      }
    } catch (IOException | RuntimeException e) {
      next.abandon();
      throw e;
    }
  }

  private void lost(Offer offer) {
    offer.secret().destroy();
    if (offer.name().form().equals(KeyName.QKD)) {
      keys.failed(peer, KeyId.parse(offer.name().key()));
    }
  }

  /** A connection that both ends have verified and greeted each other on. */
  private Secured secure(Terms terms, Way way, Optional<Offer> offer, Hello hello)
      throws IOException {
    Secured secured = null;
    Doorway.Passage passage = way.passage();
    try (passage) {
      secured = new Handshake(terms).dial(way.socket(), peer, offer);
      links.checkTrust(secured);
      greet(terms, secured, hello);
      return secured;
    } catch (IOException | RuntimeException e) {
      way.socket().close();
      if (secured != null) {
        secured.abandon();
      }
      offer.ifPresent(this::lost);
      Exception why = e instanceof IOException io ? passage.failure(io) : e;
      if (offer.filter(o -> o.name().form().equals(KeyName.QKD)).isEmpty()) {
        throw why instanceof IOException io ? io : new IOException(Links.why(e), e);
      }
      throw new FellBack(
          "BG-PEER-013 a key of the quantum link came to nothing: peer="
              + peer
              + " key="
              + offer.get().name().key()
              + " because: "
              + Links.why(why),
          e);
    }
  }

  /** HELLO both ways; also proof that the peer has verified this end. */
  private void greet(Terms terms, Secured secured, Hello hello) throws IOException {
    if (secured.version() == 1 && hello.begins()) {
      Hello.exchangeFirstVersion(secured);
      return;
    }
    if (secured.version() == 1) {
      throw new ProtocolError("BG-PEER-006", "a session goes on in the version it began with");
    }
    hello.send(secured);
    Hello reply = Hello.receive(secured, terms.epoch());
    if (!reply.session().equals(hello.session()) || reply.lane() != hello.lane()) {
      throw new ProtocolError("BG-PEER-003", "the answer to HELLO is for the same session");
    }
    keys.told(peer, hello.spent());
    if (secured.level() == Level.QKD_PQC && hello.lane() == Hello.MAIN) {
      keys.succeeded(peer);
    }
  }
}
