package io.bellgate.coap.node.reading;

import io.bellgate.api.message.Flow;
import java.util.Map;

/**
 * Collects the attributes of one reading. A value has another name for each type, so that a rule
 * that compares numbers never compares texts. Attributes travel beside the payload and stand in
 * logs: a text that is long, or that is not all printable, is left out.
 *
 * @param all by name
 */
record Attributes(Map<String, Object> all) {
  /** A text attribute is no longer: 128 UTF-16 code units. */
  static final int MOST_TEXT = 128;

  void value(Item item) {
    if (item instanceof Item.Number number) {
      number(Flow.VALUE, number.value());
    } else if (item instanceof Item.Text text) {
      text(Flow.VALUE_TEXT, text.value());
    } else if (item instanceof Item.Flag flag) {
      all.put(Flow.VALUE_BOOLEAN, flag.value());
    }
  }

  void number(String name, double value) {
    if (Double.isFinite(value)) {
      all.put(name, value + 0.0); // a filter's = tells -0.0 from 0.0
    }
  }

  void text(String name, String text) {
    if (!text.isEmpty()
        && text.length() <= MOST_TEXT
        && text.codePoints().allMatch(Attributes::printable)) {
      all.put(name, text);
    }
  }

  private static boolean printable(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
