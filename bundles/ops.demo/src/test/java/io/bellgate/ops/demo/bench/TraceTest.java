package io.bellgate.ops.demo.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class TraceTest {
  private static final long MS = 1_000_000;
  private final Trace trace = new Trace("test");

  @Test
  void findsTheLongestSilenceBetweenTwoAnswers() {
    long begin = 1_000 * MS;
    trace.accepted(1, begin + 10 * MS);
    trace.accepted(2, begin + 50 * MS);
    trace.accepted(3, begin + 70 * MS);
    assertEquals(40, trace.acceptanceSilence(begin, begin + 100 * MS), 0.001);
  }

  @Test
  void countsTheEdgesOfTheWindowAsAnswers() {
    trace.accepted(1, 10 * MS);
    assertEquals(90, trace.acceptanceSilence(0, 100 * MS), 0.001);
    assertEquals(100, trace.deliverySilence(0, 100 * MS), 0.001);
  }

  @Test
  void isSettledWhenWhatWasAcceptedIsDelivered() {
    trace.posted(Trace.id(3, 7));
    assertFalse(trace.settled());
    trace.accepted(Trace.id(3, 7));
    assertEquals(1, trace.lost());
    trace.delivered(Trace.id(3, 7), 1);
    assertTrue(trace.settled());
    trace.delivered(Trace.id(3, 7), 2);
    assertEquals(1, trace.duplicated());
  }

  @Test
  void keepsNodesApart() {
    assertTrue(Trace.id(1, 0) != Trace.id(0, 1));
  }
}
