package io.bellgate.entropy.device.serial;

import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.api.entropy.NoiseSource.Reading;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * TrueRNG Pro and Pro V2 (ubld.it): two generators, and modes that are chosen by opening the line
 * at 110, 300 and 110 baud and then at the mode's own rate. What it gives in its ordinary mode is
 * whitened with a Mersenne Twister: no health test could fail on it, so it is opaque.
 */
final class TrueRngPro implements SerialKind {
  private static final int[] KNOCK = {110, 300, 110};
  private static final Map<String, Mode> MODES =
      Map.of(
          "whitened", new Mode(300, -1),
          "raw1", new Mode(19_200, 0),
          "raw2", new Mode(19_200, 1));
  private static final Set<String> MODELS = Set.of("16d0:0aa0", "04d8:ebb5");

  /**
   * What it gives.
   *
   * @param generator whose samples are taken, below 0 for octets without a frame
   */
  private record Mode(int baud, int generator) {}

  private final Mode mode;
  private final Timing timing;

  private TrueRngPro(Mode mode, Timing timing) {
    this.mode = mode;
    this.timing = timing;
  }

  static TrueRngPro of(String mode, Timing timing) {
    return new TrueRngPro(SerialKind.mode(MODES, mode), timing);
  }

  @Override
  public Output output() {
    return mode.generator < 0 ? Output.OPAQUE : Output.RAW;
  }

  @Override
  public boolean mayBe(UsbIdentity device) {
    return MODELS.contains(device.model());
  }

  @Override
  public Reading open(Path path) throws IOException {
    for (int baud : KNOCK) {
      SerialLine knock = SerialLine.open(path, baud);
      timing.settle();
      knock.close();
    }
    SerialLine line = SerialLine.open(path, mode.baud);
    if (mode.generator < 0) {
      return new LineReading(line, timing);
    }
    return new ConverterReading(line, mode.generator, timing);
  }
}
