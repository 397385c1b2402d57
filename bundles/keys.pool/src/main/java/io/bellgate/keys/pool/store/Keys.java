package io.bellgate.keys.pool.store;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.Gone;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What producers and consumers do, see {@link KeyPool}. Part of the {@link Ledger}, on its thread.
 */
public final class Keys {
  private static final int LONGEST_MARGIN_MILLIS = 60_000;

  private final Ledger ledger;
  private final Book book;
  private final Surroundings around;

  Keys(Ledger ledger, Book book, Surroundings around) {
    this.ledger = ledger;
    this.book = book;
    this.around = around;
  }

  /** A take: what for, how much, from what. */
  public record Order(String peer, KeyPool.Purpose purpose, int chunks, Set<KeyOrigin> origins) {}

  /**
   * The length of a key.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static int chunks(int octets) {
    if (octets < 1 || octets > KeyPool.MAX_KEY_OCTETS || octets % KeyPool.CHUNK_OCTETS != 0) {
      throw new IllegalArgumentException(
          "a key is whole chunks of "
              + KeyPool.CHUNK_OCTETS
              + " octets, at most "
              + KeyPool.MAX_KEY_OCTETS
              + ": octets="
              + octets);
    }
    return octets / KeyPool.CHUNK_OCTETS;
  }

  /** Seals and keeps a block; nothing if its ID is known. */
  public void deposit(KeyBlock block, RandomBits random) {
    ledger.sweep();
    if (book.knows(block.id())) {
      return;
    }
    byte[] salt = new byte[BlockCodec.SALT_OCTETS];
    random.fill(salt);
    long life = block.timeToLive().toMillis();
    long expiresAt = around.clock().millis() + life;
    Block.Header header =
        new Block.Header(
            block.id(),
            block.peer(),
            block.origin(),
            block.octets().length() / KeyPool.CHUNK_OCTETS,
            expiresAt - Math.min(life / 10, LONGEST_MARGIN_MILLIS),
            expiresAt);
    byte[] octets = BlockCodec.header(header, salt);
    try {
      Seal seal = ledger.keyring().seal(random);
      book.add(octets, block.octets().lend(plain -> seal.seal(octets, plain)));
    } catch (IOException failed) {
      throw new UncheckedIOException("a pool needs a place for its wrapping key", failed);
    }
  }

  private Optional<Block> find(String peer, UUID id) {
    ledger.sweep();
    return book.find(peer, id);
  }

  /** See {@link KeyPool#confirm}. */
  public boolean confirm(String peer, UUID id) {
    Optional<Block> found = find(peer, id);
    found.filter(b -> !b.confirmed).ifPresent(b -> book.update(b, () -> b.confirmed = true));
    return found.isPresent();
  }

  /** See {@link KeyPool#discard}. */
  public void discard(String peer, UUID id) {
    find(peer, id).filter(b -> !b.confirmed).ifPresent(book::remove);
  }

  /** See {@link KeyPool#unconfirmed}. */
  public List<UUID> unconfirmed(String peer) {
    ledger.sweep();
    return book.of(peer).stream().filter(b -> !b.confirmed).map(b -> b.header.id()).toList();
  }

  private boolean met(String peer) {
    return around.witness().met(book.standing(peer));
  }

  /** See {@link KeyPool#take}. */
  public Optional<Key> take(Order order) {
    ledger.sweep();
    if (!met(order.peer())) {
      return Optional.empty();
    }
    long octets = (long) order.chunks() * KeyPool.CHUNK_OCTETS;
    boolean waits = false;
    for (Block block : book.takeable(order.peer())) {
      if (block.header.takeUntilMillis() <= around.clock().millis()
          || block.askAgainAtMillis > around.clock().millis()
          || !order.origins().contains(block.header.origin())
          || !book.stocks.gives(block, order.purpose(), octets)) {
        continue;
      }
      for (Zone zone : block.own()) {
        int first = block.next(zone);
        int end = first + order.chunks();
        if (end <= block.end(zone) && end <= around.witness().lease(block, zone)) {
          return Optional.of(taken(block, zone.chunk(first), (int) octets));
        }
        if (end <= block.end(zone) && !waits) {
          waits = true;
          block.demand[zone.ordinal()] = end;
        }
      }
    }
    return Optional.empty();
  }

  private Key taken(Block block, int chunk, int octets) {
    KeyId id = new KeyId(block.header.id(), chunk * KeyPool.CHUNK_OCTETS, octets);
    Key key = open(block, id);
    book.update(block, () -> block.used.or(Block.chunks(id)));
    book.stocks.taken(block, octets, around.clock().millis());
    return key;
  }

  /**
   * See {@link KeyPool#reserve}.
   *
   * @throws Gone if the hello with the peer is not through: the key may be good a moment later, and
   *     a peer that is told no takes another one
   */
  public Optional<Key> reserve(String peer, KeyId id) {
    if (!met(peer)) {
      throw new Gone("keys.pool before its hello with " + peer);
    }
    return find(peer, id.block())
        .filter(b -> reservable(b, id))
        .map(
            block -> {
              Key key = open(block, id);
              block.reserved.or(Block.chunks(id));
              return key;
            });
  }

  private boolean reservable(Block block, KeyId id) {
    Zone zone = block.zoneOf(id);
    return zone != null && place(id) <= around.witness().granted(block, zone) && block.free(id);
  }

  /** The place behind the last chunk of a key. */
  private static int place(KeyId id) {
    return (id.offset() / KeyPool.CHUNK_OCTETS) / 2 + id.length() / KeyPool.CHUNK_OCTETS;
  }

  private Key open(Block block, KeyId id) {
    BitSet chunks = Block.chunks(id);
    int first = chunks.nextSetBit(0);
    try {
      byte[] sealed = ledger.sealed(block, first, chunks.length() - first);
      Secret secret = ledger.keyring().seal().open(block.headerOctets, sealed, first, chunks);
      return new Key(id, block.header.origin(), secret);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Uses up a reserved key. A block that is gone meanwhile took the key with it. */
  public void commitReserved(String peer, KeyId id) {
    book.find(peer, id.block())
        .ifPresent(
            block -> {
              Zone zone = block.zoneOf(id);
              book.update(
                  block,
                  () -> {
                    block.used.or(Block.chunks(id));
                    block.reserved.andNot(Block.chunks(id));
                    if (zone != null) {
                      block.top[zone.ordinal()] = Math.max(block.top[zone.ordinal()], place(id));
                    }
                  });
              book.stocks.committed(block);
            });
  }

  /** Gives a reserved key back. */
  public void release(String peer, KeyId id) {
    book.find(peer, id.block()).ifPresent(b -> b.reserved.andNot(Block.chunks(id)));
  }
}
