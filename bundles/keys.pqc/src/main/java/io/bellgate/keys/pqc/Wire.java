package io.bellgate.keys.pqc;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * The messages of the peer service {@code keys.pqc}, version 1. Each is one octet of version, one
 * of type (the ordinal of {@link Type}), fields, and the first 8 octets of SHA-256 over all before:
 * the session authenticates, the digest turns a bug on the way into a refusal. Numbers are
 * big-endian; an ID is 16 octets; a text is its length in 2 octets and UTF-8.
 *
 * <pre>
 * request                                            answer
 * OFFER     block ID, suite, keys (2), offers        REPLY      block ID, replies, MAC (48)
 * CONFIRM   block ID, MAC (48)                       CONFIRMED  block ID, MAC (48)
 * RESOLVE   count (2), block IDs                     RESOLVED   count (2), held (1) each
 * WANT      kind of key                              OK
 * ABANDON   block ID                                 OK
 * </pre>
 *
 * <p>Offers and replies stand in the suite's order and have the lengths of its KEMs: encapsulation
 * key (1,184) and ciphertext (1,088) of ML-KEM-768, X25519 shares (32). How keys and MACs are
 * derived: {@link Agreement}.
 */
final class Wire {
  private static final int VERSION = 1;
  private static final int DIGEST_OCTETS = 8;
  private static final int MOST_IDS = 1024;

  /** What a message is. The number on the wire is the ordinal, from 0. */
  enum Type {
    OFFER,
    REPLY,
    CONFIRM,
    CONFIRMED,
    RESOLVE,
    RESOLVED,
    WANT,
    ABANDON,
    OK
  }

  /** Writes one message. */
  static final class Writer {
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(octets);

    Writer(Type type) {
      octets.write(VERSION);
      octets.write(type.ordinal());
    }

    Writer id(UUID id) {
      return write(
          o -> {
            o.writeLong(id.getMostSignificantBits());
            o.writeLong(id.getLeastSignificantBits());
          });
    }

    Writer text(String text) {
      return write(o -> o.writeUTF(text));
    }

    Writer number(int number) {
      return write(o -> o.writeShort(number));
    }

    Writer flag(boolean flag) {
      return write(o -> o.writeBoolean(flag));
    }

    Writer octets(byte[] body) {
      return write(o -> o.write(body));
    }

    private Writer write(Step step) {
      try {
        step.to(out);
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
      return this;
    }

    byte[] done() {
      octets.writeBytes(digest(octets.toByteArray(), octets.size()));
      return octets.toByteArray();
    }
  }

  /** One field. */
  private interface Step {
    void to(DataOutputStream out) throws IOException;
  }

  /**
   * Reads one message from outside. Every method throws {@link IllegalArgumentException} if it is
   * malformed.
   */
  static final class Reader {
    private final Type type;
    private final DataInputStream in;

    Reader(byte[] message) {
      int length = message.length - DIGEST_OCTETS;
      if (length < 2
          || message[0] != VERSION
          || message[1] < 0
          || message[1] >= Type.values().length) {
        throw malformed();
      }
      byte[] digest = Arrays.copyOfRange(message, length, message.length);
      if (!MessageDigest.isEqual(digest, digest(message, length))) {
        throw malformed();
      }
      type = Type.values()[message[1]];
      in = new DataInputStream(new ByteArrayInputStream(message, 2, length - 2));
    }

    Type type() {
      return type;
    }

    Reader expect(Type expected) {
      if (type != expected) {
        throw malformed();
      }
      return this;
    }

    UUID id() {
      try {
        return new UUID(in.readLong(), in.readLong());
      } catch (IOException tooShort) {
        throw malformed();
      }
    }

    String text() {
      try {
        return in.readUTF();
      } catch (IOException tooShort) {
        throw malformed();
      }
    }

    int number() {
      try {
        return in.readUnsignedShort();
      } catch (IOException tooShort) {
        throw malformed();
      }
    }

    boolean flag() {
      try {
        return in.readBoolean();
      } catch (IOException tooShort) {
        throw malformed();
      }
    }

    byte[] octets(int count) {
      try {
        byte[] octets = new byte[count];
        in.readFully(octets);
        return octets;
      } catch (IOException tooShort) {
        throw malformed();
      }
    }

    List<UUID> ids() {
      int count = number();
      if (count > MOST_IDS) {
        throw malformed();
      }
      List<UUID> ids = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        ids.add(id());
      }
      return ids;
    }

    void end() {
      try {
        if (in.available() > 0) {
          throw malformed();
        }
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
    }
  }

  private Wire() {}

  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException("BG-PQC-001 a keys.pqc message is malformed");
  }

  private static byte[] digest(byte[] octets, int length) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(octets, 0, length);
      return Arrays.copyOf(sha256.digest(), DIGEST_OCTETS);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", impossible);
    }
  }

  /** The IDs of a message. */
  static Writer ids(Type type, List<UUID> ids) {
    List<UUID> some = ids.subList(0, Math.min(ids.size(), MOST_IDS));
    Writer writer = new Writer(type).number(some.size());
    some.forEach(writer::id);
    return writer;
  }
}
