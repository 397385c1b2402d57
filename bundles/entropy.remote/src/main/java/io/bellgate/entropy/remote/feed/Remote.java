package io.bellgate.entropy.remote.feed;

import java.io.IOException;
import java.util.Map;

/** Whatever gives octets when it is asked. One caller at a time, but {@link #cancel} for any. */
public interface Remote {
  /**
   * Makes sure that it gives octets now.
   *
   * @return what tells it from all others, whatever its names
   * @throws IOException if it is away, is another one than was configured, or gives none
   */
  String reach() throws IOException;

  /**
   * Fetches octets; blocks for a bounded time.
   *
   * @param octets about how many are wanted, at least 1
   * @return at least one octet; the caller owns and wipes them
   * @throws IOException if it is away, or what it answered is not what was asked for
   */
  byte[] next(int octets) throws IOException;

  /** Ends what waits for an answer. */
  void cancel();

  /**
   * Counters and what it says of itself.
   *
   * @return as for a status source
   */
  Map<String, Object> status();
}
