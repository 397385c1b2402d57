package io.bellgate.peer.link;

import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.ops.Command;
import io.bellgate.peer.link.tls.Group;
import io.bellgate.peer.link.tls.Trial;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The command {@code channel}: measures the channel to peers. */
@Component(property = Command.NAME + "=channel")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=channel",
      "summary=\"measure the channel to peers\"",
      "feature=peer-link"
    })
public final class ChannelCommand implements Command {
  private static final String HELP =
      """
      Usage: channel bench [--seconds N] [--group NAME] [--json]

      Measures handshakes of both forms, and bulk data, per second of one processor: both ends on
      one thread, beside the TLS library alone in the same run. Identities and keys are made for it
      and thrown away; a running gateway's are not touched.

      --seconds N    processor time for each of the five rows, 1 to 600; 10 if absent, as much
                     again to warm up
      --group NAME   X25519MLKEM768 (if absent) or SecP384r1MLKEM1024

      Exit codes: 0 measured, 1 failed, 2 usage, 3 no registry of algorithms or no random bits.

      Examples:
        bellgate channel bench
        bellgate channel bench --seconds 30 --json | jq .preSharedHandshakes
      """;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile AlgorithmRegistry registry;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile RandomBits random;

  /** Made by Declarative Services. */
  public ChannelCommand() {}

  ChannelCommand(AlgorithmRegistry registry, RandomBits random) {
    this.registry = registry;
    this.random = random;
  }

  @Override
  public int run(Call call) throws IOException {
    List<String> words = new ArrayList<>(call.arguments());
    boolean json = words.remove("--json");
    if (words.remove("--help") || words.remove("-h")) {
      call.out().print(HELP);
      return OK;
    }
    double seconds;
    Group group;
    try {
      seconds = Double.parseDouble(option(words, "--seconds", "10"));
      group = Group.of(option(words, "--group", Group.X25519MLKEM768.standardName()));
    } catch (IllegalArgumentException e) {
      call.err().println(e.getMessage());
      return USAGE;
    }
    if (!words.equals(List.of("bench")) || !(seconds >= 1 && seconds <= 600)) {
      call.err().print(HELP);
      return USAGE;
    }
    if (registry == null || random == null) {
      call.err().println("there is no registry of algorithms, or there are no random bits, now");
      return UNREACHABLE;
    }
    call.err().printf("measures for about %.0f seconds%n", seconds * 10);
    Trial trial = new Trial(registry, random, group);
    Map<String, Double> rates = trial.run(seconds, Thread.currentThread()::isInterrupted);
    call.out().print(json ? json(rates) : table(rates));
    return OK;
  }

  private static String option(List<String> words, String name, String otherwise) {
    int at = words.indexOf(name);
    if (at < 0 || at + 1 == words.size()) {
      return otherwise;
    }
    words.remove(at);
    return words.remove(at);
  }

  private static String json(Map<String, Double> rates) {
    return rates.entrySet().stream()
        .map(e -> String.format(Locale.ROOT, "\"%s\":%.1f", e.getKey(), e.getValue()))
        .collect(Collectors.joining(",", "{", "}\n"));
  }

  private static String table(Map<String, Double> rates) {
    StringBuilder lines = new StringBuilder("per second of one processor, JVM ");
    lines.append(Runtime.version()).append('\n');
    rates.forEach(
        (row, rate) -> lines.append(String.format(Locale.ROOT, "%-24s %10.1f%n", row, rate)));
    return lines.toString();
  }
}
