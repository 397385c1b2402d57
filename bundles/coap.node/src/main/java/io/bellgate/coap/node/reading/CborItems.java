package io.bellgate.coap.node.reading;

import java.math.BigDecimal;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one CBOR data item (RFC 8949). Keys of maps are texts or integers, each once. Of tags
 * decimal fractions (3.4.4) are understood, as SenML has them; whatever else is tagged is checked
 * for its form and says nothing.
 *
 * <p>A reader of our own: a general one compares keys that are nested themselves, which costs a
 * stack as deep as a stranger likes.
 */
final class CborItems {
  private static final int DECIMAL_FRACTION = 4;
  private static final int MOST_EXPONENT = 999;
  private static final int INDEFINITE = 31;
  private static final int BREAK = 0xff;

  private final ByteBuffer in;

  private CborItems(ByteBuffer in) {
    this.in = in;
  }

  static Item read(byte[] octets) {
    try {
      ByteBuffer in = ByteBuffer.wrap(octets);
      Item item = new CborItems(in).item(0);
      if (in.hasRemaining()) {
        throw new Malformed("a payload ends after its CBOR data item");
      }
      return item;
    } catch (BufferUnderflowException e) {
      throw new Malformed("a CBOR data item is complete");
    }
  }

  private Item item(int depth) {
    if (depth > Item.MOST_DEPTH) {
      throw new Malformed("CBOR nests at most " + Item.MOST_DEPTH + " deep");
    }
    int initial = in.get() & 0xff;
    int additional = initial & 31;
    return switch (initial >> 5) {
      case 0 -> unsigned(argument(additional));
      case 1 -> negative(argument(additional));
      case 2 -> new Item.Octets(octets(2, additional).length);
      case 3 -> new Item.Text(text(additional));
      case 4 -> elements(additional, depth);
      case 5 -> members(additional, depth);
      case 6 -> tagged(argument(additional), item(depth + 1));
      default -> simple(additional);
    };
  }

  /** RFC 8949, 3: the argument, as an unsigned number of 64 bits. */
  private long argument(int additional) {
    return switch (additional) {
      case 24 -> in.get() & 0xffL;
      case 25 -> in.getShort() & 0xffffL;
      case 26 -> in.getInt() & 0xffffffffL;
      case 27 -> in.getLong();
      default -> {
        if (additional > 23) {
          throw new Malformed("CBOR is well-formed (RFC 8949, 3): additional information");
        }
        yield additional;
      }
    };
  }

  private static Item unsigned(long argument) {
    return argument < 0 ? new Item.Other() : Item.Number.of(argument);
  }

  private static Item negative(long argument) {
    return argument < 0 ? new Item.Other() : Item.Number.of(-1 - argument);
  }

  private byte[] octets(int major, int additional) {
    if (additional != INDEFINITE) {
      return take(argument(additional));
    }
    ByteBuffer joined = ByteBuffer.allocate(in.remaining());
    for (int next = in.get() & 0xff; next != BREAK; next = in.get() & 0xff) {
      if (next >> 5 != major || (next & 31) == INDEFINITE) {
        throw new Malformed("a CBOR string has chunks of its own kind and of a length");
      }
      byte[] chunk = take(argument(next & 31));
      if (major == 3) {
        utf8(chunk);
      }
      joined.put(chunk);
    }
    byte[] all = new byte[joined.flip().remaining()];
    joined.get(all);
    return all;
  }

  private byte[] take(long length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] octets = new byte[(int) length];
    in.get(octets);
    return octets;
  }

  private String text(int additional) {
    return utf8(octets(3, additional));
  }

  static String utf8(byte[] octets) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
    } catch (CharacterCodingException e) {
      throw new Malformed("a text is UTF-8");
    }
  }

  private Item elements(int additional, int depth) {
    List<Item> values = new ArrayList<>();
    long count = count(additional);
    while (another(count, values.size())) {
      values.add(item(depth + 1));
    }
    return new Item.Elements(values);
  }

  private Item members(int additional, int depth) {
    Map<Object, Item> values = new HashMap<>();
    long count = count(additional);
    while (another(count, values.size())) {
      Object key = key(item(depth + 1));
      if (values.put(key, item(depth + 1)) != null) {
        throw new Malformed("a map has one member of a key");
      }
    }
    return new Item.Members(values);
  }

  private long count(int additional) {
    if (additional == INDEFINITE) {
      return -1;
    }
    long count = argument(additional);
    if (count < 0) {
      throw new BufferUnderflowException();
    }
    return count;
  }

  private boolean another(long count, int had) {
    if (count >= 0) {
      return had < count;
    }
    boolean ends = (in.mark().get() & 0xff) == BREAK;
    if (!ends) {
      in.reset();
    }
    return !ends;
  }

  private static Object key(Item key) {
    if (key instanceof Item.Text text) {
      return text.value();
    }
    if (key instanceof Item.Number number && number.whole().isPresent()) {
      return number.whole().getAsLong();
    }
    throw new Malformed("a key of a map is a text or an integer");
  }

  private static Item tagged(long tag, Item item) {
    if (tag != DECIMAL_FRACTION) {
      return new Item.Other();
    }
    if (item instanceof Item.Elements parts
        && parts.values().size() == 2
        && parts.values().get(0) instanceof Item.Number exponent
        && parts.values().get(1) instanceof Item.Number mantissa
        && exponent.whole().isPresent()
        && Math.abs(exponent.value()) <= MOST_EXPONENT
        && mantissa.whole().isPresent()) {
      int scale = (int) -exponent.whole().getAsLong();
      return Item.Number.of(BigDecimal.valueOf(mantissa.whole().getAsLong(), scale).doubleValue());
    }
    throw new Malformed(
        "a decimal fraction is an exponent of -999 to 999 and a mantissa of 64 bits");
  }

  private Item simple(int additional) {
    return switch (additional) {
      case 20 -> new Item.Flag(false);
      case 21 -> new Item.Flag(true);
      case 24 -> {
        if ((in.get() & 0xff) < 32) {
          throw new Malformed("CBOR is well-formed (RFC 8949, 3.3): a simple value in two octets");
        }
        yield new Item.Other();
      }
      case 25 -> Item.Number.of(half(in.getShort()));
      case 26 -> Item.Number.of(in.getFloat());
      case 27 -> Item.Number.of(in.getDouble());
      default -> {
        if (additional > 23) {
          throw new Malformed("CBOR is well-formed (RFC 8949, 3): a break or a reserved value");
        }
        yield new Item.Other();
      }
    };
  }

  /** RFC 8949, appendix D: IEEE 754 binary16. */
  private static double half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude =
        switch (exponent) {
          case 0 -> Math.scalb((double) fraction, -24);
          case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> Math.scalb((double) (fraction + 1024), exponent - 25);
        };
    return bits < 0 ? -magnitude : magnitude;
  }
}
