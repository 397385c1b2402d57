package io.bellgate.api.entropy;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A further health test of noise sources (whiteboard), beside those that the hub always runs: for a
 * failure that a certain device is known to have, say. It sees every sample before anything is made
 * of it; an alarm throws away what waits, and counts as those of the hub do.
 */
@ConsumerType
public interface HealthTest {
  /**
   * Begins with a source: at its start, and anew after whatever may have changed it.
   *
   * @param source what is known of it
   * @return for one thread; empty if this test is not for such a source
   */
  Optional<Running> begin(NoiseSource.Description source);

  /** The test of one source. For one thread. */
  @ConsumerType
  interface Running {
    /**
     * Tests samples, in the order drawn.
     *
     * @param samples as {@link NoiseSource.Reading#read} gives them; neither changed nor kept
     * @return why this is no noise as it should be, without samples in it; empty if all is well. An
     *     exception is an alarm, too
     */
    Optional<String> feed(byte[] samples);
  }
}
