package io.bellgate.entropy.hub;

import io.bellgate.api.entropy.NoiseSource.Description;
import io.bellgate.api.entropy.NoiseSource.Output;
import java.lang.management.ManagementFactory;
import java.util.Random;

/** What the steps cost, in CPU time of one thread: {@code java -cp ... EntropyCost}. Not a test. */
final class EntropyCost {
  private static final double MEGA = 1e6;

  private EntropyCost() {}

  public static void main(String[] arguments) throws Exception {
    byte[] noise = new byte[1 << 16];
    new Random(1).nextBytes(noise);
    Description bits = Models.description("bits", "b", 1, 0.95, Output.RAW, false);
    Description octets = Models.description("octets", "o", 8, 7, Output.RAW, false);
    for (int round = 0; round < 3; round++) {
      HealthTests ofBits = new HealthTests(bits);
      HealthTests ofOctets = new HealthTests(octets);
      measure("health tests, packed bits, MB/s", noise.length / MEGA, () -> ofBits.feed(noise));
      measure("health tests, octets, MB/s", noise.length / MEGA, () -> ofOctets.feed(noise));
      Reservoir reservoir = new Reservoir(octets, new Ledger(), 2_048);
      measure("conditioning, input MB/s", noise.length / MEGA, () -> reservoir.put(noise));
      HashDrbg drbg = new HashDrbg(new byte[64], new byte[0]);
      byte[] large = new byte[65_536];
      byte[] small = new byte[32];
      measure(
          "generator, 64 KiB, MB/s", large.length / MEGA, () -> drbg.generate(large, 0, 65_536));
      measure("generator, 32 octets, M/s", 1 / MEGA, () -> drbg.generate(small, 0, 32));
      byte[] entropy = new byte[64];
      measure(
          "generator, 32 octets, fresh seed each, M/s",
          1 / MEGA,
          () -> {
            drbg.reseed(entropy, small);
            drbg.generate(small, 0, 32);
          });
    }
  }

  private static void measure(String what, double amount, Runnable work) {
    var threads = ManagementFactory.getThreadMXBean();
    long end = System.nanoTime() + 700_000_000;
    while (System.nanoTime() < end) {
      work.run();
    }
    long begin = threads.getCurrentThreadCpuTime();
    long times = 0;
    long until = System.nanoTime() + 1_000_000_000;
    while (System.nanoTime() < until) {
      for (int i = 0; i < 16; i++) {
        work.run();
      }
      times += 16;
    }
    double seconds = (threads.getCurrentThreadCpuTime() - begin) / 1e9;
    System.out.printf("%-45s %10.2f%n", what, amount * times / seconds);
  }
}
