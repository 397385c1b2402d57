package io.bellgate.keys.pool.peers;

import io.bellgate.api.ops.Gone;
import io.bellgate.api.peer.PeerFailure;
import io.bellgate.api.peer.PeerSession;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The pool's talk with every peer. All state belongs to one thread, the {@link Around#owner}, which
 * waits for storage; no method of this class does, but {@link #freeze}.
 */
public final class Talk {
  /** The name of the peer service. */
  public static final String SERVICE = "keys.pool";

  private static final System.Logger LOG = System.getLogger(Talk.class.getName());

  private final Around around;
  private final Around unfrozen;
  private final Map<String, PeerTalk> peers = new TreeMap<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile boolean frozen;
  private final Map<String, PeerSession> sessions = new ConcurrentHashMap<>();
  private volatile List<Map<String, Object>> status = List.of();

  /**
   * Starts with no peer.
   *
   * @param around its owner is not the storage thread
   */
  public Talk(Around around) {
    this.around = around;
    this.unfrozen = new Around(around.storage(), this::execute, around.nanos(), around.ahead());
  }

  private PeerTalk with(String peer) {
    return peers.computeIfAbsent(peer, p -> new PeerTalk(unfrozen, p));
  }

  private void execute(Runnable work) {
    try {
      around.owner().execute(() -> quietly(work));
    } catch (RejectedExecutionException stopped) {
      LOG.log(Level.DEBUG, "the pool's talk has stopped", stopped);
    }
  }

  private void quietly(Runnable work) {
    try {
      if (!frozen) {
        work.run();
        status = peers.values().stream().map(PeerTalk::status).toList();
      }
    } catch (RuntimeException bug) {
      LOG.log(Level.ERROR, "the pool's talk failed", bug);
    }
  }

  /** A session began; while frozen it is remembered. */
  public void connected(PeerSession session) {
    sessions.put(session.peer(), session);
    execute(() -> with(session.peer()).connected(session));
  }

  /** A session ended; while frozen it is remembered. */
  public void disconnected(PeerSession session) {
    sessions.remove(session.peer(), session);
    execute(() -> with(session.peer()).disconnected(session));
  }

  /** Something changed, or time passed: looks what is to be done. Called from any thread. */
  public void wake() {
    if (woken.compareAndSet(false, true)) {
      execute(
          () -> {
            woken.set(false);
            peers.values().forEach(PeerTalk::tick);
          });
    }
  }

  /** Answers a peer. */
  public CompletionStage<byte[]> handle(String peer, byte[] request) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    try {
      around.owner().execute(() -> answer(peer, request, answer));
    } catch (RejectedExecutionException stopped) {
      answer.completeExceptionally(new Gone("keys.pool"));
    }
    return answer;
  }

  private void answer(String peer, byte[] request, CompletableFuture<byte[]> answer) {
    try {
      if (frozen) {
        throw new Gone("keys.pool");
      }
      answer.complete(with(peer).answer(request));
    } catch (IllegalArgumentException refused) {
      String why = String.valueOf(refused.getMessage());
      answer.completeExceptionally(new PeerFailure(PeerFailure.Reason.REFUSED, why));
    } catch (RuntimeException failed) {
      answer.completeExceptionally(failed);
    }
    wake();
  }

  /**
   * Does nothing more after what is at work is done.
   *
   * @return completes then
   */
  public CompletableFuture<Void> freeze() {
    frozen = true;
    CompletableFuture<Void> idle = new CompletableFuture<>();
    try {
      around.owner().execute(() -> idle.complete(null));
    } catch (RejectedExecutionException stopped) {
      idle.complete(null);
    }
    return idle;
  }

  /** Goes on after {@link #freeze}: every peer is greeted anew. */
  public void thaw() {
    frozen = false;
    woken.set(false);
    execute(
        () -> {
          sessions.keySet().forEach(this::with);
          peers.forEach((peer, talk) -> talk.again(sessions.get(peer)));
        });
  }

  /** One entry per peer. */
  public List<Map<String, Object>> status() {
    return status;
  }
}
