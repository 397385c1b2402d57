package io.bellgate.keys.pqc;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.peer.PeerFailure;
import io.bellgate.api.peer.PeerSession;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Makes keys with peers. The initiator offers, the responder replies; both deposit unconfirmed,
 * prove to each other that they derived the same, and confirm. Only the word of the peer that it
 * does not hold a block, or the end of its life, wipes one: so that after any failure both ends
 * hold the same, or none of it can be taken.
 *
 * <p>All state belongs to one thread, the {@code owner}.
 */
final class KeyEstablishment {
  /** The name of the peer service. */
  static final String SERVICE = "keys.pqc";

  private final Surroundings around;
  private final Executor owner;
  private final Map<String, PeerKeys> peers = new TreeMap<>();
  private volatile List<Map<String, Object>> status = List.of();

  /**
   * Starts with no peer.
   *
   * @param owner runs tasks one after the other
   */
  KeyEstablishment(Surroundings around, Executor owner) {
    this.around = around;
    this.owner = owner;
  }

  private PeerKeys with(String peer) {
    return peers.computeIfAbsent(peer, p -> new PeerKeys(around, owner, p));
  }

  void connected(PeerSession session) {
    owner.execute(() -> with(session.peer()).connected(session));
  }

  void disconnected(PeerSession session) {
    owner.execute(() -> with(session.peer()).disconnected(session));
  }

  void wanted(String peer, KeyOrigin.Kind kind) {
    owner.execute(
        () -> {
          with(peer).wanted(kind);
          with(peer).tick();
        });
  }

  /** To be called a few times a second. */
  void tick() {
    owner.execute(
        () -> {
          peers.values().forEach(PeerKeys::tick);
          status = peers.values().stream().map(PeerKeys::status).toList();
        });
  }

  /** Drops what is under way; to be called on the owner. */
  void freeze() {
    peers.values().forEach(PeerKeys::freeze);
  }

  List<Map<String, Object>> status() {
    return status;
  }

  CompletionStage<byte[]> handle(String peer, byte[] request) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    owner.execute(
        () -> {
          try {
            answer.complete(answer(peer, new Wire.Reader(request)));
          } catch (IllegalArgumentException refused) {
            String why = String.valueOf(refused.getMessage());
            answer.completeExceptionally(new PeerFailure(PeerFailure.Reason.REFUSED, why));
          } catch (RuntimeException failed) {
            answer.completeExceptionally(failed);
          }
        });
    return answer;
  }

  private byte[] answer(String peer, Wire.Reader message) {
    PeerKeys keys = with(peer);
    return switch (message.type()) {
      case OFFER -> keys.responder().offer(message);
      case CONFIRM -> keys.responder().confirm(message);
      case RESOLVE -> keys.resolve(message);
      case WANT -> {
        keys.wanted(kind(message.text()));
        message.end();
        owner.execute(keys::tick);
        yield new Wire.Writer(Wire.Type.OK).done();
      }
      case ABANDON -> {
        keys.responder().abandon(message.id());
        yield new Wire.Writer(Wire.Type.OK).done();
      }
      case REPLY, CONFIRMED, RESOLVED, OK ->
          throw new IllegalArgumentException("BG-PQC-001 this is an answer, not a request");
    };
  }

  private static KeyOrigin.Kind kind(String word) {
    return KeyOrigin.Kind.valueOf(word);
  }
}
