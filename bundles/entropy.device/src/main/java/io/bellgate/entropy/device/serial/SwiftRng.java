package io.bellgate.entropy.device.serial;

import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.api.entropy.NoiseSource.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * SwiftRNG (TectroLabs): commands of one octet, answered by a fixed number of octets and a status,
 * 0 for well. Raw samples come of one of its two noise sources; what it gives as random is hashed
 * inside it, so opaque.
 */
final class SwiftRng implements SerialKind {
  private static final int BAUD = 115_200; // any: the line is a USB one
  static final int BLOCK_OCTETS = 16_000;
  private static final int MODEL_OCTETS = 8;
  private static final Map<String, Byte> MODES =
      Map.of("raw0", (byte) '<', "raw1", (byte) '>', "hashed", (byte) 'x');
  private static final Set<String> MODELS =
      Set.of("1fc9:8111", "3975:0001", "3975:0002", "3975:0003", "3975:0004");

  private final byte command;
  private final Timing timing;

  private SwiftRng(byte command, Timing timing) {
    this.command = command;
    this.timing = timing;
  }

  static SwiftRng of(String mode, Timing timing) {
    return new SwiftRng(SerialKind.mode(MODES, mode), timing);
  }

  @Override
  public Output output() {
    return command == 'x' ? Output.OPAQUE : Output.RAW;
  }

  @Override
  public boolean mayBe(UsbIdentity device) {
    return MODELS.contains(device.model());
  }

  @Override
  public Reading open(Path path) throws IOException {
    SerialLine line = SerialLine.open(path, BAUD);
    try {
      line.drain(timing.settleMillis()); // what an earlier reader did not fetch
      byte[] model = new byte[MODEL_OCTETS];
      ask(line, (byte) 'm', model);
      if (!new String(model, StandardCharsets.ISO_8859_1).matches("[\\x20-\\x7e]{8}")) {
        throw new IOException(
            "BG-ENTROPY-038 this device does not answer as a SwiftRNG: path=" + line);
      }
    } catch (IOException e) {
      line.close();
      throw e;
    }
    return new BlockReading(line);
  }

  private void ask(SerialLine line, byte wanted, byte[] answer) throws IOException {
    line.write(new byte[] {wanted}, timing.silenceMillis());
    line.read(answer, 0, answer.length, timing.silenceMillis());
    byte[] status = new byte[1];
    line.read(status, 0, 1, timing.silenceMillis());
    if (status[0] != 0) {
      java.util.Arrays.fill(answer, (byte) 0);
      throw new IOException(
          "BG-ENTROPY-037 a device says that it is not well: path="
              + line
              + " command="
              + (char) wanted
              + " status="
              + (status[0] & 0xff));
    }
  }

  /** Hands blocks out in pieces; what was handed out is wiped. */
  private final class BlockReading implements Reading {
    private final SerialLine line;
    private final byte[] block = new byte[BLOCK_OCTETS];
    private int at = BLOCK_OCTETS;

    BlockReading(SerialLine line) {
      this.line = line;
    }

    @Override
    public void read(byte[] samples) throws IOException {
      for (int done = 0; done < samples.length; ) {
        if (at == BLOCK_OCTETS) {
          ask(line, command, block);
          at = 0;
        }
        int octets = Math.min(samples.length - done, BLOCK_OCTETS - at);
        System.arraycopy(block, at, samples, done, octets);
        java.util.Arrays.fill(block, at, at + octets, (byte) 0);
        at += octets;
        done += octets;
      }
    }

    @Override
    public void close() {
      line.close();
    }
  }
}
