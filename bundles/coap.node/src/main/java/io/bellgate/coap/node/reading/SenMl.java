package io.bellgate.coap.node.reading;

import io.bellgate.api.message.Flow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a SenML pack (RFC 8428): resolves it (4.6) and checks what a receiver must. Of a pack with
 * one record the policy sees value, unit, name and time. The record whose own name is {@code seq}
 * is the node's count and none of these.
 */
final class SenMl {
  /** A pack has no more records: 100. */
  static final int MOST_RECORDS = 100;

  /** 4.4: the version of this standard. */
  private static final int VERSION = 10;

  /** 4.5.3: times before this many seconds are relative to now. */
  private static final double RELATIVE_BEFORE = 1L << 28;

  /** What a binary64 counts without gaps. */
  private static final double MOST_COUNT = (1L << 53) - 1;

  /** 4.5.1. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][-A-Za-z0-9:./_]*");

  private static final Pattern BASE64URL = Pattern.compile("[A-Za-z0-9_-]*");
  private static final String COUNT = "seq";

  /** Table 4: label and number in CBOR. */
  private static final Map<Long, String> NUMBERED =
      Map.ofEntries(
          Map.entry(-1L, "bver"),
          Map.entry(-2L, "bn"),
          Map.entry(-3L, "bt"),
          Map.entry(-4L, "bu"),
          Map.entry(-5L, "bv"),
          Map.entry(-6L, "bs"),
          Map.entry(0L, "n"),
          Map.entry(1L, "u"),
          Map.entry(2L, "v"),
          Map.entry(3L, "vs"),
          Map.entry(4L, "vb"),
          Map.entry(5L, "s"),
          Map.entry(6L, "t"),
          Map.entry(7L, "ut"),
          Map.entry(8L, "vd"));

  private static final Set<String> KNOWN = Set.copyOf(NUMBERED.values());
  private static final Set<String> TEXT_FIELDS = Set.of("bn", "bu", "n", "u", "vs");
  private static final List<String> VALUES = List.of("v", "vs", "vb", "vd");

  /** How a pack writes the labels of this standard. */
  enum Labels {
    /** JSON. */
    TEXTS,
    /** CBOR. */
    INTEGERS
  }

  /** A record without what the ones before it said. */
  private record Resolved(String own, String name, Item value, String unit, double time) {}

  private final Labels labels;
  private String baseName = "";
  private String baseUnit = "";
  private double baseTime;
  private double baseValue;
  private double baseSum;

  private SenMl(Labels labels) {
    this.labels = labels;
  }

  /** Reads a pack; gives the count if a record has it. */
  static OptionalLong read(Item pack, Labels labels, Attributes attributes) {
    if (!(pack instanceof Item.Elements records)
        || records.values().isEmpty()
        || records.values().size() > MOST_RECORDS) {
      throw new Malformed("a SenML pack is an array of 1 to " + MOST_RECORDS + " records");
    }
    SenMl reader = new SenMl(labels);
    List<Resolved> measured = new ArrayList<>();
    OptionalLong count = OptionalLong.empty();
    for (Item item : records.values()) {
      Resolved resolved = reader.resolve(reader.record(item));
      if (!resolved.own().equals(COUNT)) {
        measured.add(resolved);
      } else if (count.isPresent()) {
        throw new Malformed("a SenML pack has one record `seq`");
      } else {
        count = OptionalLong.of(count(resolved.value()));
      }
    }
    if (measured.size() == 1) {
      describe(measured.get(0), attributes);
    }
    return count;
  }

  private static void describe(Resolved resolved, Attributes attributes) {
    attributes.value(resolved.value());
    attributes.text(Flow.UNIT, resolved.unit());
    attributes.text(Flow.RECORD_NAME, resolved.name());
    if (resolved.time() >= RELATIVE_BEFORE) {
      attributes.number(Flow.RECORD_TIME, resolved.time());
    }
  }

