package io.bellgate.api.policy;

import java.util.Arrays;
import java.util.Optional;

/**
 * How a message is protected between two gateways. docs/architecture.md says what each may claim.
 */
public enum Protection {
  /** One-time pad and one-time tag from QKD bits that were drawn with full entropy. */
  OTP_FULL("otp-full"),
  /** One-time pad and one-time tag from QKD bits. */
  OTP("otp"),
  /** AES-256-GCM under a key combined from a QKD and a PQC key. */
  QKD_PQC("qkd+pqc"),
  /** AES-256-GCM under a QKD key. */
  QKD("qkd"),
  /** AES-256-GCM under a key from ML-KEM hybrid with X25519. */
  PQC("pqc"),
  /** AES-256-GCM under a key from ML-KEM-1024 alone. */
  PQC_PURE("pqc-pure"),
  /** AES-256-GCM under a key from X25519 alone: a quantum computer breaks it. */
  CLASSICAL("classical");

  private final String word;

  Protection(String word) {
    this.word = word;
  }

  /**
   * The word that rules and reports use.
   *
   * @return for example {@code qkd+pqc}
   */
  public String word() {
    return word;
  }

  /**
   * Whether each message has a key of its own, which is as long as it.
   *
   * @return true for one-time pads
   */
  public boolean oneTime() {
    return this == OTP || this == OTP_FULL;
  }

  /**
   * The protection of a word.
   *
   * @param word for example {@code pqc}
   * @return empty if there is none of that word
   */
  public static Optional<Protection> of(String word) {
    return Arrays.stream(values()).filter(p -> p.word.equals(word)).findFirst();
  }
}
