package io.bellgate.coap.node.sessions;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import io.bellgate.journal.Disk;
import io.bellgate.journal.FullDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealedSessionsTest {
  private static final byte[] SECRET = "what nobody may read".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;
  private Path file;
  private Instant now = Instant.EPOCH;
  private NodeKeys keys;
  private final Set<ConnectionId> there = new HashSet<>();

  @BeforeEach
  void begin() throws Exception {
    file = folder.resolve("coap-sealed");
    keys = new NodeKeys(folder.resolve("nodes.csv"));
    give(1);
  }

  private void give(int key) throws Exception {
    byte[] octets = new byte[32];
    octets[0] = (byte) key;
    keys.change(
        all -> {
          all.put("n1#1", new NodeKey("n1", "n1#1", Secret.copyOf(octets)));
          return true;
        });
  }

  private SealedSessions open() {
    return new SealedSessions(Disk.FILES, file, keys, () -> now);
  }

  private static ConnectionId id(int number) {
    return new ConnectionId(new byte[] {1, 2, (byte) (number >> 8), (byte) number});
  }

  private void note(SealedSessions sessions, int number) throws IOException {
    there.add(id(number));
    sessions.note(
        List.of(new SealedSessions.Session(id(number), "n1#1", 0, SECRET.clone())),
        there::contains);
  }

  @Test
  void areLeftWithTheBlockBehindTheLastOneUsed() throws Exception {
    try (SealedSessions sessions = open()) {
      assertFalse(sessions.knows(id(1)));
      note(sessions, 1);
      note(sessions, 2);
      assertTrue(sessions.knows(id(1)));
      sessions.begin(Map.of(id(2), 4L));
      sessions.begin(Map.of(id(2), 3L));
    }
    List<SealedSessions.Left> left = open().left(4);
    assertEquals(List.of(id(1), id(2)), left.stream().map(SealedSessions.Left::id).toList());
    assertEquals(List.of(1L, 5L), left.stream().map(SealedSessions.Left::block).toList());
    assertArrayEquals(SECRET, left.get(0).octets());
  }

  @Test
  void areLeftOfEachNodeTheNewestFew() throws Exception {
    try (SealedSessions sessions = open()) {
      for (int number = 0; number < 300; number++) {
        note(sessions, number);
      }
      note(sessions, 7); // again
    }
    assertEquals(
        List.of(id(297), id(298), id(299), id(7)),
        open().left(4).stream().map(SealedSessions.Left::id).toList());
  }

  @Test
  void goOnAfterTheDiskWasFull() throws Exception {
    FullDisk disk = new FullDisk(Long.MAX_VALUE);
    try (SealedSessions sessions = new SealedSessions(disk, file, keys, () -> now)) {
      note(sessions, 1);
      disk.room(7);
      assertThrows(IOException.class, () -> note(sessions, 2));
      assertThrows(IOException.class, () -> sessions.begin(Map.of(id(1), 1L)));
      disk.room(Long.MAX_VALUE);
      sessions.begin(Map.of(id(1), 1L));
      note(sessions, 2);
    }
    assertEquals(List.of(2L, 1L), open().left(4).stream().map(SealedSessions.Left::block).toList());
  }

  /** A copy of long ago knows less. */
  @Test
  void goOnBehindWhatACopyThatComesBackDoesNotKnow() throws Exception {
    try (SealedSessions sessions = open()) {
      note(sessions, 1);
      sessions.begin(Map.of(id(1), 7L));
    }
    now = Instant.parse("2026-01-01T00:06:59Z");
    assertEquals(8, open().left(4).get(0).block());
    now = Instant.parse("2026-01-02T00:00:00Z");
    assertEquals(1_440, open().left(4).get(0).block());
  }

  @Test
  void knowTheBlockInWhichTheyWereNoted() throws Exception {
    try (SealedSessions sessions = open()) {
      there.add(id(1));
      sessions.note(
          List.of(new SealedSessions.Session(id(1), "n1#1", 5, SECRET.clone())), there::contains);
    }
    assertEquals(6, open().left(4).get(0).block());
  }

  /** So the order does not matter in which a block and its session come to the disk. */
  @Test
  void knowABlockOfASessionThatIsNotedLater() throws Exception {
    try (SealedSessions sessions = open()) {
      sessions.begin(Map.of(id(1), 2L));
      note(sessions, 1);
    }
    assertEquals(3, open().left(4).get(0).block());
  }

  @Test
  void areReadUnderTheKeyOfTheirNodeAlone() throws Exception {
    try (SealedSessions sessions = open()) {
      note(sessions, 1);
    }
    String onDisk = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    assertFalse(onDisk.contains(new String(SECRET, StandardCharsets.ISO_8859_1)));
    assertEquals(1, open().left(4).size());
    give(2);
    assertEquals(0, open().left(4).size());
    try (SealedSessions sessions = open()) {
      sessions.note(
          List.of(new SealedSessions.Session(id(2), "n1#0", 0, SECRET.clone())), there::contains);
      assertFalse(sessions.knows(id(2)), "of a key that is not accepted");
    }
  }

  @Test
  void takeLittleRoomForThoseThatHaveEnded() throws Exception {
    try (SealedSessions sessions = open()) {
      for (int number = 0; number < 3_000; number++) {
        note(sessions, number);
        if (number % 300 != 7) {
          there.remove(id(number));
        }
        sessions.begin(Map.of(id(number), (long) (number % 5 + 1)));
      }
      assertTrue(Files.size(file) < 1 << 19, "octets=" + Files.size(file));
      assertEquals(10, sessions.noted(there::contains));
    }
    List<SealedSessions.Left> left = new ArrayList<>(open().left(10_000));
    left.removeIf(session -> !there.contains(session.id()));
    assertEquals(10, left.size());
    for (SealedSessions.Left session : left) {
      assertArrayEquals(SECRET, session.octets());
      assertEquals(7 % 5 + 2, session.block());
    }
  }

  /** The file, when two are noted. */
  private byte[] withTwo() throws IOException {
    try (SealedSessions sessions = open()) {
      note(sessions, 1);
      note(sessions, 2);
    }
    return Files.readAllBytes(file);
  }

  @Test
  void areDroppedIfTheFileIsDamagedAndNothingElseIs() throws Exception {
    byte[] octets = withTwo();
    octets[60] ^= 1;
    Files.write(file, octets);
    try (SealedSessions sessions = open()) {
      assertEquals(List.of(), sessions.left(4));
      note(sessions, 3);
    }
    assertEquals(id(3), open().left(4).get(0).id());
  }

  @Test
  void loseWhatAPowerCutToreOffAtTheEnd() throws Exception {
    byte[] octets = withTwo();
    Files.write(file, Arrays.copyOf(octets, octets.length - 5));
    assertEquals(List.of(id(1)), open().left(4).stream().map(SealedSessions.Left::id).toList());
  }

  @Test
  void takeNothingAfterTheyWereClosed() throws Exception {
    SealedSessions sessions = open();
    note(sessions, 1);
    sessions.close();
    assertThrows(IOException.class, () -> sessions.begin(Map.of(id(1), 1L)));
    assertThrows(IOException.class, () -> note(sessions, 2));
  }
}
