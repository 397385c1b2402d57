package io.bellgate.api.peer;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/** The writing end of a stream of octets to a peer. For one thread. */
@ProviderType
public interface PeerStream extends AutoCloseable {
  /**
   * Writes; blocks while the receiver has given no credit.
   *
   * @param octets any number
   * @throws IOException if the session ended or the receiver cancelled the stream
   */
  void write(byte[] octets) throws IOException;

  /**
   * Ends the stream; waits until the receiver has read all of it.
   *
   * @throws IOException if the session ended before
   */
  @Override
  void close() throws IOException;
}
