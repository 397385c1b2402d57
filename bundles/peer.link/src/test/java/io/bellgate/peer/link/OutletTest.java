package io.bellgate.peer.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bellgate.api.peer.PeerSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OutletTest {
  private final AtomicInteger ended = new AtomicInteger();
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final Outlet outlet = new Outlet(ended::incrementAndGet);

  OutletTest() {
    outlet.moveTo(written, () -> {});
  }

  private void put(int frames, Frame.Type type, int octets) {
    for (int i = 0; i < frames; i++) {
      outlet.put(new Frame(type, i, new byte[octets]));
    }
  }

  @Test
  void endsTheSessionOnceAtOneFrameTooMany() throws Exception {
    put(Outlet.MOST_FRAMES, Frame.Type.PONG, 0);
    assertEquals(0, ended.get());
    put(3, Frame.Type.ANSWER, 1);
    assertEquals(1, ended.get());
    outlet.run();
    assertEquals(0, written.size(), "what nobody reads is dropped");
  }

  @Test
  void endsTheSessionAtOneOctetTooMany() {
    put(256, Frame.Type.ANSWER, PeerSession.MAX_BODY_OCTETS);
    assertEquals(0, ended.get());
    put(1, Frame.Type.FAILURE, 1);
    assertEquals(1, ended.get());
  }

  @Test
  void leavesRequestsAndStreamsToTheirWindows() {
    put(1_024, Frame.Type.REQUEST, PeerSession.MAX_BODY_OCTETS);
    put(2 * Outlet.MOST_FRAMES, Frame.Type.DATA, 1);
    assertEquals(0, ended.get());
  }

  @Test
  void countsOnlyWhatWaits() throws InterruptedException, IOException {
    for (int round = 0; round < 4; round++) {
      put(200, Frame.Type.ANSWER, PeerSession.MAX_BODY_OCTETS);
      Thread writer =
          new Thread(
              () -> {
                try {
                  outlet.run();
                } catch (IOException | InterruptedException ended) {
                  Thread.currentThread().interrupt();
                }
              });
      writer.start();
      while (!outlet.idle()) {
        Thread.onSpinWait();
      }
      writer.interrupt();
      writer.join();
      written.reset();
    }
    assertEquals(0, ended.get());
  }
}
