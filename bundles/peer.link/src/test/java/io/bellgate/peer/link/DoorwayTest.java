package io.bellgate.peer.link;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DoorwayTest {
  /** A socket from somewhere that is connected to nothing. */
  private static final class From extends Socket {
    private final InetAddress source;
    final CountDownLatch closed = new CountDownLatch(1);

    From(String address) throws UnknownHostException {
      source = InetAddress.getByName(address);
    }

    @Override
    public InetAddress getInetAddress() {
      return source;
    }

    @Override
    public void close() throws IOException {
      super.close();
      closed.countDown();
    }
  }

  @Test
  void theSourceWithMostLosesItsOldest() throws IOException {
    try (Doorway doorway = new Doorway(60_000)) {
      From first = new From("192.0.2.1");
      doorway.arriving(first);
      List<From> many = new ArrayList<>();
      for (int i = 1; i < Doorway.MOST; i++) {
        many.add(new From("2001:db8:0:1::" + i)); // one site has them all
        doorway.arriving(many.get(i - 1));
      }
      From other = new From("198.51.100.7");
      doorway.arriving(other);
      assertTrue(many.get(0).isClosed());
      assertFalse(first.isClosed() || other.isClosed() || many.get(1).isClosed());
    }
  }

  @Test
  void whoIsThroughMakesRoom() throws IOException {
    try (Doorway doorway = new Doorway(60_000)) {
      From first = new From("192.0.2.1");
      doorway.arriving(first);
      for (int i = 0; i < 2 * Doorway.MOST; i++) {
        doorway.arriving(new From("192.0.2.1")).close();
      }
      assertFalse(first.isClosed());
    }
  }

  @Test
  void cutsOffWhatTakesTooLongAndSaysSo() throws Exception {
    try (Doorway doorway = new Doorway(50)) {
      From slow = new From("192.0.2.1");
      Doorway.Passage passage = doorway.leaving(slow);
      assertTrue(slow.closed.await(30, TimeUnit.SECONDS));
      IOException seen = new IOException("Socket closed");
      assertTrue(passage.failure(seen).getMessage().contains("BG-PEER-018"));
      assertTrue(passage.failure(seen).getMessage().contains("50 ms"));
    }
  }

  @Test
  void leavesAFailureOfAnotherCauseAsItIs() throws Exception {
    try (Doorway doorway = new Doorway(60_000);
        Doorway.Passage passage = doorway.leaving(new From("192.0.2.1"))) {
      IOException seen = new IOException("reset by peer");
      assertSame(seen, passage.failure(seen));
    }
  }

  @Test
  void takesNothingMoreOnceClosed() throws Exception {
    Doorway doorway = new Doorway(60_000);
    From waiting = new From("192.0.2.1");
    doorway.arriving(waiting);
    doorway.close();
    assertTrue(waiting.isClosed());
    From late = new From("192.0.2.1");
    assertThrows(IOException.class, () -> doorway.arriving(late));
    assertTrue(late.isClosed());
  }
}
