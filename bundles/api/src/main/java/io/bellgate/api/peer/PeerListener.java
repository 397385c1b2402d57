package io.bellgate.api.peer;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Learns of sessions (whiteboard). A listener that registers while sessions are up is told of each
 * of them. Called on one thread; must not block.
 */
@ConsumerType
public interface PeerListener {
  /**
   * A session began.
   *
   * @param session alive at this moment
   */
  void connected(PeerSession session);

  /**
   * A session ended.
   *
   * @param session not alive
   */
  default void disconnected(PeerSession session) {}
}
