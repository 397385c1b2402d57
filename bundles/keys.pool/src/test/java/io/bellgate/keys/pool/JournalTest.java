package io.bellgate.keys.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
      List<String> expected =
          List.of("one", "two", "three").subList(0, length < 23 ? 0 : length < 46 ? 1 : 2);
      assertEquals(expected, read(), "length=" + length);
      List<String> more = new ArrayList<>(expected);
      more.add("more");
      assertEquals(more, read(), "length=" + length);
    }
  }

  @Test
  void refusesDamageBeforeAWholeFrame() throws IOException {
    for (int at = 0; at < 46; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      String message = assertThrows(IOException.class, this::read, "at=" + at).getMessage();
      assertTrue(message.contains("remove the file"), message);
    }
  }

  @Test
  void holdsOneFrameAfterARewrite() throws IOException {
    try (Journal journal = new Journal(Disk.FILES, file, true, (p, at) -> {})) {
      journal.rewrite("all".getBytes(StandardCharsets.US_ASCII));
      journal.commit("new".getBytes(StandardCharsets.US_ASCII));
    }
    assertEquals(List.of("all", "new"), read());
  }

  @Test
  void neitherHangsNorReadsMoreThanThereIsInAnyFile() throws IOException {
    long seed = System.nanoTime();
    System.out.println("JournalTest seed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      byte[] noise = new byte[random.nextInt(300)];
      random.nextBytes(noise);
      Files.write(file, noise);
      assertEquals(List.of(), read(), "seed=" + seed + " i=" + i);
      Files.write(file, noise);
    }
  }
}
