package io.bellgate.coap.node.reading;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the gateway reads of a payload: the node's own count, and what a rule may ask for. The
 * payload itself is forwarded as it came.
 *
 * @param sequence the node's own count, at least 0
 * @param attributes for the flow, under names of {@link io.bellgate.api.message.Flow}
 */
public record Reading(long sequence, Map<String, Object> attributes) {
  private static final String QUERY = "seq=";
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,19}");

  /** Copies the attributes. */
  public Reading {
    attributes = Map.copyOf(attributes);
  }

  /**
   * Reads a payload.
   *
   * @param format which it is in
   * @param query the options Uri-Query; one of them may be {@code seq=N}
   * @param payload from a node, at most {@link io.bellgate.api.message.Message#MAX_PAYLOAD_OCTETS}
   * @return what is in it
   * @throws Malformed if it breaks a rule of its format, or has no count; nothing else is thrown,
   *     whatever the octets are
   */
  public static Reading of(Format format, List<String> query, byte[] payload) {
    OptionalLong asked = count(query);
    Attributes attributes = new Attributes(new TreeMap<>());
    OptionalLong own =
        switch (format) {
          case TEXT -> Plain.text(CborItems.utf8(payload), attributes);
          case JSON -> Plain.read(JsonItems.read(CborItems.utf8(payload)), attributes);
          case CBOR -> Plain.read(CborItems.read(payload), attributes);
          case SENML_JSON ->
              SenMl.read(JsonItems.read(CborItems.utf8(payload)), SenMl.Labels.TEXTS, attributes);
          case SENML_CBOR -> SenMl.read(CborItems.read(payload), SenMl.Labels.INTEGERS, attributes);
        };
    return new Reading(agreed(asked, own), attributes.all());
  }

  private static OptionalLong count(List<String> query) {
    List<String> counts = query.stream().filter(q -> q.startsWith(QUERY)).toList();
    if (counts.isEmpty()) {
      return OptionalLong.empty();
    }
    String digits = counts.get(0).substring(QUERY.length());
    try {
      if (counts.size() == 1 && COUNT.matcher(digits).matches()) {
        return OptionalLong.of(Long.parseLong(digits));
      }
    } catch (NumberFormatException tooLarge) {
      // is refused as the others are
    }
    throw new Malformed("the query has `seq=N` once, N a whole number from 0 to 2^63 - 1");
  }

  private static long agreed(OptionalLong asked, OptionalLong own) {
    if (asked.isPresent() && own.isPresent() && asked.getAsLong() != own.getAsLong()) {
      throw new Malformed("the query and the payload have one `seq`");
    }
    return own.isPresent()
        ? own.getAsLong()
        : asked.orElseThrow(
            () ->
                new Malformed(
                    "a reading has a whole number `seq` of at least 0: a member of its object, a"
                        + " record of its pack, or `seq=N` in the query"));
  }
}
