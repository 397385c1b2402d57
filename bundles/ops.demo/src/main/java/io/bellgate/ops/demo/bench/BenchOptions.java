package io.bellgate.ops.demo.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What the operator asked for.
 *
 * @param what which measurements, in order
 * @param seconds length of a phase
 * @param rate probes a second, for swaps
 * @param json whether results are JSON
 */
record BenchOptions(List<String> what, int seconds, int rate, boolean json) {
  static final List<String> ALL = List.of("startup", "throughput", "link", "swap", "disk");

  static final String HELP =
      """
      usage: bellgate bench [startup|throughput|link|swap|disk|all] [--seconds N] [--rate N] [--json]

      Starts gateways of its own on loopback, measures them, ends them. Progress goes to standard
      error, results to standard output. Nodes, gateways and this program share the machine: where
      figures of two machines or two days are compared, compare CPU time per message.

        startup       CPU time, wall time and memory until ready; size of the program
        throughput    closed loop of 32 nodes: messages a second, latency, CPU time per message, per
                      protection, beside a Californium server that does nothing
        link          the quantum link (SIMULATED) at work: key rate, CPU time per block and share of
                      it, memory; messages under its keys
        swap          silence seen by an open loop of probes while each bundle is swapped, beside the
                      same without a swap
        disk          octets written per message, at 10 a second and at full load
        all           all of these, in this order (default)

        --seconds N   length of each phase of load (default 10)
        --rate N      probes a second for swap (default 500)
        --json        print one JSON object

      exit code 1 if a gateway did not start, a message was lost or delivered twice, or a swap failed.

      examples:
        bellgate bench
        bellgate bench throughput --seconds 20
        bellgate bench swap --rate 200 --json
      """;

  /** Reads arguments; throws {@link IllegalArgumentException} with what is wrong. */
  static BenchOptions parse(List<String> arguments) {
    List<String> what = new ArrayList<>();
    int seconds = 10;
    int rate = 500;
    boolean json = false;
    for (Iterator<String> words = arguments.iterator(); words.hasNext(); ) {
      String word = words.next();
      switch (word) {
        case "--seconds" -> seconds = number(word, words, 5, 600);
        case "--rate" -> rate = number(word, words, 10, 2_000);
        case "--json" -> json = true;
        case "all" -> what.addAll(ALL);
        default -> {
          if (!ALL.contains(word)) {
            throw new IllegalArgumentException(
                "a measurement is one of " + ALL + " or all: word=" + word);
          }
          what.add(word);
        }
      }
    }
    return new BenchOptions(what.isEmpty() ? ALL : List.copyOf(what), seconds, rate, json);
  }

  Duration length() {
    return Duration.ofSeconds(seconds);
  }

  /** The command that measures one thing again. */
  String command(String one) {
    return "bellgate bench "
        + one
        + " --seconds "
        + seconds
        + (one.equals("swap") ? " --rate " + rate : "");
  }

  private static int number(String option, Iterator<String> words, int least, int most) {
    String value = words.hasNext() ? words.next() : "";
    if (!value.matches("[0-9]{1,9}")
        || Integer.parseInt(value) < least
        || Integer.parseInt(value) > most) {
      throw new IllegalArgumentException(
          option + " takes a whole number from " + least + " to " + most + ": value=" + value);
    }
    return Integer.parseInt(value);
  }
}
