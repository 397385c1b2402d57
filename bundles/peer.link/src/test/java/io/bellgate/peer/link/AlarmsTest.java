package io.bellgate.peer.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Alarms do not wait behind a large stream: 1,000 of them during 100 MB, with 50 ms of round trip
 * and 1 % loss in the direction of the stream; from the request to its arrival at the other
 * gateway. Needs root, {@code ip netns} and netem, takes a minute, and runs in {@code -Plong} or if
 * the property {@code bellgate.netem} is true.
 */
class AlarmsTest {
  private static final double ROUND_TRIP_MILLIS = 50;

  private static String shell(String script) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("sh", "-ec", script).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? "" : said.strip() + " ";
  }

  private static List<String> java(String space, String... words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "ip",
                "netns",
                "exec",
                space,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-cp",
                System.getProperty("java.class.path"),
                AlarmsUnderLoad.class.getName()));
    command.addAll(List.of(words));
    return command;
  }

  @Test
  void neverLetsAnAlarmWaitBehindAStream(@TempDir Path folder) throws Exception {
    boolean wanted = Boolean.getBoolean("bellgate.netem");
    String id = Long.toString(ProcessHandle.current().pid());
    String near = "bga" + id;
    String far = "bgb" + id;
    String missing =
        wanted
            ? shell(
                """
                ip netns add A; ip netns add B
                ip link add vA type veth peer name vB
                ip link set vA netns A; ip link set vB netns B
                ip -n A addr add 10.209.7.1/24 dev vA; ip -n B addr add 10.209.7.2/24 dev vB
                ip -n A link set lo up; ip -n B link set lo up
                ip -n A link set vA up; ip -n B link set vB up
                ip netns exec A tc qdisc add dev vA root netem delay 25ms loss 1%
                ip netns exec B tc qdisc add dev vB root netem delay 25ms
                """
                    .replace("A", near)
                    .replace("B", far))
            : "not asked for: -Dbellgate.netem=true";
    try {
      if (!missing.isEmpty()) {
        System.out.println("SKIPPED: needs netem in a network namespace: " + missing);
      }
      assumeTrue(missing.isEmpty(), missing);
      Process bob =
          new ProcessBuilder(java(far, "answer", folder.toString(), "10.209.7.2", "4711"))
              .inheritIO()
              .start();
      Process alice =
          new ProcessBuilder(java(near, "dial", folder.toString(), "10.209.7.2", "4711"))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String said = new String(alice.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(alice.waitFor(60, TimeUnit.SECONDS));
      bob.destroy();
      System.out.println(said);
      Matcher p98 = Pattern.compile("\"p98Millis\":([0-9.]+)").matcher(said);
      assertTrue(p98.find(), said);
      assertTrue(said.contains("\"during\":1000"), "all during the transfer");
      assertTrue(Double.parseDouble(p98.group(1)) <= 2 * ROUND_TRIP_MILLIS, said);
      assertEquals(0, alice.exitValue());
    } finally {
      shell("ip netns del " + near + " || true; ip netns del " + far + " || true");
    }
  }
}
