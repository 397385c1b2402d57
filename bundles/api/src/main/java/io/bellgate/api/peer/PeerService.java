package io.bellgate.api.peer;

import java.io.InputStream;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a gateway does for a peer (whiteboard). Registered with the service property {@link #NAME}.
 * If two are registered under one name, the one with the lower service ID serves.
 */
@ConsumerType
public interface PeerService {
  /** Service property: the name under which peers ask for it. */
  String NAME = "peer.service";

  /**
   * Answers a request. Calls for one peer come one after the other, in the order of sending; the
   * answers may complete in any order. Must not block for long.
   *
   * @param peer the authenticated site that asks
   * @param request at most {@link PeerSession#MAX_BODY_OCTETS}
   * @return the answer, of the same size at most; exceptionally: the peer sees a {@link
   *     PeerFailure} with the exception's message if that is a {@link PeerFailure}, else without
   */
  CompletionStage<byte[]> handle(String peer, byte[] request);

  /**
   * Reads a stream. Called on a thread of its own; closing the stream early cancels it.
   *
   * @param peer the authenticated site that writes
   * @param octets its end is the end of the stream
   * @throws PeerFailure if this service takes no streams
   */
  default void read(String peer, InputStream octets) {
    throw new PeerFailure(PeerFailure.Reason.REFUSED, "this service takes no streams");
  }
}
