package io.bellgate.entropy.hub;

import io.bellgate.api.entropy.NoiseSource;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntUnaryOperator;

/** Noise of known min-entropy, seeded, with faults on request. */
final class Models implements NoiseSource {
  private final Description description;
  private final Random random;
  private final AtomicLong given = new AtomicLong();
  private volatile IntUnaryOperator fault = sample -> sample;
  private volatile boolean gone;
  private volatile boolean blocked;
  private Reading open;

  private Models(Description description, long seed) {
    this.description = description;
    this.random = new Random(seed);
  }

  static Models octets(String name, double minEntropy, long seed) {
    return new Models(description(name, name, 8, minEntropy, Output.RAW, false), seed);
  }

  static Models bits(String name, double minEntropy, long seed) {
    return new Models(description(name, name, 1, minEntropy, Output.RAW, false), seed);
  }

  static Models of(Description description, long seed) {
    return new Models(description, seed);
  }

  static Description description(
      String name,
      String device,
      int sampleBits,
      double minEntropy,
      Output output,
      boolean simulated) {
    return new Description(
        name, device, output, sampleBits, minEntropy, "a test", 1_000_000, true, simulated);
  }

  /** From now on each octet is put through this. */
  void fault(IntUnaryOperator what) {
    fault = what;
  }

  void healthy() {
    fault = sample -> sample;
    gone = false;
  }

  void unplug() {
    gone = true;
  }

  /** Reads hang from now on, until closed. */
  void block() {
    blocked = true;
  }

  long given() {
    return given.get();
  }

  @Override
  public Description description() {
    return description;
  }

  @Override
  public synchronized Reading open() throws IOException {
    if (gone) {
      throw new IOException("no such device");
    }
    open =
        new Reading() {
          private volatile boolean closed;

          @Override
          public void read(byte[] samples) throws IOException {
            while (blocked && !closed) {
              sleep();
            }
            if (gone || closed) {
              Arrays.fill(samples, (byte) 0);
              throw new IOException("the device is gone");
            }
            random.nextBytes(samples);
            for (int i = 0; i < samples.length; i++) {
              samples[i] = (byte) fault.applyAsInt(samples[i] & 0xff);
            }
            given.addAndGet(samples.length);
          }

          @Override
          public void close() {
            closed = true;
          }
        };
    return open;
  }

  private static void sleep() throws IOException {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
