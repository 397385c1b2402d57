package io.bellgate.entropy.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.NoiseSource;
import io.bellgate.api.entropy.NoiseSource.Description;
import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.entropy.device.serial.Control;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cards that are none are refused: by the PCI bus, by their mode, by what they give. */
class QuantisTest {
  /** 511 and minor 3, as the kernel packs them. */
  private static final int NUMBER = 511 << 8 | 3;

  @TempDir Path folder;

  private static void refuses(String code, org.junit.jupiter.api.function.Executable what) {
    String why = assertThrows(IOException.class, what).getMessage();
    assertTrue(why.startsWith(code), why);
  }

  private void card(String vendor, String device) throws IOException {
    Path slot = Files.createDirectories(folder.resolve("devices/pci0000:00/0000:03:00.0"));
    Files.writeString(slot.resolve("vendor"), vendor + "\n");
    Files.writeString(slot.resolve("device"), device + "\n");
    Path node = Files.createDirectories(folder.resolve("dev/char/511:3"));
    Files.deleteIfExists(node.resolve("device"));
    Files.createSymbolicLink(node.resolve("device"), slot);
  }

  @Test
  void isKnownByItsSlot() throws Exception {
    for (String[] model :
        new String[][] {{"0x1e89", "0x0002"}, {"0x1e89", "0x0003"}, {"0x179a", "0x0001"}}) {
      card(model[0], model[1]);
      assertEquals("pci:0000:03:00.0", Quantis.identity(Path.of("/dev/qrandom3"), NUMBER, folder));
    }
  }

  @Test
  void refusesANodeWithoutACard() throws Exception {
    Path node = Path.of("/dev/qrandom3");
    refuses("BG-ENTROPY-038", () -> Quantis.identity(node, NUMBER, folder));
    card("0x8086", "0x0001");
    refuses("BG-ENTROPY-038", () -> Quantis.identity(node, NUMBER, folder));
    card("0x1e89", "0x0003");
    refuses("BG-ENTROPY-038", () -> Quantis.identity(node, NUMBER + 1, folder));
  }

  @Test
  void asksForTheBusUnderAnyNameOfTheNode() throws Exception {
    Path pipe = folder.resolve("qrandom0");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Path link = Files.createSymbolicLink(folder.resolve("noise"), pipe);
    refuses("BG-ENTROPY-038", () -> CharacterDevice.identity(pipe, folder));
    refuses("BG-ENTROPY-038", () -> CharacterDevice.identity(link, folder));
  }

  @Test
  void isRawInSampleModeOnly() throws Exception {
    Path node = Path.of("/dev/qrandom3");
    for (int mode : new int[] {0, 2, 4, 5}) {
      refuses("BG-ENTROPY-040", () -> Quantis.refuseMode(node, mode));
    }
    Quantis.refuseMode(node, 1);
    Quantis.refuseMode(node, 3);
    Quantis.refuseMode(node, Output.OPAQUE); // and is not asked
    // a driver that knows no such question
    refuses("BG-ENTROPY-040", () -> Quantis.refuseMode(Path.of("/dev/null"), Output.RAW));
    refuses("BG-ENTROPY-031", () -> Control.ask(folder.resolve("none"), 1));
  }

  /** The first 12 octets were seen of IDQ's library; what follows does not matter here. */
  @Test
  void refusesAReplayOfTheLibraryWithoutHardware() throws Exception {
    Path path = folder.resolve("noise");
    assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
    Description description =
        new Description("replay", "node:1", Output.OPAQUE, 8, 1, "a test", 1_000, true, false);
    byte[] fixed = HexFormat.of().parseHex("00dc0465aa1fad1d5adae5ac00112233");
    try (RandomAccessFile writer = new RandomAccessFile(path.toFile(), "rw");
        NoiseSource.Reading reading = new CharacterDevice(path, description).open()) {
      writer.write(fixed);
      byte[] samples = new byte[16];
      refuses("BG-ENTROPY-041", () -> reading.read(samples));
      assertArrayEquals(new byte[16], samples);
      writer.write(fixed);
      reading.read(samples); // in the middle it is as likely as anything
      assertFalse(java.util.Arrays.equals(new byte[16], samples));
    }
  }
}
