package io.bellgate.coap.node.reading;

import java.util.Arrays;
import java.util.Optional;

/** The content formats of readings, by their numbers at IANA (RFC 7252, 12.3). */
public enum Format {
  /** A text in UTF-8. */
  TEXT(0),
  /** A JSON text; also what names no format. */
  JSON(50),
  /** A CBOR data item. */
  CBOR(60),
  /** A SenML pack in JSON (RFC 8428, 5). */
  SENML_JSON(110),
  /** A SenML pack in CBOR (RFC 8428, 6). */
  SENML_CBOR(112);

  private final int number;

  Format(int number) {
    this.number = number;
  }

  /**
   * The content format's number.
   *
   * @return as registered
   */
  public int number() {
    return number;
  }

  /**
   * The format of a number.
   *
   * @param number of the option Content-Format; below 0 if there is none
   * @return empty if readings do not come in it
   */
  public static Optional<Format> of(int number) {
    return number < 0
        ? Optional.of(JSON)
        : Arrays.stream(values()).filter(f -> f.number == number).findFirst();
  }
}
