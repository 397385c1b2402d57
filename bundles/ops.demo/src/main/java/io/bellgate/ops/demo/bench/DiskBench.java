package io.bellgate.ops.demo.bench;

import io.bellgate.ops.demo.Site;
import io.bellgate.ops.demo.bench.Table.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Octets written to disk per message, and what lies on the disk at the end. */
final class DiskBench {
  private static final int LOW_RATE = 10;

  private final Bench bench;
  private final Table written;
  private final Table left;

  DiskBench(Bench bench) {
    this.bench = bench;
    String command = bench.options().command("disk");
    written =
        new Table(
            "Written to disk, protection pqc",
            command,
            List.of(
                new Column("load", "load", "", 0),
                new Column("messages", "messages", "", 0),
                new Column("aliceOctets", "alice", "octets/msg", 0),
                new Column("bobOctets", "bob", "octets/msg", 0),
                new Column("aliceCommits", "alice", "commits/msg", 3),
                new Column("bobCommits", "bob", "commits/msg", 3),
                new Column("aliceCpuMillisPerSecond", "CPU alice", "ms/s", 1),
                new Column("bobCpuMillisPerSecond", "CPU bob", "ms/s", 1)));
    left =
        new Table(
            "On disk at the end",
            command,
            List.of(
                new Column("folder", "folder", "", 0),
                new Column("aliceKibioctets", "alice", "KiB", 0),
                new Column("bobKibioctets", "bob", "KiB", 0)));
  }

  List<Table> run() throws IOException, InterruptedException {
    bench.withGateways(
        pair -> {
          Phase.run(pair, "warm", Bench.PQC, load -> load.closed(Duration.ofSeconds(3)));
          row("idle", pair, load -> Thread.sleep(bench.options().length().toMillis()));
          row(LOW_RATE + "/s", pair, load -> load.open(LOW_RATE, bench.options().length()));
          row("full", pair, load -> load.closed(bench.options().length()));
          Thread.sleep(2_000); // lazy changes are written
          sizes(pair.sandbox().alice(), pair.sandbox().bob());
        });
    written.note(
        "write_bytes of /proc/PID/io: what the process caused to be written, in whole pages");
    written.note("idle: octets in all, nothing posted");
    return List.of(written, left);
  }

  private void row(String load, Bench.Pair pair, Phase.Nodes nodes)
      throws IOException, InterruptedException {
    bench.say("load %s for %d s", load, bench.options().seconds());
    long begin = System.nanoTime();
    Phase phase = Phase.run(pair, "disk" + load.replaceAll("[^a-z0-9]", ""), Bench.PQC, nodes);
    bench.judge(phase.trace());
    double seconds = (System.nanoTime() - begin) / 1e9;
    double messages = Math.max(1, phase.trace().acceptances());
    written.row(
        load,
        phase.trace().acceptances(),
        phase.alice().writtenOctets() / messages,
        phase.bob().writtenOctets() / messages,
        phase.aliceCommits() / messages,
        phase.bobCommits() / messages,
        phase.alice().cpuMicros() / 1e3 / seconds,
        phase.bob().cpuMicros() / 1e3 / seconds);
  }

  private void sizes(Site alice, Site bob) throws IOException {
    TreeMap<String, Long> ofAlice = sizes(alice.data());
    TreeMap<String, Long> ofBob = sizes(bob.data());
    TreeSet<String> folders = new TreeSet<>(ofAlice.keySet());
    folders.addAll(ofBob.keySet());
    for (String folder : folders) {
      left.row(
          folder,
          ofAlice.getOrDefault(folder, 0L) / 1024.0,
          ofBob.getOrDefault(folder, 0L) / 1024.0);
    }
  }

  /** First folder below the data folder, to octets. */
  private static TreeMap<String, Long> sizes(Path data) throws IOException {
    TreeMap<String, Long> sizes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        try {
          sizes.merge(data.relativize(file).getName(0).toString(), Files.size(file), Long::sum);
        } catch (NoSuchFileException e) {
          continue; // a log file turned over
        }
      }
    }
    return sizes;
  }
}
