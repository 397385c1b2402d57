package io.bellgate.entropy.remote.feed;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The generator of a TPM 2.0, by TPM2_GetRandom (TCG TPM 2.0 Library, Part 3, section 16.1) without
 * a session: over a device of the kernel, or over a socket of this machine (an emulator). A TPM may
 * answer with less than was asked for.
 */
public final class Tpm implements Remote {
  private static final short NO_SESSIONS = (short) 0x8001;
  private static final int GET_RANDOM = 0x17b;
  private static final int COMMAND_OCTETS = 12;
  private static final int HEADER_OCTETS = 10;
  private static final int MOST_ASKED = 64;
  private static final int MOST_ANSWERED = 4_096;
  private static final int MOST_RETRIES = 10;
  private static final long RETRY_MILLIS = 20;
  private static final int TIMEOUT_MILLIS = 10_000;

  // Part 2, section 6.6.3: come again
  private static final int YIELDED = 0x908;
  private static final int TESTING = 0x90a;
  private static final int RETRY = 0x922;

  /** Both directions; closed as one. */
  private record Wire(AutoCloseable whole, InputStream in, OutputStream out) {}

  private final String place;
  private final AtomicLong commands = new AtomicLong();
  private final AtomicLong shortAnswers = new AtomicLong();
  private final AtomicLong retries = new AtomicLong();
  private volatile Wire wire;

  /**
   * Names the TPM; opens nothing.
   *
   * @param place an absolute path, or {@code HOST:PORT} on this machine
   * @throws IllegalArgumentException if it is neither
   */
  public Tpm(String place) {
    boolean local = place.matches("(127\\.[0-9.]+|localhost):[0-9]{1,5}");
    if (!local && !Path.of(place).isAbsolute()) {
      throw new IllegalArgumentException(
          "a TPM is at an absolute path, or at 127.0.0.1:PORT: tpm=" + place);
    }
    this.place = place;
  }

  /**
   * Whether it is behind a device of the kernel; what is behind a socket is an emulator.
   *
   * @return false for a socket
   */
  public boolean device() {
    return place.startsWith("/");
  }

  /** {@code tpm0} and {@code tpmrm0} are one device. */
  @Override
  public String reach() throws IOException {
    Arrays.fill(next(MOST_ASKED), (byte) 0);
    return "tpm:" + place.replaceFirst("^/dev/tpm(rm)?([0-9]+)$", "$2");
  }

  @Override
  public byte[] next(int octets) throws IOException {
    int asked = Math.min(octets, MOST_ASKED);
    try {
      for (int i = 0; i < MOST_RETRIES; i++) {
        byte[] answer = exchange(asked);
        int code = ByteBuffer.wrap(answer).getInt(6);
        if (code != RETRY && code != YIELDED && code != TESTING) {
          return octets(answer, code, asked);
        }
        retries.incrementAndGet();
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS << i);
      }
      throw new IOException("BG-ENTROPY-055 a TPM is busy for long: tpm=" + place);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cancel();
      throw new InterruptedIOException("a command of a TPM was interrupted: tpm=" + place);
    } catch (IOException e) {
      cancel(); // what follows on this wire would not be the answer to the next command
      throw e;
    }
  }

  private byte[] exchange(int asked) throws IOException {
    Wire now = open();
    byte[] command =
        ByteBuffer.allocate(COMMAND_OCTETS)
            .putShort(NO_SESSIONS)
            .putInt(COMMAND_OCTETS)
            .putInt(GET_RANDOM)
            .putShort((short) asked)
            .array();
    now.out().write(command);
    now.out().flush();
    commands.incrementAndGet();
    return receive(now.in());
  }

  /**
   * In as many pieces as it comes. The kernel gives a whole answer only to a read that has room.
   */
  private byte[] receive(InputStream in) throws IOException {
    byte[] answer = new byte[MOST_ANSWERED];
    int length = 0;
    int size = HEADER_OCTETS;
    while (length < size) {
      int more = in.read(answer, length, answer.length - length);
      if (more < 0) {
        throw new EOFException("BG-ENTROPY-055 a TPM has hung up: tpm=" + place);
      }
      length += more;
      if (length >= HEADER_OCTETS) {
        size = ByteBuffer.wrap(answer).getInt(2);
        if (size < HEADER_OCTETS || size > MOST_ANSWERED || length > size) {
          throw malformed("size=" + size + " octets=" + length);
        }
      }
    }
    byte[] whole = Arrays.copyOf(answer, size);
    Arrays.fill(answer, (byte) 0);
    return whole;
  }

  private byte[] octets(byte[] answer, int code, int asked) throws IOException {
    ByteBuffer from = ByteBuffer.wrap(answer);
    if (code != 0) {
      throw new IOException(
          "BG-ENTROPY-055 a TPM refuses: tpm="
              + place
              + " responseCode=0x"
              + Integer.toHexString(code));
    }
    if (from.getShort(0) != NO_SESSIONS || answer.length < COMMAND_OCTETS) {
      throw malformed("octets=" + answer.length);
    }
    int given = from.getShort(HEADER_OCTETS) & 0xffff;
    if (given < 1 || given > asked || answer.length != COMMAND_OCTETS + given) {
      throw malformed("given=" + given + " asked=" + asked + " octets=" + answer.length);
    }
    if (given < asked) {
      shortAnswers.incrementAndGet();
    }
    byte[] octets = Arrays.copyOfRange(answer, COMMAND_OCTETS, answer.length);
    Arrays.fill(answer, (byte) 0);
    return octets;
  }

  private IOException malformed(String what) {
    return new IOException(
        "BG-ENTROPY-055 a TPM's answer has another form: tpm=" + place + " " + what);
  }

  private Wire open() throws IOException {
    Wire now = wire;
    if (now == null) {
      try {
        now = device() ? file() : socket();
      } catch (IOException e) {
        throw new IOException(
            "BG-ENTROPY-051 a TPM cannot be opened: tpm=" + place + " why=" + e.getMessage(), e);
      }
      wire = now;
    }
    return now;
  }

  private Wire file() throws IOException {
    FileChannel file =
        FileChannel.open(Path.of(place), StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new Wire(file, Channels.newInputStream(file), Channels.newOutputStream(file));
  }

  private Wire socket() throws IOException {
    int colon = place.lastIndexOf(':');
    Socket socket = new Socket();
    try {
      socket.connect(
          new InetSocketAddress(
              InetAddress.getByName(place.substring(0, colon)),
              Integer.parseInt(place.substring(colon + 1))),
          TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      return new Wire(socket, socket.getInputStream(), socket.getOutputStream());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public void cancel() {
    Wire open = wire;
    wire = null;
    if (open != null) {
      try {
        open.whole().close(); // wakes a thread that reads
      } catch (Exception e) {
        System.getLogger(Tpm.class.getName())
            .log(System.Logger.Level.DEBUG, "closing the way to a TPM", e);
      }
    }
  }

  @Override
  public Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("commands", commands.get());
    status.put("shortAnswers", shortAnswers.get());
    status.put("retries", retries.get());
    return status;
  }
}
