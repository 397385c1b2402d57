package io.bellgate.coap.node.reading;

import io.bellgate.api.message.Flow;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Readings without a standard's structure: an object with {@code seq}, {@code v} and {@code u}, or
 * a value alone. What else is in them the gateway does not look at.
 */
final class Plain {
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private Plain() {}

  /** Reads a JSON text or a CBOR item; gives the count if it has one. */
  static OptionalLong read(Item item, Attributes attributes) {
    if (!(item instanceof Item.Members members)) {
      attributes.value(item);
      return OptionalLong.empty();
    }
    attributes.value(members.values().get("v"));
    if (members.values().get("u") instanceof Item.Text unit) {
      attributes.text(Flow.UNIT, unit.value());
    }
    Item seq = members.values().get("seq");
    if (seq == null) {
      return OptionalLong.empty();
    }
    if (seq instanceof Item.Number number && number.whole().orElse(-1) >= 0) {
      return number.whole();
    }
    throw new Malformed("a member `seq` is a whole number of at least 0");
  }

  /** Reads a text, which has no count: a number as JSON has it, true, false, or another. */
  static OptionalLong text(String text, Attributes attributes) {
    String bare = text.strip();
    if (bare.equals("true") || bare.equals("false")) {
      attributes.value(new Item.Flag(bare.equals("true")));
    } else if (NUMBER.matcher(bare).matches()) {
      attributes.value(Item.Number.of(bare));
    } else {
      attributes.value(new Item.Text(bare));
    }
    return OptionalLong.empty();
  }
}
