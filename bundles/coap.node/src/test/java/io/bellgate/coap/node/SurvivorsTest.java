package io.bellgate.coap.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SurvivorsTest {
  @TempDir Path folder;

  private static Survivors.Left left(int connections, int last) {
    return new Survivors.Left(connections, 7, new byte[] {1, 2}, new byte[] {3, (byte) last});
  }

  @Test
  void areReadAsTheyWereWritten() {
    Path file = folder.resolve("survivors");
    assertTrue(new Survivors(file).read().isEmpty());
    new Survivors(file).write(left(100, 4));
    Survivors.Left read = new Survivors(file).read().orElseThrow();
    assertEquals(100, read.connections());
    assertEquals(7, read.contexts());
    assertArrayEquals(new byte[] {1, 2}, read.registrations());
    assertArrayEquals(new byte[] {3, 4}, read.observations());
  }

  @Test
  void areWrittenWhenTheyChangedAndNotForEachSession() throws IOException {
    Path file = folder.resolve("survivors");
    Survivors survivors = new Survivors(file);
    survivors.write(left(100, 4));
    Files.delete(file);
    survivors.write(left(105, 4));
    assertFalse(Files.exists(file));
    survivors.write(left(105, 5));
    assertTrue(Files.exists(file));
    Files.delete(file);
    survivors.write(left(150, 5));
    assertTrue(Files.exists(file));
  }

  @Test
  void areDroppedIfTheyAreDamaged() throws IOException {
    long seed = System.nanoTime();
    System.out.println("seed=" + seed);
    Random random = new Random(seed);
    Path file = folder.resolve("survivors");
    new Survivors(file).write(left(100, 4));
    byte[] good = Files.readAllBytes(file);
    for (int i = 0; i < good.length; i++) {
      Files.write(file, Arrays.copyOf(good, i));
      assertTrue(new Survivors(file).read().isEmpty(), "octets=" + i + " seed=" + seed);
    }
    byte[] other = good.clone();
    other[0] = (byte) (2 + random.nextInt(200));
    Files.write(file, other);
    assertTrue(new Survivors(file).read().isEmpty(), "seed=" + seed);
  }
}
