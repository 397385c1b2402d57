package io.bellgate.launcher.cli;

import io.bellgate.launcher.folder.Program;
import io.bellgate.launcher.report.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The part of {@code doctor} that needs no site: Java, memory and clock. */
final class MachineCheck {
  private static final int OLDEST_JAVA = 17;
  private static final long NEEDED_MEBIBYTES = 256;

  private final Clock clock;

  MachineCheck(Clock clock) {
    this.clock = clock;
  }

  List<Finding> check() throws IOException {
    List<Finding> out = new ArrayList<>();
    int java = Runtime.version().feature();
    String version = System.getProperty("java.vendor") + " " + Runtime.version();
    out.add(
        java >= OLDEST_JAVA
            ? Finding.ok("BG-DOCTOR-001", "java", version)
            : Finding.fail("BG-DOCTOR-001", "java", "too old: " + version, "install Java 17"));
    out.add(memory());
    out.add(clock(Instant.parse(Program.built())));
    return out;
  }

  Finding clock(Instant built) {
    Instant now = clock.instant();
    return now.isBefore(built)
        ? Finding.warn(
            "BG-DOCTOR-003",
            "clock",
            "the clock is before this program was built: now=" + now + " built=" + built,
            "set the clock; certificates and expiry are judged by it")
        : Finding.ok("BG-DOCTOR-003", "clock", now.toString());
  }

  private static Finding memory() throws IOException {
    Path info = Path.of("/proc/meminfo");
    if (!Files.isReadable(info)) {
      return Finding.ok("BG-DOCTOR-002", "memory", "unknown on this system");
    }
    long mebibytes =
        Files.readAllLines(info).stream()
                .filter(line -> line.startsWith("MemAvailable:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(Long.MAX_VALUE)
            / 1024;
    return mebibytes >= NEEDED_MEBIBYTES
        ? Finding.ok("BG-DOCTOR-002", "memory", "availableMebibytes=" + mebibytes)
        : Finding.warn(
            "BG-DOCTOR-002",
            "memory",
            "little memory is left: availableMebibytes="
                + mebibytes
                + " needed="
                + NEEDED_MEBIBYTES,
            "end other programs");
  }
}
