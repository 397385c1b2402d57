package io.bellgate.gateway.router;

import com.upokecenter.cbor.CBORException;
import com.upokecenter.cbor.CBORObject;
import com.upokecenter.cbor.CBORType;
import io.bellgate.gateway.router.protect.Malformed;
import java.util.List;

/**
 * Requests and answers of the peer service {@code message}: CBOR arrays, see docs/wire-format.md.
 */
final class Wire {
  static final String SERVICE = "message";
  static final int VERSION = 2;

  private Wire() {}

  /** What the receiver says. */
  enum Answer {
    /** Stored power-durably. */
    STORED,
    /** Was stored before. */
    DUPLICATE,
    /** The key is not known (any more): protect again with another. */
    UNKNOWN_KEY,
    /** It breaks a rule; sending it again does not help. */
    REFUSED,
    /** Not now. */
    BUSY
  }

  /**
   * A request.
   *
   * @param transfer the sender's number for the message, or -1 for a greeting
   * @param lowWater no lower number of the same series will come again; -1 for a greeting
   * @param envelope protected message; empty for a greeting
   */
  record Request(long transfer, long lowWater, byte[] envelope) {
    static final Request GREETING = new Request(-1, -1, new byte[0]);

    byte[] encode() {
      return CBORObject.NewArray()
          .Add(VERSION)
          .Add(transfer)
          .Add(lowWater)
          .Add(envelope)
          .EncodeToBytes();
    }

    boolean greeting() {
      return transfer < 0;
    }

    static Request decode(byte[] octets) {
      try {
        CBORObject in = CBORObject.DecodeFromBytes(octets);
        if (in.getType() != CBORType.Array || in.size() != 4 || in.get(0).AsInt32() != VERSION) {
          throw new Malformed(
              "BG-ROUTE-013", "a request is a CBOR array of 4 with version " + VERSION);
        }
        return new Request(
            in.get(1).AsInt64Value(), in.get(2).AsInt64Value(), in.get(3).GetByteString());
      } catch (CBORException
          | IllegalArgumentException
          | IllegalStateException
          | ArithmeticException e) {
        throw new Malformed("BG-ROUTE-013", "a request cannot be read: " + e.getMessage());
      }
    }
  }

  /**
   * An answer.
   *
   * @param what the outcome
   * @param seen to a greeting: the highest transfer seen of each series of which there is one
   * @param text code and reason for people; empty if all is well
   */
  record Reply(Answer what, List<Long> seen, String text) {
    Reply(Answer what, String text) {
      this(what, List.of(), text);
    }

    byte[] encode() {
      CBORObject numbers = CBORObject.NewArray();
      seen.forEach(numbers::Add);
      return CBORObject.NewArray()
          .Add(VERSION)
          .Add(what.ordinal())
          .Add(numbers)
          .Add(text)
          .EncodeToBytes();
    }

    static Reply decode(byte[] octets) {
      try {
        CBORObject in = CBORObject.DecodeFromBytes(octets);
        if (in.getType() != CBORType.Array || in.size() != 4 || in.get(0).AsInt32() != VERSION) {
          throw new Malformed(
              "BG-ROUTE-014", "an answer is a CBOR array of 4 with version " + VERSION);
        }
        int what = in.get(1).AsInt32();
        if (what < 0 || what >= Answer.values().length) {
          throw new Malformed("BG-ROUTE-014", "an answer has a known outcome: outcome=" + what);
        }
        return new Reply(Answer.values()[what], numbers(in.get(2)), in.get(3).AsString());
      } catch (CBORException
          | IllegalArgumentException
          | IllegalStateException
          | ArithmeticException e) {
        throw new Malformed("BG-ROUTE-014", "an answer cannot be read: " + e.getMessage());
      }
    }

    private static List<Long> numbers(CBORObject array) {
      if (array.getType() != CBORType.Array || array.size() > Series.MOST) {
        throw new Malformed(
            "BG-ROUTE-014", "an answer lists at most " + Series.MOST + " transfers, one a series");
      }
      return array.getValues().stream().map(CBORObject::AsInt64Value).toList();
    }
  }
}
