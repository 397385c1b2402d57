package io.bellgate.peer.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.peer.PeerStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The ends of streams, without a channel between. */
class StreamsTest {
  private final Streams streams = new Streams(new Outlet(() -> {}), new Outlet(() -> {}));

  private void data(int id, byte[] octets) throws IOException {
    streams.handle(new Frame(Frame.Type.DATA, id, octets));
  }

  @Test
  void givesEveryOctetInOrderWhateverItsPiecesAre() throws IOException {
    long seed = 20261126;
    Random random = new Random(seed);
    byte[] sent = new byte[3 << 20];
    random.nextBytes(sent);
    Streams.Reader reader = streams.opened(1);
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    int at = 0;
    while (read.size() < sent.length) {
      int ahead = at - read.size();
      int piece = Math.min(sent.length - at, random.nextInt(Streams.WINDOW / 2 - ahead));
      data(1, Arrays.copyOfRange(sent, at, at + piece));
      at += piece;
      read.write(reader.readNBytes(random.nextInt(1 + at - read.size())));
    }
    assertArrayEquals(sent, read.toByteArray(), "seed=" + seed);
  }

  @Test
  void aWindowOfSingleOctetsIsAWindowAndNoMore() throws IOException {
    Streams.Reader reader = streams.opened(1);
    for (int i = 0; i < Streams.WINDOW; i++) {
      data(1, new byte[] {(byte) i});
      data(1, new byte[0]);
    }
    assertThrows(ProtocolError.class, () -> data(1, new byte[1]));
    byte[] all = reader.readNBytes(Streams.WINDOW);
    assertEquals(Streams.WINDOW, all.length);
    assertEquals((byte) 200, all[200]);
  }

  @Test
  void whatIsOpenedAfterTheEndIsOverAtOnce() throws IOException {
    streams.disconnected();
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          PeerStream writer = streams.open(1, "echo");
          assertTrue(
              assertThrows(IOException.class, () -> writer.write(new byte[1]))
                  .getMessage()
                  .contains("session ended"));
          assertThrows(IOException.class, writer::close);
          Streams.Reader reader = streams.opened(2);
          assertThrows(IOException.class, reader::read);
        });
  }
}
