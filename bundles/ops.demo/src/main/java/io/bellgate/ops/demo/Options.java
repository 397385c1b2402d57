package io.bellgate.ops.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What the operator asked for.
 *
 * @param csv readings to replay; empty for the shipped ones
 * @param rate readings per second, all nodes together
 * @param nodes how many nodes
 * @param seconds how long
 * @param swap whether bundles are swapped on the way
 * @param eve whether somebody listens for a while
 * @param keep whether the gateways are left running
 * @param json whether the summary is JSON
 */
record Options(
    Optional<Path> csv,
    int rate,
    int nodes,
    int seconds,
    boolean swap,
    boolean eve,
    boolean keep,
    boolean json) {
  static final String HELP =
      """
      usage: bellgate demo [--seconds N] [--rate N] [--nodes N] [--csv FILE] [--no-swap] [--no-eve] [--keep] [--json]

      Starts two gateways, alice and bob, as processes on loopback, and a third one, optics, that
      SIMULATES 25 km of fibre between them. Nodes post real measurements to alice by CoAP over UDP;
      alice protects them as her rules say (one-time pads and keys from the quantum link, post-quantum
      keys) and sends them to bob, who writes them to a file. Meanwhile policy.rules, coap.node and
      qkd.bb84 of alice are swapped for DEMO VARIANTS built from the same sources. Then Eve measures
      every pulse for at least two blocks: blocks are aborted, key runs low, messages fall back to what
      their rules accept, and return when she has gone.

        --seconds N   how long nodes send (default 60)
        --rate N      readings a second, all nodes together (default 40)
        --nodes N     nodes (default 4)
        --csv FILE    readings to replay, separated by ; or , with time in the first column
        --no-swap     swap nothing
        --no-eve      nobody listens
        --keep        leave the gateways running at the end
        --json        print the summary as JSON; progress goes to standard error

      keys in a terminal: s swap, e Eve on or off, k kill and restart a gateway, q quit

      exit code 0 only if at least 99 % of what was sent was accepted, every data class was delivered,
      nothing was lost or delivered twice, each swap shows the old and the new version, and, if Eve
      came, at least one block was aborted, one message fell back, and one returned.

      examples:
        bellgate demo
        bellgate demo --seconds 20 --rate 100 --nodes 10
        bellgate demo --csv pump.csv --json
      """;

  /** Reads arguments; throws {@link IllegalArgumentException} with what is wrong. */
  static Options parse(List<String> arguments) {
    Options options = new Options(Optional.empty(), 40, 4, 60, true, true, false, false);
    for (Iterator<String> words = arguments.iterator(); words.hasNext(); ) {
      String word = words.next();
      options =
          switch (word) {
            case "--csv" -> options.withCsv(Path.of(value(word, words)));
            case "--rate" ->
                options.with(number(word, words, 1, 5_000), options.nodes, options.seconds);
            case "--nodes" ->
                options.with(options.rate, number(word, words, 1, 500), options.seconds);
            case "--seconds" ->
                options.with(options.rate, options.nodes, number(word, words, 5, 86_400));
            case "--no-swap" -> options.with(false, options.eve, options.keep, options.json);
            case "--no-eve" -> options.with(options.swap, false, options.keep, options.json);
            case "--keep" -> options.with(options.swap, options.eve, true, options.json);
            case "--json" -> options.with(options.swap, options.eve, options.keep, true);
            default ->
                throw new IllegalArgumentException("there is no such option: option=" + word);
          };
    }
    return options;
  }

  private Options withCsv(Path file) {
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException("--csv names a readable file: file=" + file);
    }
    return new Options(Optional.of(file), rate, nodes, seconds, swap, eve, keep, json);
  }

  private Options with(int newRate, int newNodes, int newSeconds) {
    return new Options(csv, newRate, newNodes, newSeconds, swap, eve, keep, json);
  }

  private Options with(boolean newSwap, boolean newEve, boolean newKeep, boolean newJson) {
    return new Options(csv, rate, nodes, seconds, newSwap, newEve, newKeep, newJson);
  }

  private static String value(String option, Iterator<String> words) {
    if (!words.hasNext()) {
      throw new IllegalArgumentException("an option needs a value: option=" + option);
    }
    return words.next();
  }

  private static int number(String option, Iterator<String> words, int least, int most) {
    String value = value(option, words);
    if (!value.matches("[0-9]{1,9}")
        || Integer.parseInt(value) < least
        || Integer.parseInt(value) > most) {
      throw new IllegalArgumentException(
          option + " takes a whole number from " + least + " to " + most + ": value=" + value);
    }
    return Integer.parseInt(value);
  }
}
