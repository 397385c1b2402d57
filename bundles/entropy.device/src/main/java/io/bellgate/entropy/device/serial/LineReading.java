package io.bellgate.entropy.device.serial;

import io.bellgate.api.entropy.NoiseSource.Reading;
import java.io.IOException;

/** A device that streams octets, each a sample, without any frame. */
final class LineReading implements Reading {
  private final SerialLine line;
  private final Timing timing;

  LineReading(SerialLine line, Timing timing) {
    this.line = line;
    this.timing = timing;
  }

  @Override
  public void read(byte[] samples) throws IOException {
    line.read(samples, 0, samples.length, timing.silenceMillis());
  }

  @Override
  public void close() {
    line.close();
  }
}
