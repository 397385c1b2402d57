package io.bellgate.gateway.router;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.message.Sink;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.policy.Policy;
import java.util.Optional;

/**
 * The services around the router as they are at this moment; any of them may be absent during a
 * swap.
 */
interface Surroundings {
  Optional<Policy> policy();

  Optional<KeyPool> pool();

  Optional<PeerSession> session(String peer);

  Optional<Sink> sink(String name);

  /** Tells the producers that a kind of key ran out. */
  void wanted(String peer, KeyOrigin.Kind kind);
}
