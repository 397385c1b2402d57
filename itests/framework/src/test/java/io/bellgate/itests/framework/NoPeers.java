package io.bellgate.itests.framework;

import io.bellgate.api.peer.PeerLink;
import io.bellgate.api.peer.PeerSession;
import java.util.List;
import java.util.Optional;

/** A link of a site that has no peers. */
final class NoPeers implements PeerLink {
  @Override
  public List<String> peers() {
    return List.of();
  }

  @Override
  public Optional<PeerSession> session(String peer) {
    return Optional.empty();
  }
}
