package io.bellgate.coap.node.reading;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What JSON and CBOR have in common: one data item. */
sealed interface Item {
  /** Items nest no deeper: 32. */
  int MOST_DEPTH = 32;

  /**
   * A number.
   *
   * @param value nearest to it; of CBOR it may be infinite or no number
   * @param whole the same exactly, if it is written as a whole number and fits
   */
  record Number(double value, OptionalLong whole) implements Item {
    private static final int MOST_CHARACTERS = 64;
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}|[0-9]{19}");
    private static final Pattern LONG_EXPONENT = Pattern.compile("[eE][+-]?[0-9]{4}");

    static Number of(long whole) {
      return new Number(whole, OptionalLong.of(whole));
    }

    static Number of(double value) {
      return new Number(value, OptionalLong.empty());
    }

    /**
     * Reads digits as JSON has them. Arithmetic on a decimal fraction with a large exponent takes
     * memory as large as it: so there is none, and no large exponent.
     */
    static Number of(String digits) {
      if (digits.length() > MOST_CHARACTERS || LONG_EXPONENT.matcher(digits).find()) {
        throw new Malformed(
            "a number has at most " + MOST_CHARACTERS + " characters and 3 digits of exponent");
      }
      double value = Double.parseDouble(digits);
      if (Double.isInfinite(value)) {
        throw new Malformed("a number fits into a binary64");
      }
      return new Number(value, whole(digits));
    }

    private static OptionalLong whole(String digits) {
      try {
        return WHOLE.matcher(digits).matches()
            ? OptionalLong.of(Long.parseLong(digits))
            : OptionalLong.empty();
      } catch (NumberFormatException tooLarge) {
        return OptionalLong.empty();
      }
    }
  }

  /** A text. */
  record Text(String value) implements Item {}

  /** True or false. */
  record Flag(boolean value) implements Item {}

  /** Octets, of CBOR alone. */
  record Octets(int length) implements Item {}

  /** An array. */
  record Elements(List<Item> values) implements Item {}

  /**
   * An object or a map.
   *
   * @param values by a {@code String} or, of CBOR alone, a {@code Long}
   */
  record Members(Map<Object, Item> values) implements Item {}

  /** What says nothing to the gateway: null, tagged items, numbers beyond 64 bits. */
  record Other() implements Item {}
}
