package io.bellgate.entropy.device;

import io.bellgate.api.entropy.NoiseSource;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A character device, or a pipe, that gives octets when it is read. */
final class CharacterDevice implements NoiseSource {
  private final Path path;
  private final Description description;

  CharacterDevice(Path path, Description description) {
    this.path = path;
    this.description = description;
  }

  /**
   * What tells a device from all others, whatever its names: for Linux's hardware generator the one
   * that is behind it now, for a Quantis card its slot, else the device number.
   *
   * @throws IOException if it is not there, or no device
   */
  static String identity(Path path, Path sysfs) throws IOException {
    if (Files.isRegularFile(path) || Files.isDirectory(path)) {
      throw new IOException("BG-ENTROPY-011 a noise source is a device, not a file: path=" + path);
    }
    Path hardware = sysfs.resolve("class/misc/hw_random/rng_current");
    if (path.toRealPath().endsWith("hwrng") && Files.isReadable(hardware)) {
      return "hwrng:" + Files.readString(hardware).strip();
    }
    if (Quantis.isNamedSo(path)) {
      Number card = (Number) Files.getAttribute(path, "unix:rdev");
      return Quantis.identity(path, card.intValue(), sysfs);
    }
    Object number = Files.getAttribute(path, "unix:rdev");
    Object node = Files.getAttribute(path, "unix:ino");
    return Long.valueOf(0).equals(((Number) number).longValue())
        ? "node:" + node
        : "device:" + number;
  }

  @Override
  public Description description() {
    return description;
  }

  @Override
  public Reading open() throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    return new Reading() {
      private boolean begun;

      @Override
      public void read(byte[] samples) throws IOException {
        ByteBuffer into = ByteBuffer.wrap(samples);
        while (into.hasRemaining()) {
          if (channel.read(into) < 0) {
            throw new EOFException("BG-ENTROPY-012 a device has ended: path=" + path);
          }
        }
        if (!begun) {
          begun = true;
          Quantis.refuseWithoutHardware(path, samples);
        }
      }

      @Override
      public void close() {
        try {
          channel.close(); // wakes a thread that reads
        } catch (IOException e) {
          System.getLogger(CharacterDevice.class.getName())
              .log(System.Logger.Level.DEBUG, "closing a device", e);
        }
      }
    };
  }
}
