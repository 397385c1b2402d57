package io.bellgate.api.peer;

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One authenticated, encrypted session with one peer. It ends once and does not come back; a new
 * one is announced to every {@link PeerListener}. Thread safe.
 */
@ProviderType
public interface PeerSession {
  /** The most octets in the body of a request, an answer or one stream chunk: 65,536. */
  int MAX_BODY_OCTETS = 65_536;

  /**
   * The authenticated site at the other end.
   *
   * @return its ID
   */
  String peer();

  /**
   * True if this end opened the connection. Exactly one end of a session says so: use it to break
   * ties.
   *
   * @return which end this is
   */
  boolean initiator();

  /**
   * What the channel rests on, whatever of it is in use. It may rise while the session lives, and
   * does not fall. Below the configured minimum of the peer the session carries only what brings
   * keys; other requests fail with {@link PeerFailure.Reason#NO_SERVICE}, other streams with such a
   * {@link PeerFailure}.
   *
   * @return the level at this moment
   */
  Level level();

  /** What a channel rests on, in rising order. */
  enum Level {
    /** X25519 with ML-KEM, and both signatures of both sites. */
    PQC,
    /** That, and a pre-shared key from the quantum link. */
    QKD_PQC
  }

  /**
   * Sends a request. Requests to one service are handed to it in the order in which they were sent.
   * At most a fixed number are in flight; further ones wait in order.
   *
   * @param service the name of a {@link PeerService} at the other end
   * @param body at most {@link #MAX_BODY_OCTETS}; not changed by the caller afterwards
   * @return the answer; or exceptionally a {@link PeerFailure}
   * @throws IllegalArgumentException if the body is too large
   */
  CompletionStage<byte[]> request(String service, byte[] body);

  /**
   * Opens a stream: octets in one direction, flow-controlled, which do not hold up requests. If the
   * session has ended, the first write says so.
   *
   * @param service the name of a {@link PeerService} at the other end
   * @return a stream to write to
   * @throws PeerFailure if the level is below the minimum of the peer
   */
  PeerStream open(String service);

  /**
   * True until the session ended.
   *
   * @return whether requests have a chance
   */
  boolean alive();
}
