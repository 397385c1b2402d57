package io.bellgate.entropy.device.serial;

import io.bellgate.api.entropy.NoiseSource.Reading;
import java.io.IOException;
import java.util.Arrays;

/**
 * Raw samples of a TrueRNG Pro's converters: four octets hold a sample of ten bits of each of its
 * two generators, the upper four bits first, then the lower six; the two highest bits of an octet
 * count from 0 to 3.
 *
 * <p>One generator is given and the other left out, so that the health tests see one noise source;
 * of its sample the lower eight bits, as a sample has no more.
 */
final class ConverterReading implements Reading {
  private static final int FRAME_OCTETS = 4;
  private static final int FRAMES = 1_024;
  private static final int GOOD_OCTETS = 64;
  private static final int MOST_THROWN_OCTETS = 16_384;
  private final SerialLine line;
  private final int first;
  private final Timing timing;
  private boolean aligned;

  /**
   * Takes over a line.
   *
   * @param generator 0 or 1
   */
  ConverterReading(SerialLine line, int generator, Timing timing) {
    this.line = line;
    this.first = 2 * generator;
    this.timing = timing;
  }

  @Override
  public void read(byte[] samples) throws IOException {
    byte[] frames = new byte[FRAME_OCTETS * Math.min(FRAMES, samples.length)];
    try {
      if (!aligned) {
        align();
      }
      for (int done = 0; done < samples.length; ) {
        int count = Math.min(FRAMES, samples.length - done);
        line.read(frames, 0, FRAME_OCTETS * count, timing.silenceMillis());
        for (int frame = 0; frame < count; frame++) {
          samples[done++] = sample(frames, FRAME_OCTETS * frame);
        }
      }
    } catch (IOException e) {
      Arrays.fill(samples, (byte) 0);
      throw e;
    } finally {
      Arrays.fill(frames, (byte) 0);
    }
  }

  /**
   * Up to the end of sixteen good frames: what the line still held of another mode is gone then,
   * and goes on as frames with a probability of 2^-128.
   */
  private void align() throws IOException {
    byte[] one = new byte[1];
    int good = 0;
    for (int thrown = 0; good < GOOD_OCTETS; thrown++) {
      if (thrown == MOST_THROWN_OCTETS) {
        throw broken();
      }
      line.read(one, 0, 1, timing.silenceMillis());
      good = counter(one[0]) == good % FRAME_OCTETS ? good + 1 : counter(one[0]) == 0 ? 1 : 0;
    }
    aligned = true;
  }

  private byte sample(byte[] frames, int at) throws IOException {
    for (int i = 0; i < FRAME_OCTETS; i++) {
      if (counter(frames[at + i]) != i) {
        throw broken();
      }
    }
    return (byte) (frames[at + first] << 6 | frames[at + first + 1] & 0x3f);
  }

  private static int counter(byte octet) {
    return (octet & 0xff) >> 6;
  }

  private IOException broken() {
    return new IOException(
        "BG-ENTROPY-036 samples do not come in frames of four octets, is it in another mode? path="
            + line);
  }

  @Override
  public void close() {
    line.close();
  }
}
