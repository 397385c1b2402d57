package io.bellgate.api.crypto;

import java.security.Provider;
import java.time.LocalDate;
import java.util.Optional;

/**
 * One algorithm as one provider does it.
 *
 * @param name the standard's name with its parameter set, for example {@code ML-KEM-768}; the key
 *     of the registry
 * @param codePoint the standard code point, for example {@code TLS group 0x11EC} or {@code OID
 *     2.16.840.1.101.3.4.4.2}
 * @param primitive what it is
 * @param provider the JCA provider that does it: an object, not registered in the JVM; pass it to
 *     {@code getInstance}
 * @param test what its self-test said
 * @param operationsPerSecond of one processor, measured on this machine; 0 if not measured yet
 * @param status whether it may be used
 * @param nistLevel security category of NIST against quantum computers, 1 to 5; 0 for none
 * @param notAfter the last day on which it may be used
 */
public record Algorithm(
    String name,
    String codePoint,
    Primitive primitive,
    Provider provider,
    SelfTest test,
    double operationsPerSecond,
    Status status,
    int nistLevel,
    Optional<LocalDate> notAfter) {

  /** What an algorithm is. */
  public enum Primitive {
    /** Key encapsulation. */
    KEM,
    /** Key agreement. */
    KEY_AGREEMENT,
    /** Signature. */
    SIGNATURE,
    /** Authenticated encryption. */
    AEAD,
    /** Message authentication. */
    MAC,
    /** Key derivation. */
    KDF,
    /** Hash. */
    HASH
  }

  /** Whether it may be used. */
  public enum Status {
    /** For what is new and for what is old. */
    ACTIVE,
    /** For what a peer or a file brings, never for what this gateway makes. */
    ACCEPT_ONLY,
    /** Not at all. */
    DISABLED
  }

  /**
   * The verdict of a known-answer test of this algorithm with this provider.
   *
   * @param passed whether it may be trusted
   * @param detail what was tested, or what went wrong
   */
  public record SelfTest(boolean passed, String detail) {}
}
