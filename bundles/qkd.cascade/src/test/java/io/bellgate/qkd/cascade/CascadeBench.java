package io.bellgate.qkd.cascade;

import java.lang.management.ManagementFactory;

/**
 * Measures throughput: kbit of key per CPU second, both ends on one thread, a fresh seed and fresh
 * permutations for every block, no network; then blocks one after the other over a loopback socket,
 * in wall time. After {@code mvn -B package}, in the project's folder:
 *
 * <pre>
 * B=bundles; java -cp $B/qkd.cascade/target/classes:$B/qkd.cascade/target/test-classes:\
 * $B/api/target/classes:$B/api/target/test-classes io.bellgate.qkd.cascade.CascadeBench [SECONDS]
 * </pre>
 *
 * The peer's figures are cascade-cpp's (snapshot 8240cab, -O2) on a 2-core AMD EPYC class machine,
 * measured elsewhere: one thread, both ends, permutations cached across blocks; at n = 10,000 where
 * ours is 16,384.
 */
final class CascadeBench {
  private static final double[] QBERS = {0.01, 0.02, 0.05, 0.10};
  private static final int[] LENGTHS = {16_384, 65_536};

  /** By length, variant and QBER; 0 where there is none. */
  private static final int[][][] PEER = {
    {
      {23_182, 17_758, 11_545, 8_085},
      {0, 0, 6_512, 0},
      {8_756, 7_858, 5_808, 4_537},
      {8_187, 7_356, 5_993, 4_189}
    },
    {
      {22_980, 17_510, 11_346, 7_913},
      {0, 0, 6_245, 0},
      {8_427, 7_229, 5_320, 4_016},
      {8_779, 7_467, 6_092, 4_388}
    }
  };

  private CascadeBench() {}

  public static void main(String[] arguments) throws Exception {
    double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 2;
    for (Variant variant : Variant.values()) {
      run(new Frames(variant, Serve.ALL, LENGTHS[0], QBERS[0], System.nanoTime()), seconds);
    }
    System.out.println("variant   serve      n   QBER       f  round trips  kbit/CPU s  peer");
    for (int n = 0; n < LENGTHS.length; n++) {
      for (Variant variant : Variant.values()) {
        for (Serve serve : Serve.values()) {
          for (int q = 0; q < QBERS.length; q++) {
            int peer = PEER[n][variant.ordinal()][q];
            measure(variant, serve, LENGTHS[n], QBERS[q], seconds, peer);
          }
        }
      }
    }
    loopback(seconds);
  }

  private static void loopback(double seconds) throws Exception {
    System.out.println("\nover a loopback socket, one block at a time");
    System.out.println("variant   serve      n   QBER  ms/block  kbit/s");
    for (int length : LENGTHS) {
      for (Variant variant : new Variant[] {Variant.OPT4, Variant.OPT7}) {
        for (Serve serve : Serve.values()) {
          Cascade cascade = new Cascade(variant, serve);
          double nanos = Loopback.nanosOfBlock(cascade, length, 0.02, 50);
          int blocks = 1 + (int) (seconds * 1e9 / nanos);
          nanos = Loopback.nanosOfBlock(cascade, length, 0.02, blocks);
          System.out.printf(
              "%-9s %-5s %6d     2%%  %8.2f  %6.0f%n",
              variant.text, serve.text, length, nanos / 1e6, length / nanos * 1e6);
        }
      }
    }
  }

  private static void measure(
      Variant variant, Serve serve, int length, double qber, double seconds, int peer)
      throws Exception {
    Frames frames = new Frames(variant, serve, length, qber, System.nanoTime());
    run(frames, seconds / 2);
    int warm = frames.frames;
    double cpu = run(frames, seconds);
    System.out.printf(
        "%-9s %-5s %6d %5.0f%%  %.4f  %11.0f  %10.0f  %s%n",
        variant.text,
        serve.text,
        length,
        100 * qber,
        frames.f(),
        frames.meanRoundTrips(),
        (frames.frames - warm) * length / cpu / 1000,
        peer == 0 ? "-" : peer);
  }

  private static double run(Frames frames, double seconds) throws Exception {
    long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    long now = begin;
    while (now - begin < seconds * 1e9) {
      frames.run(4);
      now = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
    return (now - begin) / 1e9;
  }
}
