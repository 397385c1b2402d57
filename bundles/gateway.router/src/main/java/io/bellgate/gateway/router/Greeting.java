package io.bellgate.gateway.router;

import io.bellgate.api.peer.PeerSession;
import io.bellgate.gateway.router.protect.Malformed;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Compares high-water marks with a peer, once in each session: a peer that has seen more than this
 * store ever sent remembers a newer store. For one thread, but {@link #cancel} for any.
 */
final class Greeting {
  private static final System.Logger LOG = System.getLogger(Greeting.class.getName());
  private static final long SECONDS = 5;

  private final String peer;
  private final Numbers numbers;
  private PeerSession greeted;
  private volatile CompletableFuture<byte[]> answer = new CompletableFuture<>();

  Greeting(String peer, Numbers numbers) {
    this.peer = peer;
    this.numbers = numbers;
  }

  /**
   * Greets if this session was not greeted yet.
   *
   * @return why it failed; empty if the peer is greeted
   */
  String over(PeerSession session) throws InterruptedException {
    if (session == greeted) {
      return "";
    }
    try {
      answer = session.request(Wire.SERVICE, Wire.Request.GREETING.encode()).toCompletableFuture();
      Wire.Reply reply = Wire.Reply.decode(answer.get(SECONDS, TimeUnit.SECONDS));
      if (reply.what() != Wire.Answer.STORED) {
        return peer + " does not take the greeting: " + reply.text();
      }
      if (numbers.greeted(reply.seen())) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the outbox is older than {0} remembers (restored from a backup?): numbering goes on above {1}",
            peer,
            reply.seen());
      }
      greeted = session;
      return "";
    } catch (CancellationException | ExecutionException | TimeoutException | Malformed e) {
      return "greeting " + peer + " failed: " + e.getMessage();
    }
  }

  /** Ends a greeting under way. */
  void cancel() {
    answer.cancel(true);
  }
}
