package io.bellgate.entropy.remote;

import io.bellgate.api.entropy.NoiseSource;
import io.bellgate.entropy.remote.feed.Remote;
import io.bellgate.entropy.remote.feed.Repeats;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Octets of a {@link Remote} as a noise source; the first failure ends its time. */
final class RemoteSource implements NoiseSource {
  private final Remote remote;
  private final Description description;
  private final Consumer<IOException> lost;
  private final Repeats repeats = new Repeats();
  private final AtomicLong octets = new AtomicLong();

  /**
   * Takes a remote that was reached.
   *
   * @param lost told of each failure, on the thread that reads; does not block
   */
  RemoteSource(Remote remote, Description description, Consumer<IOException> lost) {
    this.remote = remote;
    this.description = description;
    this.lost = lost;
  }

  @Override
  public Description description() {
    return description;
  }

  long octets() {
    return octets.get();
  }

  @Override
  public Reading open() {
    return new Pieces();
  }

  /** What one answer has too much waits for the next read. */
  private final class Pieces implements Reading {
    private byte[] piece = new byte[0];
    private int used;
    private volatile boolean closed;

    @Override
    public void read(byte[] samples) throws IOException {
      for (int at = 0; at < samples.length; ) {
        if (used == piece.length) {
          fetch(samples.length - at);
        }
        int more = Math.min(samples.length - at, piece.length - used);
        System.arraycopy(piece, used, samples, at, more);
        Arrays.fill(piece, used, used + more, (byte) 0);
        used += more;
        at += more;
      }
    }

    private void fetch(int wanted) throws IOException {
      if (closed) {
        throw new IOException("reading was ended: source=" + description.name());
      }
      try {
        byte[] next = remote.next(wanted);
        repeats.check(next);
        piece = next;
        used = 0;
        octets.addAndGet(next.length);
      } catch (IOException e) {
        if (!closed) {
          lost.accept(e);
        }
        throw e;
      }
    }

    @Override
    public void close() {
      closed = true;
      remote.cancel();
    }
  }
}
