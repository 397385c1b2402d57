package io.bellgate.peer.link;

import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.keys.SiteIdentity;
import io.bellgate.api.peer.PeerListener;
import io.bellgate.api.peer.PeerService;
import java.util.List;
import java.util.Optional;

/**
 * The services around the link as they are at this moment; any of them may be absent during a swap.
 */
interface Surroundings {
  Optional<SiteIdentity> identity();

  Optional<RandomBits> random();

  Optional<AlgorithmRegistry> registry();

  Optional<KeyPool> pool();

  Optional<PeerService> service(String name);

  List<PeerListener> listeners();
}
