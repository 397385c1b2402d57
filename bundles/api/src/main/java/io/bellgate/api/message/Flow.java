package io.bellgate.api.message;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a message is, for the policy: typed attributes under fixed names. Values are {@code String},
 * {@code Long}, {@code Double} or {@code Boolean}.
 *
 * @param attributes at least {@link #NODE}, {@link #RESOURCE}, {@link #DATA_CLASS} and {@link
 *     #INGRESS}
 */
public record Flow(Map<String, Object> attributes) {
  /** {@code String}: the node that said it. */
  public static final String NODE = "node";

  /** {@code String}: the resource it was sent to, for example {@code telemetry/pressure}. */
  public static final String RESOURCE = "resource";

  /**
   * {@code String}: how much the data matter, as the gateway's configuration says (not the node).
   */
  public static final String DATA_CLASS = "data.class";

  /**
   * {@code String}: how the message reached the gateway. From a node: {@code none}, {@code
   * DTLS-PSK}, {@code OSCORE}; else {@link #OPERATOR} or {@link #GATEWAY}.
   */
  public static final String INGRESS = "ingress";

  /** {@link #INGRESS} of what an operator told this gateway through its own command channel. */
  public static final String OPERATOR = "operator";

  /** {@link #INGRESS} of what the gateway says of itself, for instance that a command expired. */
  public static final String GATEWAY = "gateway";

  /** {@code Long}: octets of the payload. */
  public static final String PAYLOAD_OCTETS = "payload.octets";

  /** {@code String}: media type of the payload. */
  public static final String CONTENT_FORMAT = "content.format";

  /** {@code Double}: what the node measured, if the payload is one finite number. */
  public static final String VALUE = "value";

  /** {@code String}: what the node says, if the payload is one short text. */
  public static final String VALUE_TEXT = "value.text";

  /** {@code Boolean}: what the node says, if the payload is true or false. */
  public static final String VALUE_BOOLEAN = "value.boolean";

  /** {@code String}: the unit of the value, as the node names it. */
  public static final String UNIT = "unit";

  /** {@code String}: the resolved name of the one SenML record. */
  public static final String RECORD_NAME = "record.name";

  /** {@code Double}: the resolved time of the one SenML record, seconds since 1970, if absolute. */
  public static final String RECORD_TIME = "record.time";

  /**
   * Copies and checks the attributes.
   *
   * @param attributes as above
   * @throws IllegalArgumentException if a required one is missing or a value is of another type
   */
  public Flow {
    attributes = Map.copyOf(attributes);
    for (String name : new String[] {NODE, RESOURCE, DATA_CLASS, INGRESS}) {
      if (!(attributes.get(name) instanceof String)) {
        throw new IllegalArgumentException("a flow has a text attribute " + name);
      }
    }
    attributes.forEach(
        (name, value) -> {
          if (!(value instanceof String
              || value instanceof Long
              || value instanceof Double
              || value instanceof Boolean)) {
            throw new IllegalArgumentException(
                "a flow attribute is text, long, double or boolean: name=" + name);
          }
        });
  }

  /**
   * A text attribute.
   *
   * @param name one of the required names
   * @return its value
   */
  public String text(String name) {
    return (String) attributes.get(name);
  }

  /**
   * Sorted, for logs.
   *
   * @return the attributes
   */
  @Override
  public String toString() {
    return new TreeMap<>(attributes).toString();
  }
}
