package io.bellgate.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal over files that ended early or were damaged. */
class JournalTest {
  /** Length of frame 0; the payloads "one" and "two" make frames of 23 octets. */
  private static final int START = 44;

  @TempDir Path folder;
  private Path file;
  private byte[] whole;

  @BeforeEach
  void writeThree() throws IOException {
    file = folder.resolve("journal");
    try (Journal journal = new Journal(Disk.FILES, file, true, (p, at) -> {})) {
      for (String payload : List.of("one", "two", "three")) {
        long at = journal.commit(payload.getBytes(StandardCharsets.US_ASCII));
        assertEquals(payload, new String(journal.read(at, payload.length()), "US-ASCII"));
      }
    }
    whole = Files.readAllBytes(file);
  }

  private List<String> read() throws IOException {
    List<String> payloads = new ArrayList<>();
    Journal.Reader reader = (p, at) -> payloads.add(new String(p, StandardCharsets.US_ASCII));
    try (Journal journal = new Journal(Disk.FILES, file, true, reader)) {
      journal.commit("more".getBytes(StandardCharsets.US_ASCII));
    }
    return payloads;
  }

  @Test
  void goesOnAfterTheLastWholeFrameWhereverTheFileEnds() throws IOException {
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      int frames = Math.min(2, Math.max(0, length - START) / 23);
      List<String> expected = List.of("one", "two", "three").subList(0, frames);
      assertEquals(expected, read(), "length=" + length);
      List<String> more = new ArrayList<>(expected);
      more.add("more");
      assertEquals(more, read(), "length=" + length);
    }
  }

  @Test
  void refusesDamageBeforeAWholeFrame() throws IOException {
    for (int at = 0; at < START + 46; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      assertThrows(Journal.Damaged.class, this::read, "at=" + at);
    }
  }

  @Test
  void holdsTheSnapshotAfterARewrite() throws IOException {
    try (Journal journal = new Journal(Disk.FILES, file, true, (p, at) -> {})) {
      journal.rewrite(
          frames -> {
            frames.append("all".getBytes(StandardCharsets.US_ASCII));
            frames.append("of it".getBytes(StandardCharsets.US_ASCII));
          });
      journal.commit("new".getBytes(StandardCharsets.US_ASCII));
    }
    assertEquals(List.of("all", "of it", "new"), read());
  }

  @Test
  void takesNothingAfterAFailedWrite() throws IOException {
    byte[] payload = new byte[600];
    for (int room = 44; room < 44 + 3 * 620; room += 7) {
      Files.deleteIfExists(file);
      List<byte[]> promised = new ArrayList<>();
      try (Journal journal = new Journal(new FullDisk(room), file, true, (p, at) -> {})) {
        assertThrows(
            IOException.class,
            () -> {
              for (int i = 0; i < 4; i++) {
                journal.commit(payload);
                promised.add(payload);
              }
            });
        assertThrows(IOException.class, () -> journal.commit(payload));
        assertThrows(IOException.class, () -> journal.rewrite(frames -> {}));
      }
      assertEquals(promised.size(), read().size(), "room=" + room);
    }
  }

  @Test
  void doesNotTakeAPayloadForAFrame() throws IOException {
    Files.delete(file);
    try (Journal journal = new Journal(Disk.FILES, file, true, (p, at) -> {})) {
      // whoever chooses payloads chooses one that looks like frames of every kind
      journal.commit(whole);
      journal.commit(whole);
    }
    byte[] torn = Files.readAllBytes(file);
    torn[START + 20 + whole.length + 5] ^= 1; // in the head of the last frame
    Files.write(file, torn);
    assertEquals(1, read().size());
  }

  @Test
  void refusesAFileThatIsNoJournal() throws IOException {
    long seed = System.nanoTime();
    System.out.println("JournalTest seed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      byte[] noise = new byte[START + 1 + random.nextInt(300)];
      random.nextBytes(noise);
      Files.write(file, noise);
      assertThrows(Journal.Damaged.class, this::read, "seed=" + seed + " i=" + i);
      // a true beginning, then noise
      System.arraycopy(whole, 0, noise, 0, START);
      Files.write(file, noise);
      assertEquals(List.of(), read(), "seed=" + seed + " i=" + i);
    }
  }
}