  private static long count(Item value) {
    if (value instanceof Item.Number number
        && number.value() >= 0
        && number.value() <= MOST_COUNT
        && number.value() == Math.rint(number.value())) {
      return (long) number.value();
    }
    throw new Malformed("a SenML record `seq` has a whole number `v` from 0 to 2^53 - 1");
  }

  /** The fields of this standard, each of its type. */
  private Map<String, Item> record(Item item) {
    if (!(item instanceof Item.Members members)) {
      throw new Malformed("a SenML record is an object or a map");
    }
    Map<String, Item> fields = new HashMap<>();
    members
        .values()
        .forEach(
            (key, value) -> {
              String label = label(key);
              if (KNOWN.contains(label)) {
                check(label, value);
                fields.put(label, value);
              } else if (label.endsWith("_")) {
                throw new Malformed("a SenML label that ends in _ must be understood, and is not");
              }
            });
    return fields;
  }

  private String label(Object key) {
    if (key instanceof Long number) {
      String label = NUMBERED.get(number);
      if (label != null && labels == Labels.INTEGERS) {
        return label;
      }
    } else if (labels == Labels.TEXTS || !KNOWN.contains(key)) {
      return (String) key;
    }
    throw new Malformed("SenML labels of RFC 8428 are integers in CBOR, and only these are");
  }

  private void check(String label, Item value) {
    boolean right =
        switch (label) {
          case "vb" -> value instanceof Item.Flag;
          case "vd" ->
              labels == Labels.INTEGERS
                  ? value instanceof Item.Octets
                  : value instanceof Item.Text text && base64Url(text.value());
          default ->
              TEXT_FIELDS.contains(label)
                  ? value instanceof Item.Text
                  : value instanceof Item.Number number && Double.isFinite(number.value());
        };
    if (!right) {
      throw new Malformed("a SenML field has its type (RFC 8428, 4.3): label=" + label);
    }
  }

  /** RFC 4648, 5, without padding. */
  private static boolean base64Url(String text) {
    return text.length() % 4 != 1 && BASE64URL.matcher(text).matches();
  }

  private Resolved resolve(Map<String, Item> fields) {
    version(fields.get("bver"));
    baseName = text(fields, "bn", baseName);
    baseUnit = text(fields, "bu", baseUnit);
    baseTime = number(fields, "bt", baseTime);
    baseValue = number(fields, "bv", baseValue);
    baseSum = number(fields, "bs", baseSum);
    List<String> values = VALUES.stream().filter(fields::containsKey).toList();
    if (values.size() > 1 || values.isEmpty() && !fields.containsKey("s")) {
      throw new Malformed("a SenML record has one of v, vs, vb, vd, or none of them and s");
    }
    sum(baseSum, number(fields, "s", 0));
    String own = text(fields, "n", "");
    String name = baseName + own;
    if (!NAME.matcher(name).matches()) {
      throw new Malformed(
          "a SenML name, with its base, has letters, digits, - : . / _ and begins with one of the"
              + " first two");
    }
    return new Resolved(
        own,
        name,
        values.isEmpty() || values.contains("vd")
            ? new Item.Other()
            : value(fields.get(values.get(0))),
        text(fields, "u", baseUnit),
        sum(baseTime, number(fields, "t", 0)));
  }

  private static void version(Item version) {
    if (version instanceof Item.Number number
        && !(number.whole().orElse(0) >= 1 && number.whole().orElse(0) <= VERSION)) {
      throw new Malformed("a SenML version is a whole number from 1 to " + VERSION);
    }
  }

  private Item value(Item value) {
    return value instanceof Item.Number number
        ? Item.Number.of(sum(baseValue, number.value()))
        : value;
  }

  private static double sum(double base, double own) {
    double sum = base + own;
    if (!Double.isFinite(sum)) {
      throw new Malformed("a SenML number, with its base, fits into a binary64");
    }
    return sum;
  }

  private static String text(Map<String, Item> fields, String label, String otherwise) {
    return fields.get(label) instanceof Item.Text text ? text.value() : otherwise;
  }

  private static double number(Map<String, Item> fields, String label, double otherwise) {
    return fields.get(label) instanceof Item.Number number ? number.value() : otherwise;
  }
}
