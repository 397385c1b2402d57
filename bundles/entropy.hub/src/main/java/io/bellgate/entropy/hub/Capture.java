package io.bellgate.entropy.hub;

import io.bellgate.api.entropy.NoiseSource;
import io.bellgate.api.entropy.NoiseSource.Description;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * Raw samples for an assessment from outside, one sample an octet in the lowest bits, as the tool
 * of NIST for SP 800-90B reads them. Nothing of it is used for random bits.
 *
 * @param rows how often the source is opened anew: 1, or 1,000 for the restart tests (3.1.4)
 * @param samples of each row
 * @param out takes them; not closed
 * @param done completes with the octets written
 */
record Capture(int rows, int samples, OutputStream out, CompletableFuture<Long> done) {
  private static final int PART = 8_192;

  /** Captures; on the thread of the source. */
  void from(NoiseSource source) {
    long written = 0;
    try {
      for (int row = 0; row < rows; row++) {
        try (NoiseSource.Reading reading = source.open()) {
          written += row(reading, source.description());
        }
      }
      done.complete(written);
    } catch (IOException | RuntimeException e) {
      done.completeExceptionally(e);
    }
  }

  private long row(NoiseSource.Reading reading, Description source) throws IOException {
    for (int at = 0; at < samples; at += PART) {
      int part = Math.min(PART, samples - at);
      byte[] read = new byte[Samples.octets(source, part)];
      reading.read(read);
      byte[] apart = Samples.bits(source) ? apart(read, part) : read;
      out.write(apart);
      Arrays.fill(read, (byte) 0);
      Arrays.fill(apart, (byte) 0);
    }
    return samples;
  }

  private static byte[] apart(byte[] packed, int count) {
    byte[] apart = new byte[count];
    for (int i = 0; i < count; i++) {
      apart[i] = (byte) (packed[i / 8] >> 7 - i % 8 & 1);
    }
    return apart;
  }
}
