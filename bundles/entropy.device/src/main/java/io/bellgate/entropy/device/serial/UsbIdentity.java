package io.bellgate.entropy.device.serial;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a USB device says it is, as the kernel shows it below {@code /sys/class/tty}.
 *
 * @param vendor four hexadecimal digits
 * @param product four hexadecimal digits
 * @param serial may be empty
 */
public record UsbIdentity(String vendor, String product, String serial) {
  private static final int MOST_LEVELS = 4;

  /**
   * Looks who is behind a line.
   *
   * @param line a path of the line, or of a link to it
   * @param sysfs where sysfs is mounted
   * @return empty if it is no USB device
   * @throws IOException if the line is not there, or sysfs cannot be read
   */
  public static Optional<UsbIdentity> of(Path line, Path sysfs) throws IOException {
    Path device = sysfs.resolve("class/tty/" + line.toRealPath().getFileName() + "/device");
    if (!Files.exists(device)) {
      return Optional.empty();
    }
    // the interface, or a port of it; the device is above
    Path at = device.toRealPath();
    for (int level = 0; at != null && level < MOST_LEVELS; level++, at = at.getParent()) {
      if (Files.exists(at.resolve("idVendor"))) {
        return Optional.of(
            new UsbIdentity(
                word(at.resolve("idVendor")),
                word(at.resolve("idProduct")),
                word(at.resolve("serial"))));
      }
    }
    return Optional.empty();
  }

  private static String word(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file).strip() : "";
  }

  /** Vendor and product as in {@code 04d8:f5fe}. */
  String model() {
    return vendor + ":" + product;
  }

  @Override
  public String toString() {
    return "usb:" + model() + ":" + serial;
  }
}
