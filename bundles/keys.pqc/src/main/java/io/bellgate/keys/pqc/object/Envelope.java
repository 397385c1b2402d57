package io.bellgate.keys.pqc.object;

import io.bellgate.api.keys.KeyId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * A sealed object as octets, version 1: {@code BGSO}, version (1), sender, receiver (each its
 * length in 1 octet and UTF-8), key ID (block 16, offset 4, length 4), SHA-256 of the receiver's
 * X-Wing key (32): so far the header, which is authenticated; then the encapsulation (1,120) and
 * the ciphertext with its tag. Numbers are big-endian.
 *
 * @param from who sealed it
 * @param to for whom
 * @param key what it was sealed with
 * @param receiver SHA-256 of the X-Wing key
 */
record Envelope(String from, String to, KeyId key, byte[] receiver) {
  private static final byte[] MAGIC = "BGSO".getBytes(StandardCharsets.US_ASCII);
  private static final byte VERSION = 1;
  private static final byte[] LABEL = "bellgate object 1".getBytes(StandardCharsets.US_ASCII);
  private static final int HASH_OCTETS = 32;

  /** One that was read: the header, its octets, and what is sealed. */
  record Parsed(Envelope envelope, byte[] header, Hpke.Sealed sealed) {}

  byte[] header() {
    byte[] sender = from.getBytes(StandardCharsets.UTF_8);
    byte[] peer = to.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(MAGIC.length + 3 + sender.length + peer.length + 24 + HASH_OCTETS)
        .put(MAGIC)
        .put(VERSION)
        .put((byte) sender.length)
        .put(sender)
        .put((byte) peer.length)
        .put(peer)
        .putLong(key.block().getMostSignificantBits())
        .putLong(key.block().getLeastSignificantBits())
        .putInt(key.offset())
        .putInt(key.length())
        .put(receiver)
        .array();
  }

  /** What HPKE binds as info: a label and what the application says; the header is its aad. */
  static byte[] info(byte[] application) {
    return ByteBuffer.allocate(LABEL.length + application.length)
        .put(LABEL)
        .put(application)
        .array();
  }

  byte[] pskId() {
    return key.toString().getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] write(byte[] header, Hpke.Sealed sealed) {
    return ByteBuffer.allocate(
            header.length + sealed.encapsulation().length + sealed.ciphertext().length)
        .put(header)
        .put(sealed.encapsulation())
        .put(sealed.ciphertext())
        .array();
  }

  /**
   * Reads one from outside.
   *
   * @throws IllegalArgumentException if it is malformed
   */
  static Parsed read(byte[] object) {
    try {
      ByteBuffer in = ByteBuffer.wrap(object);
      if (!Arrays.equals(MAGIC, octets(in, MAGIC.length)) || in.get() != VERSION) {
        throw malformed();
      }
      String from = text(in);
      String to = text(in);
      KeyId key = new KeyId(new UUID(in.getLong(), in.getLong()), in.getInt(), in.getInt());
      byte[] receiver = octets(in, HASH_OCTETS);
      byte[] header = Arrays.copyOf(object, in.position());
      byte[] encapsulation = octets(in, Hpke.ENCAPSULATION_OCTETS);
      if (in.remaining() < Hpke.TAG_OCTETS) {
        throw malformed();
      }
      byte[] ciphertext = octets(in, in.remaining());
      return new Parsed(
          new Envelope(from, to, key, receiver),
          header,
          new Hpke.Sealed(encapsulation, ciphertext));
    } catch (BufferUnderflowException tooShort) {
      throw malformed();
    }
  }

  private static String text(ByteBuffer in) {
    return new String(octets(in, in.get() & 0xff), StandardCharsets.UTF_8);
  }

  private static byte[] octets(ByteBuffer in, int count) {
    byte[] octets = new byte[count];
    in.get(octets);
    return octets;
  }

  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException(
        "BG-OBJECT-001 this is no sealed object of version 1; look whether the file is whole");
  }
}
