package io.bellgate.keys.pool.store;

import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * A block as the pool remembers it: everything but its octets. Owned by the storage thread.
 *
 * <p>What is durable only moves forward: used chunks grow, {@link #granted} and {@link #top} rise,
 * {@link #boundary} falls once. Leases are in memory: what a crash forgets is burnt.
 */
final class Block {
  final long number;
  final Header header;
  final byte[] headerOctets;
  final BitSet used = new BitSet();
  final BitSet reserved = new BitSet();

  /** Per lane: the place from which on the lane was given away; its length if nothing was. */
  final int[] boundary;

  /** Per zone of the peer's: it may have used chunks below this place. */
  final int[] granted = new int[Zone.values().length];

  /** Per zone of the peer's: behind the highest chunk that was committed. */
  final int[] top = new int[Zone.values().length];

  /** Per own zone: the peer has witnessed use below this place. */
  final int[] lease = new int[Zone.values().length];

  /** Per own zone: the peer was asked to witness up to here and may have done so. */
  final int[] asked = new int[Zone.values().length];

  /** Per own zone: a taker came in vain for want of a lease up to here. */
  final int[] demand = new int[Zone.values().length];

  /** The peer does not hold it yet: it is not asked before this moment. Not durable. */
  long askAgainAtMillis;

  boolean confirmed;

  /** Whether it was confirmed when it was last reported. Not durable. */
  boolean reportedConfirmed;

  /** Whether an earlier run may have used it. Not durable. */
  boolean inherited;

  private final int ownLane;
  private long position = -1;

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

  Block(long number, byte[] headerOctets, String site) {
    this.number = number;
    this.headerOctets = headerOctets;
    this.header = BlockCodec.header(headerOctets);
    this.ownLane = site.compareTo(header.peer()) < 0 ? 0 : 1;
    this.boundary = new int[] {laneLength(0), laneLength(1)};
  }

  /** Says where the block's record is in the journal. */
  void place(long at) {
    position = at;
  }

  /** Of the record; -1 if it is not in the journal yet. */
  long position() {
    return position;
  }

  int recordOctets() {
    return BlockCodec.recordOctets(headerOctets.length, header.chunks());
  }

  int ownLane() {
    return ownLane;
  }

  int laneLength(int lane) {
    return (header.chunks() + 1 - lane) / 2;
  }

  int start(Zone zone) {
    return zone.tail() ? boundary[zone.lane()] : 0;
  }

  int end(Zone zone) {
    return zone.tail() ? laneLength(zone.lane()) : boundary[zone.lane()];
  }

  boolean mine(Zone zone) {
    return (zone.lane() == ownLane) != zone.tail();
  }

  /** What this site takes from: its lane first, then what it was given. */
  List<Zone> own() {
    return List.of(Zone.of(ownLane, false), Zone.of(1 - ownLane, true));
  }

  /** What the peer takes from: its lane first, then what it was given. */
  List<Zone> theirs() {
    return List.of(Zone.of(1 - ownLane, false), Zone.of(ownLane, true));
  }

  /** The place of the first free chunk of an own zone: all before it are used, none behind it. */
  int next(Zone zone) {
    int place = start(zone);
    while (place < end(zone) && used.get(zone.chunk(place))) {
      place++;
    }
    return place;
  }

  /** Below this place a chunk of an own zone was used, or may be without a further question. */
  int spoken(Zone zone) {
    return Math.max(next(zone), Math.max(lease[zone.ordinal()], asked[zone.ordinal()]));
  }

  int granted(Zone zone) {
    return Math.max(start(zone), granted[zone.ordinal()]);
  }

  /** The zone of a key that the peer may have taken whole, or null. */
  Zone zoneOf(KeyId id) {
    int chunks = id.length() / KeyPool.CHUNK_OCTETS;
    int first = id.offset() / KeyPool.CHUNK_OCTETS;
    if (id.length() % KeyPool.CHUNK_OCTETS != 0
        || id.length() > KeyPool.MAX_KEY_OCTETS
        || id.offset() % KeyPool.CHUNK_OCTETS != 0
        || first >= header.chunks()) {
      return null;
    }
    Zone zone = Zone.of(first & 1, first / 2 >= boundary[first & 1]);
    return !mine(zone) && first / 2 + chunks <= end(zone) ? zone : null;
  }

  boolean free(KeyId id) {
    return chunks(id).stream().noneMatch(c -> used.get(c) || reserved.get(c));
  }

  /** Every second chunk from the first one of a key. */
  static BitSet chunks(KeyId id) {
    BitSet chunks = new BitSet();
    int first = id.offset() / KeyPool.CHUNK_OCTETS;
    for (int i = 0; i < id.length() / KeyPool.CHUNK_OCTETS; i++) {
      chunks.set(first + 2 * i);
    }
    return chunks;
  }

  /** Whether a person carries it, or has carried it, to the peer. */
  boolean carried() {
    return KeyOrigin.CARRIED.equals(header.origin().attributes().get(KeyOrigin.MADE));
  }

  /**
   * Whether it may still be on its way: the peer never held it, as nobody has used or witnessed any
   * of it. Then that the peer does not hold it is no reason to burn it.
   */
  boolean onItsWay() {
    return carried()
        && used.isEmpty()
        && IntStream.of(granted).allMatch(m -> m == 0)
        && IntStream.of(top).allMatch(m -> m == 0)
        && IntStream.of(lease).allMatch(m -> m == 0);
  }

  /** Marks all chunks of a zone below a place as used. */
  void burn(Zone zone, int below) {
    for (int place = start(zone); place < Math.min(below, end(zone)); place++) {
      used.set(zone.chunk(place));
    }
  }

  long ownOctets() {
    return freeOctets(own());
  }

  long peersOctets() {
    return freeOctets(theirs());
  }

  private long freeOctets(List<Zone> zones) {
    long free = 0;
    for (Zone zone : zones) {
      for (int place = start(zone); place < end(zone); place++) {
        free += used.get(zone.chunk(place)) ? 0 : KeyPool.CHUNK_OCTETS;
      }
    }
    return free;
  }

  boolean empty() {
    return used.cardinality() == header.chunks();
  }
}
