package io.bellgate.peer.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.peer.link.tls.Handshake;
import io.bellgate.peer.link.tls.Secured;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LaneTest {
  private static Secured accept(End end) {
    try {
      return new Handshake(end.terms())
          .answer(end.listen.accept().socket(), List.of("alice"), ByHand.NO_KEYS);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void saysWhenTheConnectionBeforeIsInUseForTooLong() throws Exception {
    AtomicLong nanos = new AtomicLong();
    try (End alice = new End("alice");
        End bob = new End("bob")) {
      End.trust(alice, bob);
      CompletableFuture<Secured> first = CompletableFuture.supplyAsync(() -> accept(bob));
      Lane lane = new Lane("alice", (on, frame) -> {}, why -> {}, new Outlet(() -> {}), nanos::get);
      try (ByHand before = ByHand.dial(alice, bob)) {
        lane.carry(first.get(30, TimeUnit.SECONDS));
        CompletableFuture<Secured> second = CompletableFuture.supplyAsync(() -> accept(bob));
        try (ByHand after = ByHand.dial(alice, bob)) {
          assertEquals(2, after.secured.version());
          nanos.addAndGet(TimeUnit.HOURS.toNanos(1));
          assertFalse(lane.overdue(), "nothing is replaced");
          lane.carry(second.get(30, TimeUnit.SECONDS));
          assertEquals(Frame.Type.SWITCH, before.receive().type());
          nanos.addAndGet(TimeUnit.SECONDS.toNanos(59));
          assertFalse(lane.overdue());
          nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
          assertTrue(lane.overdue(), "alice does not leave it");
          before.send(Frame.of(Frame.Type.SWITCH, 0));
          for (int i = 0; lane.switching() && i < 600; i++) {
            TimeUnit.MILLISECONDS.sleep(50);
          }
          assertFalse(lane.overdue(), "alice has left it");
        }
      } finally {
        lane.cut();
      }
    }
  }
}
