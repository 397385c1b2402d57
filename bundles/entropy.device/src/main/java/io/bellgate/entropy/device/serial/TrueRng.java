package io.bellgate.entropy.device.serial;

import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.api.entropy.NoiseSource.Reading;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * TrueRNG versions 1 to 3 (ubld.it): talks as soon as DTR is raised. Twenty bits of the noise are
 * mixed to eight inside it, and there is no mode without.
 */
final class TrueRng implements SerialKind {
  private static final int BAUD = 115_200; // any: the line is a USB one
  private final Timing timing;

  private TrueRng(Timing timing) {
    this.timing = timing;
  }

  static TrueRng of(String mode, Timing timing) {
    SerialKind.mode(Map.of("mixed", true), mode);
    return new TrueRng(timing);
  }

  @Override
  public Output output() {
    return Output.OPAQUE;
  }

  @Override
  public boolean mayBe(UsbIdentity device) {
    return device.model().equals("04d8:f5fe");
  }

  @Override
  public Reading open(Path path) throws IOException {
    return new LineReading(SerialLine.open(path, BAUD), timing);
  }
}
