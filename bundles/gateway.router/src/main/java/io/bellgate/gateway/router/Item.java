package io.bellgate.gateway.router;

import com.upokecenter.cbor.CBORException;
import com.upokecenter.cbor.CBORObject;
import com.upokecenter.cbor.CBORType;
import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Message;
import io.bellgate.api.message.MessageId;
import io.bellgate.api.policy.Protection;
import io.bellgate.gateway.router.protect.Malformed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A message in the outbox, on the wire (inside its protection) or waiting for a sink. The encoding
 * is one CBOR array, see docs/wire-format.md.
 *
 * @param message what the node said
 * @param site whose gateway accepted it
 * @param sink where it leaves the last gateway
 * @param rule the rule that decided
 * @param priority 0 (first) to 9
 * @param acceptable protections in order; empty once it has arrived
 * @param evidence how it came; empty until it has arrived
 */
record Item(
    Message message,
    String site,
    String sink,
    String rule,
    int priority,
    List<Protection> acceptable,
    Map<String, String> evidence) {
  private static final int VERSION = 1;
  private static final Pattern WORD = Pattern.compile("[a-z0-9-]{1,40}");

  byte[] encode() {
    CBORObject attributes = CBORObject.NewMap();
    message
        .flow()
        .attributes()
        .forEach((name, value) -> attributes.Add(name, CBORObject.FromObject(value)));
    CBORObject words = CBORObject.NewArray();
    acceptable.forEach(p -> words.Add(p.word()));
    CBORObject facts = CBORObject.NewMap();
    evidence.forEach(facts::Add);
    return CBORObject.NewArray()
        .Add(VERSION)
        .Add(message.id().node())
        .Add(message.id().sequence())
        .Add(attributes)
        .Add(message.payload())
        .Add(message.received().toEpochMilli())
        .Add(site)
        .Add(sink)
        .Add(rule)
        .Add(priority)
        .Add(words)
        .Add(facts)
        .EncodeToBytes();
  }

  /**
   * Reads the encoding.
   *
   * @param octets from outside
   * @return the item
   * @throws Malformed if anything about it is wrong
   */
  static Item decode(byte[] octets) {
    try {
      CBORObject in = CBORObject.DecodeFromBytes(octets);
      if (in.getType() != CBORType.Array || in.size() != 12 || in.get(0).AsInt32() != VERSION) {
        throw new Malformed(
            "BG-ROUTE-010", "an item is a CBOR array of 12 with version " + VERSION);
      }
      MessageId id = new MessageId(in.get(1).AsString(), in.get(2).AsInt64Value());
      Message message =
          new Message(
              id,
              new Flow(attributes(in.get(3))),
              in.get(4).GetByteString(),
              Instant.ofEpochMilli(in.get(5).AsInt64Value()));
      return new Item(
          message,
          word(in.get(6)),
          word(in.get(7)),
          in.get(8).AsString(),
          in.get(9).AsInt32(),
          words(in.get(10)),
          facts(in.get(11)));
    } catch (CBORException
        | IllegalArgumentException
        | IllegalStateException
        | ArithmeticException e) {
      throw new Malformed("BG-ROUTE-010", "an item cannot be read: " + e.getMessage());
    }
  }

  /** What travels: how it may be protected and how it came stay with each gateway. */
  Item travelling() {
    return new Item(message, site, sink, rule, priority, List.of(), Map.of());
  }

  Item arrived(String from, Map<String, String> how) {
    return new Item(message, from, sink, rule, priority, List.of(), how);
  }

  private static String word(CBORObject text) {
    String word = text.AsString();
    if (!WORD.matcher(word).matches()) {
      throw new IllegalArgumentException(
          "a site or sink is 1 to 40 lower-case letters, digits, hyphens");
    }
    return word;
  }

  private static Map<String, Object> attributes(CBORObject map) {
    Map<String, Object> attributes = new HashMap<>();
    for (CBORObject name : map.getKeys()) {
      attributes.put(name.AsString(), value(map.get(name)));
    }
    return attributes;
  }

  private static Object value(CBORObject value) {
    return switch (value.getType()) {
      case TextString -> value.AsString();
      case Integer -> value.AsInt64Value();
      case FloatingPoint -> value.AsDoubleValue();
      case Boolean -> value.AsBoolean();
      default ->
          throw new IllegalArgumentException("an attribute is text, integer, float or boolean");
    };
  }

  private static List<Protection> words(CBORObject array) {
    List<Protection> words = new ArrayList<>();
    for (CBORObject word : array.getValues()) {
      words.add(
          Protection.of(word.AsString())
              .orElseThrow(() -> new IllegalArgumentException("an unknown protection")));
    }
    return words;
  }

  private static Map<String, String> facts(CBORObject map) {
    Map<String, String> facts = new HashMap<>();
    for (CBORObject name : map.getKeys()) {
      facts.put(name.AsString(), map.get(name).AsString());
    }
    return facts;
  }
}
