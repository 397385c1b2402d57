package io.bellgate.coap.node.contexts;

import io.bellgate.coap.node.keys.Minutes;
import io.bellgate.files.OwnerOnly;
import io.bellgate.oscore.SenderSequence;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * Sequence numbers of the gateway under OSCORE, never one twice: 24 bits of an epoch, then 16 bits
 * that are counted for all contexts together: so a context that is made a second time repeats none.
 * An epoch is taken durably before a number of it is used: at each start, and when 65,536 are used
 * up (RFC 8613, Appendix B.1.1, with a step of 2^16). An epoch is at least the number of minutes
 * since 2026: so a data folder that was brought back from a copy does not repeat numbers, where
 * there is a clock. Thread safe.
 */
final class Epochs implements SenderSequence {
  private static final System.Logger LOG = System.getLogger(Epochs.class.getName());
  private static final int COUNT_BITS = 16;
  private static final long MOST_EPOCHS = 1L << 24;

  private final Path file;
  private final InstantSource clock;
  private long current = -1;
  private long count;

  Epochs(Path file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
  }

  @Override
  public synchronized long next() {
    if (current < 0 || count >> COUNT_BITS > 0) {
      current = take();
      count = 0;
    }
    return current << COUNT_BITS | count++;
  }

  private long take() {
    try {
      long stored =
          Files.exists(file)
              ? Long.parseLong(Files.readString(file, StandardCharsets.US_ASCII).strip())
              : -1;
      long minutes = Minutes.of(clock);
      long next = Math.max(stored + 1, minutes);
      if (next < 0 || next >= MOST_EPOCHS) {
        throw new IllegalStateException(
            "BG-COAP-011 no epoch is left, or the clock is wrong: epoch=" + next);
      }
      write(next);
      if (minutes < 0 || minutes <= stored) {
        LOG.log(
            Level.INFO,
            "epochs are ahead of the clock: a copy of {0} would repeat numbers",
            file.getFileName());
      }
      return next;
    } catch (IOException e) {
      throw new IllegalStateException("BG-COAP-010 an epoch cannot be kept: file=" + file, e);
    } catch (NumberFormatException e) {
      throw new IllegalStateException(
          "BG-COAP-010 a file of epochs holds a number: file=" + file + "; see errors.md", e);
    }
  }

  private void write(long epoch) throws IOException {
    OwnerOnly.folder(file.toAbsolutePath().getParent());
    byte[] line = (epoch + "\n").getBytes(StandardCharsets.US_ASCII);
    OwnerOnly.replace(file, out -> OwnerOnly.write(out, line));
  }
}
