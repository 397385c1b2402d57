package io.bellgate.entropy.device;

import io.bellgate.api.entropy.NoiseSource;
import io.bellgate.entropy.device.serial.SerialKind;
import java.io.IOException;
import java.nio.file.Path;

/** A random number generator on a serial line; tells when it cannot be read any more. */
final class SerialNoise implements NoiseSource {
  private final Path path;
  private final Description description;
  private final SerialKind kind;
  private final Runnable missed;

  SerialNoise(Path path, Description description, SerialKind kind, Runnable missed) {
    this.path = path;
    this.description = description;
    this.kind = kind;
    this.missed = missed;
  }

  @Override
  public Description description() {
    return description;
  }

  @Override
  public Reading open() throws IOException {
    Reading reading = opened();
    return new Reading() {
      @Override
      public void read(byte[] samples) throws IOException {
        try {
          reading.read(samples);
        } catch (IOException e) {
          missed.run();
          throw e;
        }
      }

      @Override
      public void close() {
        reading.close();
      }
    };
  }

  private Reading opened() throws IOException {
    try {
      return kind.open(path);
    } catch (IOException e) {
      missed.run();
      throw e;
    }
  }
}
