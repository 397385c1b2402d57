package io.bellgate.qkd.link;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * What {@code qkd simulate} is asked for.
 *
 * @param blocks how many
 * @param pulses of a block
 * @param km of fibre
 * @param misalignment probability that a photon goes to the wrong detector
 * @param eve fraction of the pulses that are intercepted
 * @param source kind of light
 * @param seed of the physics; 0 is a random one
 * @param json records as JSON
 */
record SimulateOptions(
    int blocks,
    long pulses,
    double km,
    double misalignment,
    double eve,
    String source,
    long seed,
    boolean json) {
  static final String HELP =
      """
      Usage: qkd simulate [--blocks N] [--km X] [--misalignment E] [--eve F] [--source S]
                          [--pulses N] [--seed N] [--json]

      Runs both ends of a quantum link on a SIMULATED fibre, without gateways: BB84, Cascade,
      verification, amplification and one-time tags as in a gateway. Prints a record for each block.

        --blocks N         how many blocks (default 3)
        --km X             length of the fibre (default 25; 0.2 dB/km, detectors of 20 %)
        --misalignment E   photons at the wrong detector, 0 to 0.5 (default 0.01)
        --eve F            fraction of the pulses that Eve intercepts and resends (default 0)
        --source S         ideal-single-photon (default) or weak-coherent, which gives no key
        --pulses N         pulses of a block (default that of a link)
        --seed N           seed of the physics, for repeating a run (default a random one)
        --json             one JSON object a line

      Exit code 0 if both ends agreed about every block: the same key, or none.

      Examples:
        bellgate qkd simulate
        bellgate qkd simulate --eve 1 --blocks 2
        bellgate qkd simulate --km 50 --pulses 30000000 --json | jq .secretBits
      """;

  /**
   * Reads arguments.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  static SimulateOptions parse(List<String> words) {
    SimulateOptions o =
        new SimulateOptions(3, defaultPulses(), 25, 0.01, 0, "ideal-single-photon", 0, false);
    for (Iterator<String> rest = words.iterator(); rest.hasNext(); ) {
      o = o.with(rest.next(), rest);
    }
    return o;
  }

  private SimulateOptions with(String word, Iterator<String> rest) {
    return switch (word) {
      case "--json" ->
          new SimulateOptions(blocks, pulses, km, misalignment, eve, source, seed, true);
      case "--blocks" ->
          new SimulateOptions(
              (int) number(word, rest, 1, 100_000),
              pulses,
              km,
              misalignment,
              eve,
              source,
              seed,
              json);
      case "--pulses" ->
          new SimulateOptions(
              blocks,
              (long) number(word, rest, 1, 1e12),
              km,
              misalignment,
              eve,
              source,
              seed,
              json);
      case "--km" ->
          new SimulateOptions(
              blocks, pulses, number(word, rest, 0, 1_000), misalignment, eve, source, seed, json);
      case "--misalignment" ->
          new SimulateOptions(
              blocks, pulses, km, number(word, rest, 0, 0.5), eve, source, seed, json);
      case "--eve" ->
          new SimulateOptions(
              blocks, pulses, km, misalignment, number(word, rest, 0, 1), source, seed, json);
      case "--source" ->
          new SimulateOptions(blocks, pulses, km, misalignment, eve, value(word, rest), seed, json);
      case "--seed" ->
          new SimulateOptions(
              blocks,
              pulses,
              km,
              misalignment,
              eve,
              source,
              (long) number(word, rest, 1, 1e15),
              json);
      default -> throw new IllegalArgumentException("there is no such option: option=" + word);
    };
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException("an option needs a value: option=" + option);
    }
    return rest.next();
  }

  private static double number(String option, Iterator<String> rest, double least, double most) {
    String text = value(option, rest);
    double number;
    try {
      number = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      number = Double.NaN;
    }
    if (!(number >= least && number <= most)) {
      throw new IllegalArgumentException(
          option + " takes a number from " + least + " to " + most + ": value=" + text);
    }
    return number;
  }

  private static long defaultPulses() {
    return (long) standard("pulses");
  }

  /** The default of a configured value: a simulation runs the plan that a link would. */
  static Object standard(String property) {
    return Arrays.stream(Configuration.class.getDeclaredMethods())
        .filter(m -> m.getName().equals(property))
        .map(Method::getDefaultValue)
        .findFirst()
        .orElseThrow();
  }
}
