package io.bellgate.ops.demo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a process has cost so far.
 *
 * @param cpuMicros user and system time; the kernel counts in steps of 10 ms
 * @param writtenOctets octets it caused to be written to disk (write_bytes of /proc/PID/io); NaN
 *     where the kernel does not say
 * @param peakMebioctets most resident memory (VmHWM); NaN where the kernel does not say
 */
record Cost(double cpuMicros, double writtenOctets, double peakMebioctets) {
  static Cost of(long pid) {
    double cpu =
        ProcessHandle.of(pid)
            .flatMap(p -> p.info().totalCpuDuration())
            .map(Duration::toNanos)
            .map(n -> n / 1e3)
            .orElse(Double.NaN);
    return new Cost(cpu, field(pid, "io", "write_bytes:"), field(pid, "status", "VmHWM:") / 1024);
  }

  /** What was spent since an earlier moment; the peak is the present one. */
  Cost since(Cost before) {
    return new Cost(
        cpuMicros - before.cpuMicros, writtenOctets - before.writtenOctets, peakMebioctets);
  }

  private static double field(long pid, String file, String name) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(pid), file)).stream()
          .filter(line -> line.startsWith(name))
          .mapToDouble(
              line -> Double.parseDouble(line.substring(name.length()).strip().split(" ")[0]))
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      return Double.NaN; // not Linux, or the process is gone
    }
  }
}
