package io.bellgate.ops.node;

import io.bellgate.ops.node.line.Protection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The words of a command line: those in order, options with a value, flags. */
final class Words {
  private final List<String> words = new ArrayList<>();
  private final Map<String, String> values = new HashMap<>();

  private Words() {}

  /**
   * Sorts them.
   *
   * @param valued options with a value, for example {@code --csv}
   * @param flags options without
   * @throws IllegalArgumentException if an option is none of these, comes twice or lacks its value
   */
  static Words of(List<String> arguments, Set<String> valued, Set<String> flags) {
    Words sorted = new Words();
    for (Iterator<String> all = arguments.iterator(); all.hasNext(); ) {
      String word = all.next();
      if (!word.startsWith("--")) {
        sorted.words.add(word);
        continue;
      }
      if (!valued.contains(word) && !flags.contains(word)) {
        throw new IllegalArgumentException("there is no such option here: option=" + word);
      }
      if (valued.contains(word) && !all.hasNext()) {
        throw new IllegalArgumentException("an option needs a value: option=" + word);
      }
      if (sorted.values.putIfAbsent(word, valued.contains(word) ? all.next() : "") != null) {
        throw new IllegalArgumentException("an option comes once: option=" + word);
      }
    }
    return sorted;
  }

  /** Checks how many words there are. */
  void expect(int least, int most, String what) {
    if (words.size() < least || words.size() > most) {
      throw new IllegalArgumentException("it takes " + what + ": words=" + words);
    }
  }

  int size() {
    return words.size();
  }

  String word(int place) {
    return words.get(place);
  }

  boolean has(String option) {
    return values.containsKey(option);
  }

  Optional<String> value(String option) {
    return Optional.ofNullable(values.get(option));
  }

  /** A whole number, or another one if nothing is said. */
  long number(String option, long least, long most, long otherwise) {
    String value = values.get(option);
    if (value == null) {
      return otherwise;
    }
    if (!value.matches("[0-9]{1,15}")
        || Long.parseLong(value) < least
        || Long.parseLong(value) > most) {
      throw new IllegalArgumentException(
          option + " takes a whole number from " + least + " to " + most + ": value=" + value);
    }
    return Long.parseLong(value);
  }

  /** The content format that an answer is to have, {@code --accept}; empty for any. */
  OptionalInt accept() {
    return values.containsKey("--accept")
        ? OptionalInt.of((int) number("--accept", 0, 65_535, 0))
        : OptionalInt.empty();
  }

  /** Which protection is asked for: at most one. */
  Optional<Protection> protection() {
    Optional<Protection> found = Optional.empty();
    for (Protection each : Protection.values()) {
      if (has("--" + each.name().toLowerCase(java.util.Locale.ROOT))) {
        if (found.isPresent()) {
          throw new IllegalArgumentException("it is one of --plain, --dtls and --oscore");
        }
        found = Optional.of(each);
      }
    }
    return found;
  }
}
