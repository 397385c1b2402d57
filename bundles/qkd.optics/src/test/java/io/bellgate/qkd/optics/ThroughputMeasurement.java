package io.bellgate.qkd.optics;

import io.bellgate.api.qkd.QuantumChannel.Detections;
import io.bellgate.api.qkd.QuantumChannel.Emission;
import io.bellgate.api.qkd.Role;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Candidates per second over loopback, fibre and both benches in one process; prints, judges
 * nothing: {@code mvn -o -Plong -pl bundles/api,bundles/qkd.optics verify
 * -Dtest=ThroughputMeasurement -Dsurefire.failIfNoSpecifiedTests=false}.
 */
@Tag("long")
class ThroughputMeasurement {
  @Test
  void measures() throws Exception {
    try (Rig rig = new Rig(Map.of("seed", 1L));
        Device alice = rig.device(Role.ALICE);
        Device bob = rig.device(Role.BOB)) {
      for (int run = 0; run < 4; run++) {
        UUID block = new UUID(1, run);
        long pulses = 40_000_000;
        SplittableRandom hers = new SplittableRandom(run);
        SplittableRandom his = new SplittableRandom(~run);
        long before = cpu();
        long start = System.nanoTime();
        Future<Emission> sending =
            rig.threads.submit(() -> alice.emit(block, pulses, () -> hers.nextInt() & 3));
        Detections found = bob.detect(block, pulses, () -> his.nextInt() & 2);
        Rig.get(sending).close();
        double wall = (System.nanoTime() - start) / 1e9;
        double cpu = (cpu() - before) / 1e9;
        double candidates = 1.25 * found.pulses().length;
        System.out.printf(
            "pulses=%d clicks=%d wall=%.2f s cpu=%.2f s: %.2f M candidates/s wall, %.2f M/s of CPU,"
                + " %.1f M pulses/s%n",
            pulses,
            found.pulses().length,
            wall,
            cpu,
            candidates / wall / 1e6,
            candidates / cpu / 1e6,
            pulses / wall / 1e6);
      }
    }
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
