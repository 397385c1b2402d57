package io.bellgate.entropy.remote.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A TPM that answers short, in pieces, late or wrong; and an emulated one where it is installed.
 */
class TpmTest {
  @Test
  void takesShortAnswersInPieces() throws Exception {
    try (FakeTpm fake = new FakeTpm()) {
      Tpm tpm = new Tpm(fake.place());
      assertEquals("tpm:" + fake.place(), tpm.reach());
      assertEquals(48, tpm.next(64).length);
      fake.dribble();
      assertEquals(48, tpm.next(4_096).length);
      assertEquals(5, tpm.next(5).length);
      assertEquals(3L, tpm.status().get("shortAnswers"));
      tpm.cancel();
    }
  }

  @Test
  void comesAgainWhenItIsBusy() throws Exception {
    try (FakeTpm fake = new FakeTpm()) {
      Tpm tpm = new Tpm(fake.place());
      for (int busy : new int[] {0x922, 0x908, 0x90a}) {
        fake.misbehave(a -> FakeTpm.code(busy));
        assertEquals(32, tpm.next(32).length);
      }
      assertEquals(3L, tpm.status().get("retries"));
      tpm.cancel();
    }
  }

  private static UnaryOperator<byte[]> set(int offset, int octet) {
    return a -> {
      a[offset] = (byte) octet;
      return a;
    };
  }

  @Test
  void refusesAnswersOfAnotherFormAndGoesOnAnew() throws Exception {
    try (FakeTpm fake = new FakeTpm()) {
      Tpm tpm = new Tpm(fake.place());
      for (UnaryOperator<byte[]> wrong :
          Stream.<UnaryOperator<byte[]>>of(
                  a -> FakeTpm.code(0x100), // not started
                  a -> FakeTpm.code(0), // success without octets
                  set(1, 2), // sessions, which were not asked for
                  set(11, 33), // more than was asked for
                  set(11, 0), // none
                  set(11, 31), // a length that is not the one of the whole
                  set(2, 0x7f), // longer than any answer
                  a -> ByteBuffer.wrap(a).putInt(2, 9).array(), // shorter than its header
                  a -> Arrays.copyOf(a, a.length + 1), // and something after it
                  a -> new byte[0])
              .toList()) {
        fake.misbehave(wrong);
        String message = assertThrows(IOException.class, () -> tpm.next(32)).getMessage();
        assertTrue(message.startsWith("BG-ENTROPY-055"), message);
        assertEquals(32, tpm.next(32).length);
      }
      tpm.cancel();
    }
  }

  @Test
  void isOnThisMachine() {
    for (String place : new String[] {"dev/tpmrm0", "192.0.2.1:2321", "localhost", "localhost:x"}) {
      assertThrows(IllegalArgumentException.class, () -> new Tpm(place), place);
    }
    assertTrue(new Tpm("/dev/tpmrm0").device());
    assertFalse(new Tpm("127.0.0.1:2321").device());
    String message =
        assertThrows(IOException.class, () -> new Tpm("/dev/no-such-tpm").reach()).getMessage();
    assertTrue(message.startsWith("BG-ENTROPY-051"), message);
  }

  /** A pipe gives back the command, which is no answer; but it went out and came in whole. */
  @Test
  void writesToAndReadsFromANode(@TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("tpm");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Tpm tpm = new Tpm(pipe.toString());
    String message = assertThrows(IOException.class, () -> tpm.next(32)).getMessage();
    assertTrue(message.endsWith("responseCode=0x17b"), message);
  }

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void readsSwtpm(@TempDir Path folder) throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(p -> Files.isExecutable(Path.of(p, "swtpm"))),
        "no swtpm here (Debian package swtpm)");
    int port = free();
    Process swtpm =
        new ProcessBuilder(
                "swtpm",
                "socket",
                "--tpm2",
                "--tpmstate",
                "dir=" + folder,
                "--server",
                "type=tcp,bindaddr=127.0.0.1,port=" + port,
                "--flags",
                "not-need-init,startup-clear")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").toFile())
            .start();
    try {
      Tpm tpm = new Tpm("127.0.0.1:" + port);
      reach(tpm, swtpm, folder.resolve("said"));
      byte[] one = tpm.next(32);
      byte[] two = tpm.next(32);
      assertEquals(32, one.length);
      assertFalse(Arrays.equals(one, two));
      int most = tpm.next(64).length;
      assertTrue(most >= 32 && most <= 64, "octets=" + most);
      tpm.cancel();
    } finally {
      swtpm.destroy();
      swtpm.waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static void reach(Tpm tpm, Process swtpm, Path said) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (true) {
      try {
        tpm.reach();
        return;
      } catch (IOException notYet) {
        if (System.nanoTime() > until || !swtpm.isAlive()) {
          throw new AssertionError(Files.readString(said), notYet);
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
  }
}
