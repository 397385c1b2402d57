package io.bellgate.coap.readings;

import java.util.Optional;
import java.util.stream.Stream;

/** Content formats of readings (RFC 7252, section 12.3; RFC 8428, section 12.3). */
enum Format {
  TEXT(0, "text/plain"),
  JSON(50, "application/json"),
  CBOR(60, "application/cbor"),
  SENML_JSON(110, "application/senml+json"),
  SENML_CBOR(112, "application/senml+cbor");

  private final int number;
  private final String mediaType;

  Format(int number, String mediaType) {
    this.number = number;
    this.mediaType = mediaType;
  }

  /** As CoAP has it: below 128. */
  int number() {
    return number;
  }

  static Optional<Format> of(int number) {
    return Stream.of(values()).filter(f -> f.number == number).findFirst();
  }

  static Optional<Format> of(Object mediaType) {
    return Stream.of(values()).filter(f -> f.mediaType.equals(mediaType)).findFirst();
  }
}
