package io.bellgate.peer.link;

import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.peer.PeerStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The streams of one session: writers of this end, readers of the other's. A writer may be {@link
 * #WINDOW} octets ahead.
 */
final class Streams {
  /** Octets a writer may send without credit: 256 KiB. */
  static final int WINDOW = 262_144;

  private static final int MOST = 64;

  private final Outlet outlet;
  private final Outlet bulk;
  private final Map<Integer, Writer> writers = new ConcurrentHashMap<>();
  private final Map<Integer, Reader> readers = new ConcurrentHashMap<>();
  private volatile boolean over;

  /**
   * @param outlet for what readers say
   * @param bulk for what writers say, in order
   */
  Streams(Outlet outlet, Outlet bulk) {
    this.outlet = outlet;
    this.bulk = bulk;
  }

  PeerStream open(int id, String service) {
    Writer writer = new Writer(id);
    writers.put(id, writer);
    if (over) {
      writer.finished(false);
    }
    bulk.put(new Frame(Frame.Type.OPEN, id, service.getBytes(StandardCharsets.US_ASCII)));
    return writer;
  }

  /** The other end opened a stream. */
  Reader opened(int id) throws ProtocolError {
    Reader reader = new Reader(id);
    if (readers.size() >= MOST || readers.putIfAbsent(id, reader) != null) {
      throw new ProtocolError(
          "BG-PEER-005", "at most " + MOST + " streams, each under its own id: id=" + id);
    }
    if (over) {
      reader.broken();
    }
    return reader;
  }

  /** Handles a frame of a stream; frames of streams that are gone are dropped. */
  void handle(Frame frame) throws ProtocolError {
    Writer writer = writers.get(frame.id());
    Reader reader = readers.get(frame.id());
    switch (frame.type()) {
      case DATA -> {
        if (reader != null) {
          reader.data(frame.body());
        }
      }
      case END -> {
        if (reader != null) {
          reader.end();
        }
      }
      case CREDIT -> {
        if (frame.body().length != 4) {
          throw new ProtocolError("BG-PEER-005", "credit is a number of octets in 4 octets");
        }
        if (writer != null) {
          writer.credit(ByteBuffer.wrap(frame.body()).getInt());
        }
      }
      case DONE, CANCEL -> {
        if (writer != null) {
          writer.finished(frame.type() == Frame.Type.DONE);
        }
      }
      default ->
          throw new ProtocolError("BG-PEER-005", "no frame of a stream: type=" + frame.type());
    }
  }

  /** The session has ended, and with it what is open and whatever would still be opened. */
  void disconnected() {
    over = true;
    writers.values().forEach(w -> w.finished(false));
    readers.values().forEach(Reader::broken);
  }

  private final class Writer implements PeerStream {
    private final int id;
    private int credit = WINDOW;
    private boolean finished;
    private boolean complete;
    private boolean ended;

    Writer(int id) {
      this.id = id;
    }

    @Override
    public void write(byte[] octets) throws IOException {
      for (int at = 0; at < octets.length; ) {
        int part =
            Math.min(
                Math.min(octets.length - at, PeerSession.MAX_BODY_OCTETS),
                take(octets.length - at));
        bulk.put(new Frame(Frame.Type.DATA, id, Arrays.copyOfRange(octets, at, at + part)));
        at += part;
      }
    }

    /** Waits for credit and takes at most {@code wanted} of it, at most one frame's worth. */
    private synchronized int take(int wanted) throws IOException {
      while (credit == 0 && !finished) {
        pause();
      }
      if (finished) {
        throw new IOException("the stream was cancelled or its session ended");
      }
      int taken = Math.min(Math.min(credit, wanted), PeerSession.MAX_BODY_OCTETS);
      credit -= taken;
      return taken;
    }

    private void pause() throws InterruptedIOException {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for the reader");
      }
    }

    synchronized void credit(int octets) throws ProtocolError {
      if (octets < 0 || octets > WINDOW - credit) {
        throw new ProtocolError(
            "BG-PEER-005", "credit never exceeds what was sent: octets=" + octets);
      }
      credit += octets;
      notifyAll();
    }

    synchronized void finished(boolean all) {
      finished = true;
      complete |= all;
      writers.remove(id);
      notifyAll();
    }

    @Override
    public synchronized void close() throws IOException {
      if (!ended) {
        ended = true;
        bulk.put(Frame.of(Frame.Type.END, id));
      }
      while (!finished) {
        pause();
      }
      if (!complete) {
        throw new IOException("the stream was cancelled or its session ended before all was read");
      }
    }
  }

  /** The reading end of a stream. */
  final class Reader extends InputStream {
    private final int id;
    private byte[] ring = new byte[0];
    private int head;
    private int buffered;
    private int owed;
    private boolean ended;
    private boolean broken;
    private boolean closed;

    Reader(int id) {
      this.id = id;
    }

    private synchronized void data(byte[] octets) throws ProtocolError {
      if (octets.length > WINDOW - buffered - owed) {
        throw new ProtocolError("BG-PEER-005", "a writer stays within its credit: id=" + id);
      }
      if (!closed) {
        makeRoom(octets.length);
        int tail = (head + buffered) % Math.max(1, ring.length);
        int first = Math.min(octets.length, ring.length - tail);
        System.arraycopy(octets, 0, ring, tail, first);
        System.arraycopy(octets, first, ring, 0, octets.length - first);
        buffered += octets.length;
      }
      notifyAll();
    }

    private void makeRoom(int octets) {
      int length = Math.max(buffered + octets, Math.min(2 * ring.length, WINDOW));
      if (buffered + octets > ring.length) {
        byte[] larger = new byte[length];
        peek(larger, 0, buffered);
        ring = larger;
        head = 0;
      }
    }

    private void peek(byte[] octets, int from, int length) {
      int first = Math.min(length, ring.length - head);
      System.arraycopy(ring, head, octets, from, first);
      System.arraycopy(ring, 0, octets, from + first, length - first);
    }

    private synchronized void end() {
      ended = true;
      notifyAll();
    }

    private synchronized void broken() {
      broken = true;
      notifyAll();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public synchronized int read(byte[] octets, int from, int length) throws IOException {
      while (buffered == 0 && !ended && !broken && length > 0) {
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted while reading a stream");
        }
      }
      if (buffered == 0) {
        if (broken && !ended) {
          throw new IOException("the session ended before the stream did");
        }
        return length == 0 ? 0 : -1;
      }
      int part = Math.min(length, buffered);
      peek(octets, from, part);
      head = (head + part) % ring.length;
      consumed(part);
      return part;
    }

    /** Gives credit back in large pieces. */
    private void consumed(int octets) {
      buffered -= octets;
      owed += octets;
      if (owed >= WINDOW / 4 || buffered == 0) {
        outlet.put(new Frame(Frame.Type.CREDIT, id, ByteBuffer.allocate(4).putInt(owed).array()));
        owed = 0;
      }
    }

    /** Ends reading; early means that the writer is told to stop. */
    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        boolean all = ended && buffered == 0;
        buffered = 0;
        readers.remove(id);
        outlet.put(Frame.of(all ? Frame.Type.DONE : Frame.Type.CANCEL, id));
      }
    }
  }
}
