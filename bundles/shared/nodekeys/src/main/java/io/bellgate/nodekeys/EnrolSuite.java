package io.bellgate.nodekeys;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What an enrolment joins: X25519 (RFC 7748) and a parameter set of ML-KEM (FIPS 203). */
public enum EnrolSuite {
  /** Category 1; for the smaller nodes. */
  X25519_ML_KEM_512(1, "ML-KEM-512", 800, 768, 1),
  /** Category 3. */
  X25519_ML_KEM_768(2, "ML-KEM-768", 1184, 1088, 2);

  /** The other part, by its name in the registry. */
  public static final String X25519 = "X25519";

  private final byte code;
  private final String kem;
  private final int keyOctets;
  private final int ciphertextOctets;
  private final byte oid;

  EnrolSuite(int code, String kem, int keyOctets, int ciphertextOctets, int oid) {
    this.code = (byte) code;
    this.kem = kem;
    this.keyOctets = keyOctets;
    this.ciphertextOctets = ciphertextOctets;
    this.oid = (byte) oid;
  }

  /** On the wire. */
  public byte code() {
    return code;
  }

  /** The suite of a code. */
  public static Optional<EnrolSuite> of(byte code) {
    return Arrays.stream(values()).filter(s -> s.code == code).findFirst();
  }

  /** The set of ML-KEM, by its name in the registry. */
  public String kem() {
    return kem;
  }

  /** Octets of an encapsulation key. */
  public int keyOctets() {
    return keyOctets;
  }

  /** Octets of a ciphertext. */
  public int ciphertextOctets() {
    return ciphertextOctets;
  }

  /** Names in the registry, in the order in which their secrets are joined. */
  public List<String> algorithms() {
    return List.of(X25519, kem);
  }

  /** The last octet of the object identifier (RFC 9935). */
  byte oid() {
    return oid;
  }

  /** The two names, joined. */
  @Override
  public String toString() {
    return X25519 + "+" + kem;
  }
}
