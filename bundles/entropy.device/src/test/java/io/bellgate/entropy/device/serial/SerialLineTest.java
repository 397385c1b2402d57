package io.bellgate.entropy.device.serial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A line, with a pseudo-terminal at its other end. */
class SerialLineTest {
  private static final int LONG_MILLIS = 20_000;
  private Pty pty;

  @BeforeEach
  void open() throws IOException {
    pty = new Pty();
  }

  @AfterEach
  void close() throws IOException {
    pty.close();
  }

  static byte[] all256() {
    byte[] octets = new byte[256];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = (byte) i;
    }
    return octets;
  }

  @Test
  void isCookedUntilItIsOpened() throws Exception {
    assertFalse(pty.master().settings().isRaw());
    try (SerialLine line = SerialLine.open(pty.path(), 9_600)) {
      assertTrue(pty.master().settings().isRaw());
      assertTrue(line.settings().isRaw());
    }
  }

  @Test
  void passesEveryOctetBothWays() throws Exception {
    try (SerialLine line = SerialLine.open(pty.path(), 9_600)) {
      byte[] got = new byte[256];
      pty.master().write(all256(), LONG_MILLIS);
      line.read(got, 0, 256, LONG_MILLIS);
      assertArrayEquals(all256(), got);
      line.write(all256(), LONG_MILLIS);
      pty.master().read(got, 0, 256, LONG_MILLIS);
      assertArrayEquals(all256(), got);
      assertEquals(0, pty.master().readSome(got, 0, 1, 0), "nothing is echoed");
    }
  }

  @Test
  void hasTheBaudRateThatWasAsked() throws Exception {
    for (int baud : new int[] {110, 300, 19_200, 1_000_000}) {
      try (SerialLine line = SerialLine.open(pty.path(), baud)) {
        assertEquals(baud, line.settings().baud());
        assertEquals(baud, pty.master().settings().baud());
      }
    }
  }

  /** Until a thread waits for its line. */
  static void awaitWaiting(Thread reader) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (Arrays.stream(reader.getStackTrace())
        .noneMatch(f -> f.getMethodName().equals("invokeInt"))) {
      if (System.nanoTime() > until) {
        throw new AssertionError("it does not wait");
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void endsAReadWhenItIsClosed() throws Exception {
    SerialLine line = SerialLine.open(pty.path(), 9_600);
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              ended.complete(
                  assertThrows(
                      IOException.class, () -> line.read(new byte[1], 0, 1, Integer.MAX_VALUE)));
            });
    reader.start();
    awaitWaiting(reader);
    line.close();
    assertTrue(ended.get(20, TimeUnit.SECONDS).getMessage().contains("was closed"));
    line.close(); // twice is once
    assertThrows(IOException.class, () -> line.read(new byte[1], 0, 1, 1), "and stays closed");
  }

  @Test
  void saysThatADeviceIsGone() throws Exception {
    try (SerialLine line = SerialLine.open(pty.path(), 9_600)) {
      pty.close();
      String why =
          assertThrows(IOException.class, () -> line.read(new byte[1], 0, 1, LONG_MILLIS))
              .getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-034"), why);
    }
  }

  @Test
  void saysThatADeviceIsSilent() throws Exception {
    try (SerialLine line = SerialLine.open(pty.path(), 9_600)) {
      pty.master().write(new byte[3], LONG_MILLIS);
      String why =
          assertThrows(IOException.class, () -> line.read(new byte[4], 0, 4, 20)).getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-035"), why);
      assertTrue(why.contains("gotOctets=3"), why);
    }
  }

  @Test
  void hasOneReaderAtATime() throws Exception {
    try (SerialLine line = SerialLine.open(pty.path(), 9_600)) {
      String why =
          assertThrows(IOException.class, () -> SerialLine.open(pty.path(), 9_600)).getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-032"), why);
      assertEquals(9_600, line.settings().baud(), "the one that is open is not disturbed");
    }
    SerialLine.open(pty.path(), 9_600).close();
  }

  @Test
  void refusesWhatIsNoLine(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("file"), new byte[1]);
    for (Path path : new Path[] {file, Path.of("/dev/null")}) {
      String why = assertThrows(IOException.class, () -> SerialLine.open(path, 9_600)).getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-033"), why);
    }
    String why =
        assertThrows(IOException.class, () -> SerialLine.open(folder.resolve("none"), 9_600))
            .getMessage();
    assertTrue(why.startsWith("BG-ENTROPY-031"), why);
  }

  @Test
  void drainsUntilItIsQuiet() throws Exception {
    try (SerialLine line = SerialLine.open(pty.path(), 9_600)) {
      pty.master().write(all256(), LONG_MILLIS);
      line.drain(20);
      pty.master().write(new byte[] {42}, LONG_MILLIS);
      byte[] got = new byte[1];
      line.read(got, 0, 1, LONG_MILLIS);
      assertEquals(42, got[0]);
    }
  }
}
