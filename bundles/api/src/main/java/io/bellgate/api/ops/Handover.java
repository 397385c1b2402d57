package io.bellgate.api.ops;

import java.time.Duration;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a stateful bundle registers so that it can be swapped (whiteboard): at most one per bundle.
 * A bundle without one is swapped by running the new version beside the old.
 *
 * <p>The sequence: {@link #park} on the old version; its bundle stops; the new version claims the
 * state from the {@link Depot} during its activation, before it registers or opens anything. If
 * that fails, the old version is started again and claims the same state.
 */
@ConsumerType
public interface Handover {
  /** Service property, {@code int[]}: formats that {@link #park} can write, best first. */
  String WRITES = "handover.writes";

  /** Service property, {@code int[]}: formats that activation can read. */
  String READS = "handover.reads";

  /**
   * Finishes or freezes what is in flight and writes the state. Afterwards every call to the
   * component answers {@link Gone}, until {@link #resume} or the end of the bundle.
   *
   * @param format one of {@link #WRITES}
   * @param bound the longest it may take
   * @return the state, which the caller owns
   * @throws CannotPark if it cannot within the bound; the component then goes on as if nothing had
   *     happened
   */
  Parked park(int format, Duration bound) throws CannotPark;

  /**
   * Goes on after {@link #park}, with the state it still has: the swap was called off before the
   * bundle was stopped.
   */
  void resume();
}
