package io.bellgate.coap.node.sessions;

import java.nio.ByteBuffer;
import org.eclipse.californium.elements.util.DatagramReader;
import org.eclipse.californium.elements.util.DatagramWriter;
import org.eclipse.californium.scandium.dtls.DTLSContext;

/**
 * The sequence numbers of records under a key (RFC 6347, section 4.1), which are its nonces: those
 * that are sent come in blocks of 65,536. The disk knows of a block before the first record of it
 * is sent, so after a power cut the block after the last one that it knows was never used.
 * Stateless.
 */
public final class RecordNumbers {
  /** Numbers in a block. */
  public static final int BLOCK = 1 << 16;

  private static final int EPOCH_AT = 3;
  private static final int HEADER_OCTETS = 11;
  private static final int NUMBERS_OCTETS = 6 + 6 + 8 + 8; // next, lower edge, arrived, errors
  private static final int NUMBER_BITS = 48;

  private RecordNumbers() {}

  /**
   * The number of the first record of a datagram, if it is protected; else 0.
   *
   * @param datagram with one record or more, as it is sent
   */
  public static long of(byte[] datagram, int offset, int length) {
    if (length < HEADER_OCTETS) {
      return 0;
    }
    long epochAndNumber = ByteBuffer.wrap(datagram).getLong(offset + EPOCH_AT);
    return epochAndNumber >>> NUMBER_BITS == 0 ? 0 : epochAndNumber & (1L << NUMBER_BITS) - 1;
  }

  /** The block of the next record; on the connection's own thread. */
  public static long block(DTLSContext context) {
    ByteBuffer numbers = numbers(context);
    int at = numbers.limit() - NUMBERS_OCTETS;
    long next = (long) numbers.getShort(at) << 32 | Integer.toUnsignedLong(numbers.getInt(at + 2));
    return (next & (1L << NUMBER_BITS) - 1) / BLOCK;
  }

  /** Goes on with a block; before anything is sent. */
  public static void begin(DTLSContext context, long block) {
    ByteBuffer numbers = numbers(context);
    int at = numbers.limit() - NUMBERS_OCTETS;
    long next = block * BLOCK;
    numbers.putShort(at, (short) (next >>> 32)).putInt(at + 2, (int) next);
    context.readSequenceNumbers(new DatagramReader(numbers.array(), false));
  }

  /**
   * Takes no record any more that is older than the newest one. On the connection's own thread, as
   * all numbers are written.
   */
  public static void closeWindow(DTLSContext context) {
    ByteBuffer numbers = numbers(context);
    int at = numbers.limit() - NUMBERS_OCTETS + 12;
    long newest = Long.highestOneBit(numbers.getLong(at));
    numbers.putLong(at, newest | newest - 1);
    context.readSequenceNumbers(new DatagramReader(numbers.array(), false));
  }

  private static ByteBuffer numbers(DTLSContext context) {
    DatagramWriter writer = new DatagramWriter();
    context.writeSequenceNumbers(writer);
    return ByteBuffer.wrap(writer.toByteArray());
  }
}
