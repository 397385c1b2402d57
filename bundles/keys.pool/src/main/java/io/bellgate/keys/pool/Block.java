package io.bellgate.keys.pool;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.journal.Journal;
import java.io.IOException;
import java.util.BitSet;
import java.util.UUID;

/**
 * A block as the pool remembers it: everything but its octets. Owned by the storage thread.
 *
 * <p>Ownership: chunk i belongs to the site with the lower ID if i is even, else to the other.
 */
final class Block {
  final long number;
  final Header header;
  final BitSet used = new BitSet();
  final BitSet reserved = new BitSet();
  private final int ownParity;
  private long position = -1;
  private int length;
  boolean confirmed;

  /**
   * What never changes about a block; sealed into it.
   *
   * @param id the same at both ends
   * @param peer the site at the other end
   * @param origin where it comes from
   * @param chunks how many
   * @param takeUntilMillis after this no key is taken from it any more: what was taken must reach
   *     the peer before it expires there
   * @param expiresAtMillis after this it is wiped
   */
  record Header(
      UUID id,
      String peer,
      KeyOrigin origin,
      int chunks,
      long takeUntilMillis,
      long expiresAtMillis) {}

  Block(long number, Header header, String site) {
    this.number = number;
    this.header = header;
    this.ownParity = site.compareTo(header.peer()) < 0 ? 0 : 1;
  }

  /**
   * Says where the block's record is.
   *
   * @param at in the journal; -1 if it is not there yet
   * @param octets of the record; -1 leaves it as it is
   */
  void place(long at, int octets) {
    position = at;
    length = octets < 0 ? length : octets;
  }

  byte[] record(Journal journal) throws IOException {
    return journal.read(position, length);
  }

  int recordOctets() {
    return length;
  }

  boolean owns(int chunk) {
    return (chunk & 1) == ownParity;
  }

  /** The next chunk that this site can take, or -1. */
  int nextOwn() {
    for (int i = used.nextClearBit(0); i < header.chunks(); i = used.nextClearBit(i + 1)) {
      if (owns(i)) {
        return i;
      }
    }
    return -1;
  }

  long ownOctets() {
    return freeOctets(true);
  }

  long peersOctets() {
    return freeOctets(false);
  }

  private long freeOctets(boolean own) {
    int all = own == (ownParity == 0) ? (header.chunks() + 1) / 2 : header.chunks() / 2;
    int gone = (int) used.stream().filter(i -> owns(i) == own).count();
    return (long) (all - gone) * KeyPool.CHUNK_OCTETS;
  }

  boolean empty() {
    return used.cardinality() == header.chunks();
  }
}
