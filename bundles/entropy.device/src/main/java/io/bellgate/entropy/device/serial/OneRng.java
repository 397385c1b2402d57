package io.bellgate.entropy.device.serial;

import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.api.entropy.NoiseSource.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * OneRNG: an avalanche diode and a radio receiver behind commands in lines of ASCII. Its whitener
 * is a CRC, so what has passed it is opaque.
 */
final class OneRng implements SerialKind {
  private static final int BAUD = 115_200; // any: the line is a USB one
  private static final int MOST_LINE_OCTETS = 256;
  private static final String SILENT = "4";

  /** The bits of a mode: 1 no whitener, 2 the receiver, 4 without the diode. */
  private static final Map<String, String> MODES =
      Map.of("avalanche", "1", "radio", "7", "both", "3", "whitened", "0");

  private final String mode;
  private final Timing timing;

  private OneRng(String mode, Timing timing) {
    this.mode = mode;
    this.timing = timing;
  }

  static OneRng of(String mode, Timing timing) {
    return new OneRng(SerialKind.mode(MODES, mode), timing);
  }

  @Override
  public Output output() {
    return mode.equals("0") ? Output.OPAQUE : Output.RAW;
  }

  @Override
  public boolean mayBe(UsbIdentity device) {
    return device.model().equals("1d50:6086");
  }

  @Override
  public Reading open(Path path) throws IOException {
    SerialLine line = SerialLine.open(path, BAUD);
    try {
      command(line, "o");
      timing.settle();
      line.drain(timing.settleMillis());
      command(line, SILENT, "w", "O", "v");
      expect(line, "Version ");
      command(line, "I");
      expect(line, "___");
      command(line, "o", mode, "w");
      line.drain(timing.settleMillis());
      command(line, "O");
      line.atClose("cmdo\n".getBytes(StandardCharsets.US_ASCII));
      return new LineReading(line, timing);
    } catch (IOException e) {
      line.close();
      throw e;
    }
  }

  private void command(SerialLine line, String... commands) throws IOException {
    for (String command : commands) {
      line.write(
          ("cmd" + command + "\n").getBytes(StandardCharsets.US_ASCII), timing.silenceMillis());
    }
  }

  private void expect(SerialLine line, String start) throws IOException {
    StringBuilder text = new StringBuilder();
    byte[] one = new byte[1];
    while (text.length() < MOST_LINE_OCTETS) {
      line.read(one, 0, 1, timing.silenceMillis());
      if (one[0] == '\n') {
        break;
      }
      text.append((char) (one[0] & 0xff));
    }
    if (!text.toString().startsWith(start)) {
      throw new IOException(
          "BG-ENTROPY-036 this device does not answer as a OneRNG: path="
              + line
              + " wantedStart="
              + start);
    }
  }
}
