package io.bellgate.entropy.device.serial;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A TrueRNG Pro: streams from the start, and changes its mode after it was opened at 110, 300 and
 * 110 baud. As a test's pauses come here, it sees each rate.
 */
final class TrueRngEmulator extends Emulator {
  private static final List<Integer> KNOCK = List.of(110, 300, 110);
  private final List<Integer> rates = new ArrayList<>();
  volatile int mode = 300;
  volatile boolean dropsAnOctet;
  private int samples;

  TrueRngEmulator(Fault fault) throws IOException {
    super(fault);
    stream(true);
  }

  /** What a driver does while it waits. */
  synchronized void observe(int millis) {
    try {
      rates.add(pty.master().settings().baud());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  boolean understands(int baud) {
    return false; // it listens to nothing
  }

  @Override
  void command(byte first) {}

  /** Generator one counts from 0, generator two from 512, both to ten bits. */
  @Override
  synchronized byte[] streamed() {
    int baud;
    try {
      baud = pty.master().settings().baud();
    } catch (IOException e) {
      return new byte[0];
    }
    int last = rates.size();
    if (last >= 3 && rates.subList(last - 3, last).equals(KNOCK) && baud != 110) {
      mode = baud;
      rates.clear();
    }
    if (mode != 19_200) {
      return random(256);
    }
    if (dropsAnOctet) {
      dropsAnOctet = false;
      return new byte[] {frame(samples)[0]};
    }
    byte[] frames = new byte[4 * 64];
    for (int at = 0; at < frames.length; at += 4) {
      System.arraycopy(frame(samples++), 0, frames, at, 4);
    }
    return frames;
  }

  static byte[] frame(int sample) {
    int one = sample & 0x3ff;
    int two = sample + 512 & 0x3ff;
    return new byte[] {
      (byte) (one >> 6),
      (byte) (0x40 | one & 0x3f),
      (byte) (0x80 | two >> 6),
      (byte) (0xc0 | two & 0x3f)
    };
  }
}
