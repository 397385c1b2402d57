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
   * {@code String}: how the node reached the gateway: {@code none}, {@code dtls-psk}, {@code
   * oscore}.
   */
  public static final String INGRESS = "ingress";

  /** {@code Long}: octets of the payload. */
  public static final String PAYLOAD_OCTETS = "payload.octets";

  /** {@code String}: media type of the payload. */
  public static final String CONTENT_FORMAT = "content.format";

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
