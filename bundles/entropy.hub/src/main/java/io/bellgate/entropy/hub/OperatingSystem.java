package io.bellgate.entropy.hub;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/**
 * The operating system's source, by name.
 *
 * <p>Where there is a device it is read directly and not through the JDK's {@code NativePRNG}: that
 * one adds the output of a SHA1PRNG to every octet, so that a device that has failed would look
 * healthy. Elsewhere it is the platform's {@link SecureRandom}.
 */
final class OperatingSystem {
  private static final String PLATFORM_ALGORITHM = "Windows-PRNG";

  private OperatingSystem() {}

  /** Where octets come from. */
  interface Octets extends AutoCloseable {
    /**
     * Its name for operators, for example {@code os:/dev/urandom}.
     *
     * @return never changes
     */
    String name();

    /**
     * Fills an array.
     *
     * @param octets filled completely
     * @throws IOException if the source gives no more
     */
    void read(byte[] octets) throws IOException;

    @Override
    default void close() {}
  }

  /**
   * Opens the source. On a box that has just started, this waits until the kernel says that its
   * pool is initialised: one octet of {@code /dev/random} blocks until then.
   *
   * @return a source that the caller closes
   * @throws IOException if this system has none that is known by name
   */
  static Octets open() throws IOException {
    Path device = Path.of("/dev/urandom");
    if (Files.exists(device)) {
      awaitKernel(Path.of("/dev/random"));
      return new Device(device);
    }
    try {
      return new Platform(SecureRandom.getInstance(PLATFORM_ALGORITHM));
    } catch (NoSuchAlgorithmException none) {
      throw new IOException(
          "the operating system has no random source known by name: tried="
              + device
              + ","
              + PLATFORM_ALGORITHM,
          none);
    }
  }

  private static void awaitKernel(Path blocking) throws IOException {
    if (Files.isReadable(blocking)) {
      try (InputStream in = Files.newInputStream(blocking)) {
        if (in.read() < 0) {
          throw new IOException("a random device never ends: device=" + blocking);
        }
      }
    }
  }

  /** A character device that is kept open. */
  static final class Device implements Octets {
    private final Path path;
    private final DataInputStream in;

    Device(Path path) throws IOException {
      if (Files.isRegularFile(path)) {
        throw new IOException("a random device is not a regular file: device=" + path);
      }
      this.path = path;
      this.in = new DataInputStream(Files.newInputStream(path));
    }

    @Override
    public String name() {
      return "os:" + path;
    }

    @Override
    public void read(byte[] octets) throws IOException {
      in.readFully(octets);
    }

    @Override
    public void close() {
      try {
        in.close();
      } catch (IOException nothingToLose) {
        System.getLogger(OperatingSystem.class.getName())
            .log(System.Logger.Level.DEBUG, "closing the random device", nothingToLose);
      }
    }
  }

  /** The platform's generator, for systems without a device. */
  private static final class Platform implements Octets {
    private final SecureRandom generator;

    Platform(SecureRandom generator) {
      this.generator = generator;
    }

    @Override
    public String name() {
      return "os:" + generator.getAlgorithm();
    }

    @Override
    public void read(byte[] octets) {
      generator.nextBytes(octets);
    }
  }
}
