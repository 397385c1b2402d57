package io.bellgate.api.keys;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Makes keys with a peer ahead of demand and deposits them in the pool (whiteboard). A consumer
 * that finds the pool dry says so here; producers look after themselves otherwise.
 */
@ConsumerType
public interface KeyProducer {
  /**
   * Asks for keys; returns at once. Called often: a producer that is already at work does nothing.
   *
   * @param peer the site at the other end
   * @param kind the kind of key that ran out
   */
  void wanted(String peer, KeyOrigin.Kind kind);
}
