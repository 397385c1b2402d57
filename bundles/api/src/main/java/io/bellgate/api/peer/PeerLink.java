package io.bellgate.api.peer;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The channel between this gateway and its peers. Thread safe. */
@ProviderType
public interface PeerLink {
  /**
   * The configured peers.
   *
   * @return site IDs, in the order of the configuration
   */
  List<String> peers();

  /**
   * The session with a peer, if one is up.
   *
   * @param peer a site ID
   * @return empty if there is none now
   */
  Optional<PeerSession> session(String peer);
}
