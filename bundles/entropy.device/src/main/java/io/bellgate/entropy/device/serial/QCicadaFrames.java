package io.bellgate.entropy.device.serial;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Commands and replies of a Crypta Labs QCicada: one octet that names it, then fields in little
 * endian. Each command has one reply; generated octets follow a start without any frame.
 */
final class QCicadaFrames {
  static final byte STATUS = 0x01;
  static final byte START = 0x04;
  static final byte STOP = 0x05;
  static final byte GET_CONFIGURATION = 0x07;
  static final byte SET_CONFIGURATION = 0x08;
  static final byte STATISTICS = 0x09;
  static final byte IDENTITY = 0x0b;
  static final byte SIGNED_READ = 0x51;
  static final byte ACK = 0x11;
  static final byte NACK = 0x12;
  static final byte CONFIGURATION = 0x17;
  static final byte STATISTICS_ARE = 0x19;
  static final byte IDENTITY_IS = 0x1b;
  static final byte SIGNED = 0x52;
  static final byte CONTINUOUS = 0;
  static final byte ONE_SHOT = 1;
  static final int SIGNATURE_OCTETS = 64;

  private QCicadaFrames() {}

  /** Octets after the first, for each reply. */
  static int payloadOctets(byte reply) {
    return switch (reply) {
      case ACK -> 5;
      case CONFIGURATION -> 12;
      case STATISTICS_ARE -> 30;
      case IDENTITY_IS -> 56;
      default -> 0;
    };
  }

  private static ByteBuffer fields(byte[] payload) {
    return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A start, or a signed read, of so many octets. */
  static byte[] length(int octets, byte... command) {
    return ByteBuffer.allocate(command.length + 2)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(command)
        .putShort((short) octets)
        .array();
  }

  /**
   * How a device is.
   *
   * @param flags bit 0 initialized, 1 start-up test runs, 2 to 4 voltage low, high, undefined, 5 to
   *     7 the tests of bit count, repetition count and adaptive proportion failed
   * @param readyOctets waiting in it
   */
  record Status(int flags, long readyOctets) {
    private static final String[] WORDS = {
      "initialized",
      "startup-test",
      "voltage-low",
      "voltage-high",
      "voltage-undefined",
      "bit-count-failed",
      "repetition-count-failed",
      "adaptive-proportion-failed"
    };

    static Status of(byte[] payload) {
      ByteBuffer fields = fields(payload);
      return new Status(fields.get() & 0xff, fields.getInt() & 0xffff_ffffL);
    }

    /** Initialized, and nothing else. */
    void refuseIll() throws IOException {
      if (flags == 1) {
        return;
      }
      StringBuilder words = new StringBuilder((flags & 1) == 0 ? " not-initialized" : "");
      for (int bit = 1; bit < WORDS.length; bit++) {
        words.append((flags >> bit & 1) == 0 ? "" : " " + WORDS[bit]);
      }
      throw new IOException("BG-ENTROPY-037 a device says that it is not well:" + words);
    }
  }

  /** What is generated and how it is watched; other fields are left as they are. */
  record Configuration(byte[] octets) {
    /** Start-up test, autocalibration, repetition count, adaptive proportion, bit count. */
    private static final int WATCHED = 0x1f;

    private static final int GENERATE_ON_ERROR = 0x20;
    private static final int PROCESSING_AT = 0;
    private static final int FLAGS_AT = 5;

    /** All tests on, nothing given after an error. */
    Configuration with(byte processing) {
      byte[] next = octets.clone();
      next[PROCESSING_AT] = processing;
      next[FLAGS_AT] = (byte) ((next[FLAGS_AT] | WATCHED) & ~GENERATE_ON_ERROR);
      return new Configuration(next);
    }

    /** The level of the light source is calibrated by the device itself. */
    boolean keeps(Configuration wanted) {
      return octets[PROCESSING_AT] == wanted.octets[PROCESSING_AT]
          && octets[FLAGS_AT] == wanted.octets[FLAGS_AT]
          && java.util.Arrays.equals(octets, FLAGS_AT, 10, wanted.octets, FLAGS_AT, 10);
    }

    @Override
    public String toString() {
      return java.util.HexFormat.of().formatHex(octets);
    }
  }

  /** What it counted since its reset. */
  record Statistics(long generatedOctets, long repetition, long proportion, long bitCount) {
    static Statistics of(byte[] payload) {
      ByteBuffer fields = fields(payload);
      return new Statistics(
          fields.getLong(),
          fields.getInt() & 0xffff_ffffL,
          fields.getInt() & 0xffff_ffffL,
          fields.getInt() & 0xffff_ffffL);
    }

    /** A failure that came and went between two looks. */
    void refuseFailuresSince(Statistics before) throws IOException {
      if (repetition != before.repetition
          || proportion != before.proportion
          || bitCount != before.bitCount) {
        throw new IOException(
            "BG-ENTROPY-037 a device counted failures of its health tests: before="
                + before
                + " now="
                + this);
      }
    }
  }

  /** Who it is. */
  record Identity(long firmware, String serial, String hardware) {
    static Identity of(byte[] payload) {
      return new Identity(
          fields(payload).getInt(4) & 0xffff_ffffL, text(payload, 8), text(payload, 32));
    }

    private static String text(byte[] payload, int from) {
      String field = new String(payload, from, 24, StandardCharsets.US_ASCII);
      int end = field.indexOf('\0');
      return end < 0 ? field : field.substring(0, end);
    }
  }
}
