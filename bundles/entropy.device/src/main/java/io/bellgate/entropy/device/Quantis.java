package io.bellgate.entropy.device;

import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.entropy.device.serial.Control;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;

/**
 * ID Quantique Quantis cards, {@code /dev/qrandomN}. A network service uses the same names, and the
 * vendor's library without hardware gives a fixed sequence: the name proves nothing, so the card
 * must show itself on the PCI bus, and that sequence is refused.
 */
final class Quantis {
  private static final String NAME = "qrandom";
  private static final Set<String> MODELS =
      Set.of("0x1e89:0x0002", "0x1e89:0x0003", "0x179a:0x0001");

  /**
   * How the generator of the library without hardware begins in each process. Later octets of it
   * are like any others: a health test sees statistics and finds nothing, so identity must.
   */
  private static final byte[] WITHOUT_HARDWARE =
      HexFormat.of().parseHex("00dc0465aa1fad1d5adae5ac");

  /** The mode a card works in: an ioctl of its driver, group q, number 15, that reads an int. */
  private static final int CURRENT_MODE = 0x8004710f;

  private Quantis() {}

  static boolean isNamedSo(Path path) throws IOException {
    return path.toRealPath().getFileName().toString().startsWith(NAME);
  }

  /**
   * The slot and the serial-free identity of a card.
   *
   * @param number of the device node
   * @throws IOException with BG-ENTROPY-038 if there is no card behind it
   */
  static String identity(Path path, int number, Path sysfs) throws IOException {
    int major = number >> 8 & 0xfff;
    int minor = number & 0xff | number >> 12 & 0xfff00;
    Path device = sysfs.resolve("dev/char/" + major + ":" + minor + "/device");
    if (Files.isReadable(device.resolve("vendor")) && Files.isReadable(device.resolve("device"))) {
      String model = word(device, "vendor") + ":" + word(device, "device");
      if (MODELS.contains(model)) {
        return "pci:" + device.toRealPath().getFileName();
      }
    }
    throw new IOException(
        "BG-ENTROPY-038 a device of this name is a Quantis card on the PCI bus, and none is behind"
            + " it: path="
            + path
            + " sysfs="
            + device);
  }

  private static String word(Path folder, String file) throws IOException {
    return Files.readString(folder.resolve(file)).strip();
  }

  /**
   * Looks whether a card that is called raw gives raw samples.
   *
   * @throws IOException with BG-ENTROPY-040 if it does not, or does not say
   */
  static void refuseMode(Path path, Output output) throws IOException {
    if (output == Output.RAW) {
      refuseMode(path, Control.ask(path, CURRENT_MODE));
    }
  }

  /** Samples are the odd modes, and 4 and 5 are hashed inside the card. */
  static void refuseMode(Path path, int mode) throws IOException {
    if (mode != 1 && mode != 3) {
      throw new IOException(
          "BG-ENTROPY-040 a card that is configured as raw works in sample mode, call it opaque or"
              + " change default_qrng_mode of its driver: path="
              + path
              + " mode="
              + mode);
    }
  }

  /**
   * Refuses the library without hardware.
   *
   * @param first the first octets of a reading
   * @throws IOException with BG-ENTROPY-041
   */
  static void refuseWithoutHardware(Path path, byte[] first) throws IOException {
    int octets = WITHOUT_HARDWARE.length;
    if (first.length >= octets && Arrays.equals(first, 0, octets, WITHOUT_HARDWARE, 0, octets)) {
      Arrays.fill(first, (byte) 0);
      throw new IOException(
          "BG-ENTROPY-041 this is a fixed sequence, of a Quantis library without hardware: path="
              + path);
    }
  }
}
