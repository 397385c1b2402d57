package io.bellgate.keys.pqc.identity;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What is signed or hashed: a label, then fields, each behind its length as a u32, so that no two
 * lists of fields give the same octets.
 */
final class Octets {
  private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(octets);

  /** Begins with the label that separates this use of a key from all others. */
  Octets(String label) {
    add(label);
  }

  Octets add(byte[] field) {
    try {
      out.writeInt(field.length);
      out.write(field);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return this;
  }

  Octets add(String field) {
    return add(field.getBytes(StandardCharsets.UTF_8));
  }

  Octets add(long number) {
    return add(java.nio.ByteBuffer.allocate(Long.BYTES).putLong(number).array());
  }

  byte[] all() {
    return octets.toByteArray();
  }

  byte[] sha256() {
    return sha256(all());
  }

  static byte[] sha256(byte[] octets) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(octets);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", impossible);
    }
  }
}
