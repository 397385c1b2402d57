package io.bellgate.api.node;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * An answer to a node.
 *
 * @param code what became of the request
 * @param format content format of the payload, if there is one; 0 to 65,535
 * @param payload not changed by anybody; no octets for none
 * @param etag of the payload: 0 (none) to 8 octets; equal tags mean equal payloads
 * @param maxAgeSeconds how long the payload holds; with {@link Code#UNAVAILABLE} when to ask again
 */
public record Answer(
    Code code, OptionalInt format, byte[] payload, byte[] etag, int maxAgeSeconds) {
  private static final int MOST_ETAG_OCTETS = 8;

  /** The highest content format (RFC 7252, section 12.3). */
  static final int MOST_FORMAT = 65_535;

  /** Response codes of RFC 7252 that resources give. */
  public enum Code {
    /** 2.02. */
    DELETED,
    /** 2.04. */
    CHANGED,
    /** 2.05. */
    CONTENT,
    /** 4.00. */
    BAD_REQUEST,
    /** 4.03. */
    FORBIDDEN,
    /** 4.04. */
    NOT_FOUND,
    /** 4.05. */
    METHOD_NOT_ALLOWED,
    /** 4.06. */
    NOT_ACCEPTABLE,
    /** 4.15. */
    UNSUPPORTED_FORMAT,
    /** 5.03. */
    UNAVAILABLE
  }

  /**
   * Checks format, tag and age.
   *
   * @param code as above
   * @param format as above
   * @param payload as above
   * @param etag as above
   * @param maxAgeSeconds as above
   * @throws IllegalArgumentException if there is no such format, the tag is too long or the age
   *     negative
   */
  public Answer {
    Objects.requireNonNull(code, "code");
    requireFormat(format);
    Objects.requireNonNull(payload, "payload");
    if (etag.length > MOST_ETAG_OCTETS || maxAgeSeconds < 0) {
      throw new IllegalArgumentException(
          "an answer has an entity tag of 0 to 8 octets and a maximal age from 0: octets="
              + etag.length
              + " seconds="
              + maxAgeSeconds);
    }
  }

  /** Of an answer or of a request. */
  static void requireFormat(OptionalInt format) {
    if (format.isPresent() && (format.getAsInt() < 0 || format.getAsInt() > MOST_FORMAT)) {
      throw new IllegalArgumentException(
          "a content format is 0 to 65535: format=" + format.getAsInt());
    }
  }
}
