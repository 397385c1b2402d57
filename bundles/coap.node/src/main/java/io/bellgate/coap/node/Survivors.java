package io.bellgate.coap.node;

import io.bellgate.files.OwnerOnly;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * What of an endpoint outlives a crash and a power cut: what nodes registered and who observes. In
 * a file that is written anew when these changed. Sessions are not in it, only how many there were:
 * those under DTLS are {@link io.bellgate.coap.node.sessions.SealedSessions noted by themselves},
 * and replay windows of OSCORE are dropped.
 */
final class Survivors {
  private static final System.Logger LOG = System.getLogger(Survivors.class.getName());
  private static final long MOST_OCTETS = 64L << 20;
  private static final int FORMAT = 1;

  private final Path file;
  private Left written = new Left(0, 0, new byte[0], new byte[0]);

  /**
   * Names the file.
   *
   * @param file in a folder that no backup takes
   */
  Survivors(Path file) {
    this.file = file;
  }

  /**
   * What there was.
   *
   * @param connections under DTLS
   * @param contexts of OSCORE
   * @param registrations as the directory saves them
   * @param observations as their list is saved
   */
  record Left(int connections, int contexts, byte[] registrations, byte[] observations) {
    /** Whether it says the same; of sessions, about the same: they come and go all the time. */
    boolean isLike(Left other) {
      return isLike(connections, other.connections)
          && isLike(contexts, other.contexts)
          && Arrays.equals(registrations, other.registrations)
          && Arrays.equals(observations, other.observations);
    }

    private static boolean isLike(int one, int other) {
      return Math.abs(one - other) <= Math.max(one, other) / 10;
    }

    private byte[] octets() {
      ByteArrayOutputStream octets = new ByteArrayOutputStream();
      try (DataOutputStream out = new DataOutputStream(octets)) {
        out.writeByte(FORMAT);
        out.writeInt(connections);
        out.writeInt(contexts);
        out.writeInt(registrations.length);
        out.write(registrations);
        out.writeInt(observations.length);
        out.write(observations);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return octets.toByteArray();
    }
  }

  /** Writes it, durably, if it is not what is written. */
  synchronized void write(Left left) {
    if (left.isLike(written)) {
      return;
    }
    byte[] octets = left.octets();
    try {
      OwnerOnly.replace(file, out -> OwnerOnly.write(out, octets));
      written = left;
    } catch (IOException e) {
      LOG.log(Level.WARNING, "what nodes registered will not outlive a crash: {0}", e.toString());
    }
  }

  /** What was written last, by whomever. */
  synchronized Optional<Left> read() {
    try {
      if (!Files.exists(file) || Files.size(file) > MOST_OCTETS) {
        return Optional.empty();
      }
      byte[] octets = Files.readAllBytes(file);
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets));
      if (in.readByte() != FORMAT) {
        throw new IOException("another format");
      }
      return Optional.of(new Left(in.readInt(), in.readInt(), part(in), part(in)));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "what nodes registered cannot be read: {0}", e.toString());
      return Optional.empty();
    }
  }

  private static byte[] part(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("a part is as long as it says");
    }
    return in.readNBytes(length);
  }
}
