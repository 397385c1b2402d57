package io.bellgate.gateway.router;

import io.bellgate.api.message.Sink;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.policy.Policy;
import io.bellgate.gateway.router.protect.KeyServices;
import java.util.Optional;

/**
 * The services around the router as they are at this moment; any of them may be absent during a
 * swap.
 */
interface Surroundings extends KeyServices {
  Optional<Policy> policy();

  Optional<PeerSession> session(String peer);

  Optional<Sink> sink(String name);
}
