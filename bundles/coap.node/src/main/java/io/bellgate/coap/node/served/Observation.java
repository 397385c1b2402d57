package io.bellgate.coap.node.served;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ScheduledFuture;

/** One entry of the list of observers (RFC 7641, section 4.1). Guarded by {@link Observing}. */
final class Observation {
  private static final int NUMBERS = 1 << 24;
  private static final int AHEAD = 1 << 23;
  private static final int LEAST_WAIT_SECONDS = 2;
  private static final int MOST_WAIT_SECONDS = 64;
  private static final byte[] NOTHING = {};

  final Target target;
  Observer observer;

  /** Of the last response; -1 before the first. */
  int number;

  /** Entity tag of what the node is known to have; none if that is not known. */
  byte[] confirmed = NOTHING;

  /** Content format of all responses; empty for none. */
  OptionalInt format = OptionalInt.empty();

  /** When the node was last known to listen, since the epoch. */
  long heardMillis;

  /** The resource is asked, or an acknowledgement is waited for. */
  boolean isBusy;

  /** The last notification was answered by a reset that nothing protects. */
  boolean isDoubted;

  /** Something changed since the resource was asked. */
  boolean isStale;

  /** When its resource is asked next. */
  Optional<ScheduledFuture<?>> turn = Optional.empty();

  /** Nothing is sent any more. */
  boolean hasEnded;

  private int waitSeconds = LEAST_WAIT_SECONDS;

  Observation(Target target, Observer observer, int number, long heardMillis) {
    this.target = target;
    this.observer = observer;
    this.number = number;
    this.heardMillis = heardMillis;
  }

  /**
   * Numbers the next response: by the clock in seconds, or by one more than the last (RFC 7641,
   * section 4.4); in either case higher in the arithmetic of section 3.4.
   */
  int next(long nowMillis) {
    int clock = (int) Math.floorMod(nowMillis / 1_000, (long) NUMBERS);
    int ahead = Math.floorMod(clock - number, NUMBERS);
    boolean isLater = number < 0 || ahead > 0 && ahead < AHEAD;
    number = isLater ? clock : (number + 1) % NUMBERS;
    return number;
  }

  /** How long to wait before a resource that gave no answer is asked again: longer each time. */
  int nextWaitSeconds() {
    int now = waitSeconds;
    waitSeconds = Math.min(MOST_WAIT_SECONDS, 2 * now);
    return now;
  }

  /** The resource gave an answer. */
  void answered() {
    waitSeconds = LEAST_WAIT_SECONDS;
  }

  /** It is not known what the node has. */
  void doubt() {
    confirmed = NOTHING;
  }
}
