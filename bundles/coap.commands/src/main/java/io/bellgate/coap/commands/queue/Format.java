package io.bellgate.coap.commands.queue;

import java.util.Optional;
import java.util.stream.Stream;

/** Content formats of commands (RFC 7252, section 12.3; RFC 8428, section 12.3). */
public enum Format {
  /** Text. */
  TEXT(0, "text/plain"),
  /** Any octets. */
  OCTETS(42, "application/octet-stream"),
  /** JSON. */
  JSON(50, "application/json"),
  /** CBOR. */
  CBOR(60, "application/cbor"),
  /** SenML in JSON. */
  SENML_JSON(110, "application/senml+json"),
  /** SenML in CBOR. */
  SENML_CBOR(112, "application/senml+cbor");

  private final int number;
  private final String mediaType;

  Format(int number, String mediaType) {
    this.number = number;
    this.mediaType = mediaType;
  }

  /** As CoAP has it. */
  public int number() {
    return number;
  }

  /** As people and policies have it. */
  public String mediaType() {
    return mediaType;
  }

  /** By number or media type. */
  public static Optional<Format> of(String word) {
    return Stream.of(values())
        .filter(f -> f.mediaType.equals(word) || Integer.toString(f.number).equals(word))
        .findFirst();
  }
}
