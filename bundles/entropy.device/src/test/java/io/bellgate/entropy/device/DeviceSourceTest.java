package io.bellgate.entropy.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bellgate.api.entropy.NoiseSource;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices that come and go: a pipe, a link to one that exists, a file that is none. */
class DeviceSourceTest {
  @TempDir Path folder;
  private final Registry registry = new Registry();
  private DeviceSource source;

  @AfterEach
  void stop() throws Exception {
    if (source != null) {
      source.stop();
    }
  }

  private Settings settings(String path, Map<String, Object> more) {
    Map<String, Object> values = new HashMap<>(more);
    values.put("path", path);
    return Registry.settings(Settings.class, values);
  }

  private void start(Path path) throws IOException {
    source = new DeviceSource(registry.context(), settings(path.toString(), Map.of()));
  }

  private static void pipe(Path path) throws Exception {
    assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
  }

  @Test
  void isThereAsLongAsItsDevice() throws Exception {
    Path path = folder.resolve("noise");
    start(path);
    Files.createSymbolicLink(path, Path.of("/dev/zero"));
    Registry.await(() -> registry.registered.get() != null, "it is offered");
    String zero = registry.registered.get().description().device();
    Files.delete(path);
    Registry.await(() -> registry.registered.get() == null, "it is withdrawn");
    Files.createSymbolicLink(path, Path.of("/dev/null"));
    Registry.await(() -> registry.registered.get() != null, "another one is offered");
    assertNotEquals(zero, registry.registered.get().description().device());
    try (NoiseSource.Reading reading = registry.registered.get().open()) {
      assertThrows(IOException.class, () -> reading.read(new byte[1]), "it has ended");
    }
  }

  @Test
  void hasOneIdentityUnderAllItsNames() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/dev/zero"));
    assertEquals(
        CharacterDevice.identity(Path.of("/dev/zero"), folder),
        CharacterDevice.identity(link, folder));
    assertNotEquals(
        CharacterDevice.identity(Path.of("/dev/null"), folder),
        CharacterDevice.identity(link, folder));
  }

  @Test
  void readsFromAPipeInShortPieces() throws Exception {
    Path path = folder.resolve("pipe");
    pipe(path);
    start(path);
    Registry.await(() -> registry.registered.get() != null, "it is offered");
    Thread writer =
        new Thread(
            () -> {
              try (OutputStream out = Files.newOutputStream(path)) {
                for (int i = 0; i < 300; i++) {
                  out.write(new byte[] {(byte) i, 1, 2});
                  out.flush();
                }
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    writer.start();
    byte[] samples = new byte[600];
    try (NoiseSource.Reading reading = registry.registered.get().open()) {
      reading.read(samples);
      assertEquals((byte) 199, samples[597]);
      reading.read(new byte[300]);
      assertThrows(IOException.class, () -> reading.read(new byte[1]), "the writer is gone");
    }
    writer.join();
  }

  @Test
  void stopsWhileADeviceBlocks() throws Exception {
    Path path = folder.resolve("pipe");
    pipe(path);
    start(path);
    Registry.await(() -> registry.registered.get() != null, "it is offered");
    CountDownLatch ended = new CountDownLatch(1);
    // both ends at once, so that neither waits for the other
    try (RandomAccessFile writer = new RandomAccessFile(path.toFile(), "rw")) {
      NoiseSource.Reading reading = registry.registered.get().open();
      Thread reader =
          new Thread(
              () -> {
                assertThrows(IOException.class, () -> reading.read(new byte[1]));
                ended.countDown();
              });
      reader.start();
      Registry.await(() -> reader.getState() == Thread.State.RUNNABLE, "it reads");
      assertTrue(writer.getFD().valid());
      reading.close();
      assertTrue(ended.await(5, TimeUnit.SECONDS));
    }
  }

  @Test
  void refusesAFileAndAConfigurationThatCannotBe() throws Exception {
    Path file = Files.write(folder.resolve("file"), new byte[100]);
    String message =
        assertThrows(IOException.class, () -> CharacterDevice.identity(file, folder)).getMessage();
    assertTrue(message.startsWith("BG-ENTROPY-011"), message);
    for (Settings wrong :
        new Settings[] {
          settings("dev/hwrng", Map.of()),
          settings("/dev/hwrng", Map.of("min_entropy", 9.0)),
          settings("/dev/hwrng", Map.of("output", "raws")),
          settings("/dev/hwrng", Map.of("sample_bits", 12))
        }) {
      String why =
          assertThrows(
                  IllegalArgumentException.class, () -> new DeviceSource(registry.context(), wrong))
              .getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-010"), why);
    }
    start(file);
    TimeUnit.MILLISECONDS.sleep(50);
    assertEquals(null, registry.registered.get());
  }

  @Test
  void readsTheHardwareGeneratorOfThisMachine() throws Exception {
    Path hardware = Path.of("/dev/hwrng");
    assumeTrue(Files.isReadable(hardware), "no readable /dev/hwrng here");
    start(hardware);
    Registry.await(() -> registry.registered.get() != null, "it is offered");
    byte[] one = new byte[64];
    byte[] two = new byte[64];
    try (NoiseSource.Reading reading = registry.registered.get().open()) {
      reading.read(one);
      reading.read(two);
    }
    assertFalse(java.util.Arrays.equals(one, two));
    assertTrue(registry.registered.get().description().device().startsWith("hwrng:"));
  }
}
