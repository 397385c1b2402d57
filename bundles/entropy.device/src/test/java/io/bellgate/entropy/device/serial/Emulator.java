package io.bellgate.entropy.device.serial;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A device at the other end of a pseudo-terminal, on a thread of its own: it answers only at its
 * baud rate and on a raw line, and misbehaves on request.
 */
abstract class Emulator implements AutoCloseable {
  /** What goes wrong. */
  enum Fault {
    NONE,
    /** A piece ends before its time. */
    SHORT,
    /** Octets that belong to no answer come before each answer. */
    GARBAGE,
    /** The device is pulled while it sends. */
    UNPLUG
  }

  private static final int IDLE_MILLIS = 10;
  private static final int QUIET_MILLIS = 40;
  private static final int WRITE_MILLIS = 20_000;
  private static final int PULLED_AFTER_OCTETS = 100;

  final Random noise = new Random(6);
  final Pty pty = new Pty();
  final Fault fault;
  volatile IOException broken;
  private final Thread thread = new Thread(this::run, "emulator");
  private volatile boolean closing;
  private volatile boolean streams;
  private volatile long idles;

  Emulator(Fault fault) throws IOException {
    this.fault = fault;
  }

  Emulator start() {
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  Path path() {
    return pty.path();
  }

  /** Whether a device could read what is sent at this rate. */
  abstract boolean understands(int baud);

  /** A command begins with this octet. */
  abstract void command(byte first) throws IOException;

  /** The next octets of a stream, while it streams. */
  byte[] streamed() {
    return random(256);
  }

  final void stream(boolean on) {
    streams = on;
  }

  final byte[] random(int octets) {
    byte[] random = new byte[octets];
    noise.nextBytes(random);
    return random;
  }

  final byte next() throws IOException {
    byte[] one = new byte[1];
    pty.master().read(one, 0, 1, WRITE_MILLIS);
    return one[0];
  }

  final byte[] next(int octets) throws IOException {
    byte[] next = new byte[octets];
    pty.master().read(next, 0, octets, WRITE_MILLIS);
    return next;
  }

  final void answer(byte... octets) throws IOException {
    if (fault == Fault.GARBAGE) {
      pty.master().write(new byte[] {0x00, (byte) 0xff, 0x13}, WRITE_MILLIS);
    }
    pty.master().write(octets, WRITE_MILLIS);
  }

  /** Octets that a reader waits for, where most faults lie. */
  final void give(byte[] octets) throws IOException {
    int most = fault == Fault.NONE || fault == Fault.GARBAGE ? octets.length : PULLED_AFTER_OCTETS;
    pty.master()
        .write(java.util.Arrays.copyOf(octets, Math.min(octets.length, most)), WRITE_MILLIS);
    if (fault == Fault.UNPLUG) {
      unplug();
    }
  }

  final void unplug() throws IOException {
    pty.close();
  }

  private void run() {
    byte[] one = new byte[1];
    try {
      while (!closing) {
        if (pty.master().readSome(one, 0, 1, streams ? 0 : IDLE_MILLIS) == 1) {
          heard(one[0]);
        } else if (!streams) {
          idles = idles + 1;
        } else if (pty.master().settings().isRaw()) {
          // it begins when a driver has opened the line, as with DTR
          byte[] piece = streamed();
          for (int done = 0; done < piece.length && streams && !closing; ) {
            done += pty.master().writeSome(piece, done, piece.length - done, IDLE_MILLIS);
            if (pty.master().readSome(one, 0, 1, 0) == 1) {
              heard(one[0]);
            }
          }
        }
      }
    } catch (IOException e) {
      broken = e;
    }
  }

  /** At a wrong rate, or with another framing, a device hears nothing that it knows. */
  private void heard(byte first) throws IOException {
    LineSettings settings = pty.master().settings();
    if (settings.isRaw() && understands(settings.baud())) {
      command(first);
    } else {
      pty.master().write(new byte[] {(byte) 0xfe}, WRITE_MILLIS);
    }
  }

  @Override
  public void close() throws IOException {
    closing = true;
    try {
      thread.join(TimeUnit.SECONDS.toMillis(20));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pty.close();
  }

  /** Where a driver would give a device time, this one is waited for. */
  final Timing quick() {
    return new Timing(QUIET_MILLIS, 20_000, millis -> awaitIdle());
  }

  /** Where an octet is expected not to come. */
  final Timing impatient() {
    return new Timing(QUIET_MILLIS, 500, millis -> awaitIdle());
  }

  /** Until all that was sent has been heard. */
  private void awaitIdle() {
    long enough = idles + 2;
    while (idles < enough && thread.isAlive()) {
      Thread.onSpinWait();
    }
  }
}
