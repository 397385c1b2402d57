package io.bellgate.coap.node.blocks;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import org.eclipse.californium.core.network.MessageIdProvider;

/**
 * Numbers messages so that no node hears a number twice within 247 s (RFC 7252, section 4.4), a
 * swap in between or not: a node takes the second for a repetition, and drops it. 4,096 counters
 * that begin at random, one for each node, shared by those whose addresses fall together: bounded
 * whoever sends, and exact as long as one of them numbers at most 265 messages a second. Thread
 * safe.
 */
final class MessageIds implements MessageIdProvider {
  private static final int COUNTERS = 4_096;
  private static final int SHIFT = Long.SIZE - 12;

  /** Guarded by itself. */
  private final short[] counters = new short[COUNTERS];

  private long salt;

  MessageIds() {
    SecureRandom random = new SecureRandom(); // not secret: said in each message
    salt = random.nextLong() | 1;
    byte[] octets = new byte[Short.BYTES * COUNTERS];
    random.nextBytes(octets);
    ByteBuffer.wrap(octets).asShortBuffer().get(counters);
  }

  @Override
  public int getNextMessageId(InetSocketAddress destination) {
    int address = Arrays.hashCode(destination.getAddress().getAddress());
    synchronized (counters) {
      long mixed = salt * ((long) address << 16 ^ destination.getPort());
      return counters[(int) (mixed >>> SHIFT)]++ & 0xffff;
    }
  }

  /** Writes the salt (u64) and the counters (u16 each). */
  void write(DataOutputStream out) throws IOException {
    synchronized (counters) {
      out.writeLong(salt);
      for (short counter : counters) {
        out.writeShort(counter);
      }
    }
  }

  /** Goes on with what was written. */
  void read(DataInputStream in) throws IOException {
    synchronized (counters) {
      salt = in.readLong();
      for (int i = 0; i < COUNTERS; i++) {
        counters[i] = in.readShort();
      }
    }
  }
}
