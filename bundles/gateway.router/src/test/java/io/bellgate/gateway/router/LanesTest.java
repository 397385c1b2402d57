package io.bellgate.gateway.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.bellgate.api.policy.Protection;
import java.util.List;
import org.junit.jupiter.api.Test;

class LanesTest {
  private static final Lanes.Lane PQC = lane(5, Protection.PQC, "file");
  private static final Lanes.Lane QKD = lane(5, Protection.QKD, "file");
  private static final Lanes.Lane ALARM = lane(0, Protection.PQC, "file");

  private long nanos = Long.MAX_VALUE - 1_000_000;
  private final Lanes lanes = new Lanes(() -> nanos);

  private static Lanes.Lane lane(int priority, Protection protection, String sink) {
    return new Lanes.Lane(priority, List.of(protection), sink);
  }

  private void put(Lanes.Lane lane, long... transfers) {
    for (long transfer : transfers) {
      lanes.put(new Lanes.Waiting(lane, transfer));
    }
  }

  private void pass(long millis) {
    nanos += 1_000_000 * millis;
  }

  @Test
  void goByPriorityThenByTurnsThenByNumber() {
    put(PQC, 2, 1, 3);
    put(QKD, 100, 101);
    put(ALARM, 50);
    assertEquals(new Lanes.Waiting(ALARM, 50), lanes.take());
    Lanes.Waiting first = lanes.take();
    Lanes.Waiting second = lanes.take();
    assertEquals(
        List.of(1L, 100L),
        List.of(first, second).stream().map(Lanes.Waiting::transfer).sorted().toList());
    assertEquals(first.lane(), lanes.take().lane());
    assertEquals(second.lane(), lanes.take().lane());
    assertEquals(new Lanes.Waiting(PQC, 3), lanes.take());
    assertNull(lanes.take());
  }

  @Test
  void keepALaneShutThatHasNoKeyAndNoOther() {
    put(QKD, 1, 2);
    put(PQC, 100);
    Lanes.Waiting taken = lanes.take();
    lanes.back(taken, 200);
    assertEquals(taken.lane().equals(QKD) ? PQC : QKD, lanes.take().lane());
    pass(199);
    assertNull(taken.lane().equals(QKD) ? lanes.take() : null);
    pass(1);
    assertEquals(taken, lanes.take());
  }

  @Test
  void tryOneAtATimeAfterThePeerWasBusy() {
    put(PQC, 1, 2, 3, 4);
    Lanes.Waiting one = lanes.take();
    Lanes.Waiting two = lanes.take();
    lanes.busy(two, 250);
    lanes.busy(one, 250);
    assertNull(lanes.take());
    pass(250);
    assertEquals(one, lanes.take(), "the lowest first");
    assertNull(lanes.take(), "one at a time");
    lanes.busy(one, 250);
    pass(250);
    assertEquals(one, lanes.take());
    lanes.done(one, true);
    assertEquals(two, lanes.take());
    assertEquals(3, lanes.take().transfer(), "it is not busy any more");
    assertEquals(1, lanes.size());
  }

  @Test
  void letNoMessageThatWaitsElsewhereHoldUpALane() {
    put(PQC, 1, 2);
    Lanes.Waiting one = lanes.take();
    lanes.busy(one, 0);
    one = lanes.take();
    lanes.done(one, false);
    assertEquals(2, lanes.take().transfer());
    lanes.put(one);
    assertNull(lanes.take(), "still one at a time");
  }
}
