package io.bellgate.itests.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Ends the build with a table of optional peers: ran, skipped, why. Reads the reports of all
 * modules, so that a test needs nothing but JUnit to appear in it.
 *
 * <p>In CI ({@code CI=true}) a peer that was installed for this run ({@code BELLGATE_CI_PEERS}, as
 * {@code .ci/run} sets it) and that a test then skipped is a failure.
 */
public final class PeerTable {
  private record Row(int ran, Set<String> reasons, int skipped) {}

  private final Map<Peer, Row> rows = new EnumMap<>(Peer.class);

  PeerTable(List<TestReport.Case> cases) {
    for (Peer peer : Peer.values()) {
      int ran = 0;
      int skipped = 0;
      Set<String> reasons = new TreeSet<>();
      for (TestReport.Case test : cases) {
        if (peer.isNamedIn(test.name())) {
          if (test.skipped().isPresent()) {
            skipped++;
            reasons.add(test.skipped().get());
          } else {
            ran++;
          }
        }
      }
      rows.put(peer, new Row(ran, reasons, skipped));
    }
  }

  /**
   * Prints the table of a source tree.
   *
   * @param arguments the root of the source tree
   * @throws IOException if a report cannot be read
   * @throws IllegalStateException if a peer that CI installed was skipped
   */
  public static void main(String[] arguments) throws IOException {
    PeerTable table = new PeerTable(cases(Path.of(arguments[0]).toAbsolutePath().normalize()));
    System.out.println(table.render(Peer::where));
    List<String> installed =
        "true".equals(System.getenv("CI"))
            ? Arrays.asList(System.getenv().getOrDefault("BELLGATE_CI_PEERS", "").split("[ ,]+"))
            : List.of();
    List<String> broken = table.skippedOf(installed);
    if (!broken.isEmpty()) {
      throw new IllegalStateException("installed for this run, but skipped by a test: " + broken);
    }
  }

  private static List<TestReport.Case> cases(Path root) throws IOException {
    List<TestReport.Case> cases = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root, 6)) {
      for (Path file :
          files
              .filter(f -> f.toString().matches(".*/target/(surefire|failsafe)-reports/TEST-.*xml"))
              .toList()) {
        cases.addAll(TestReport.read(file));
      }
    }
    return cases;
  }

  String render(Function<Peer, Optional<String>> where) {
    StringBuilder text = new StringBuilder("\nOptional peers\n");
    String format = "  %-15s %-8s %-26s %s%n";
    text.append(String.format(format, "peer", "state", "tests", "where, or why not"));
    rows.forEach(
        (peer, row) -> {
          String state = row.ran() > 0 ? "ran" : row.skipped() > 0 ? "skipped" : "unused";
          String tests = row.ran() + " ran, " + row.skipped() + " skipped";
          String found = where.apply(peer).orElse("absent: " + peer.description());
          String why = row.reasons().isEmpty() ? found : String.join("; ", row.reasons());
          text.append(String.format(format, peer.label(), state, tests, why));
        });
    return text.toString();
  }

  /** Which of these a test skipped. */
  List<String> skippedOf(List<String> installed) {
    return rows.entrySet().stream()
        .filter(e -> installed.contains(e.getKey().label()) && e.getValue().skipped() > 0)
        .map(e -> e.getKey().label())
        .collect(Collectors.toList());
  }
}
