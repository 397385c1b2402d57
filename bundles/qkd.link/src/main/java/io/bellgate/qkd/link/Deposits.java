package io.bellgate.qkd.link;

import io.bellgate.api.bits.Secret;
import java.util.List;
import java.util.UUID;

/**
 * Where a link's keys go: the blocks with one peer in the pool. Methods wait for a pool in a swap.
 */
interface Deposits {
  /**
   * Stores a key durably, unconfirmed.
   *
   * @param id of the block
   * @param key lent: the caller destroys it
   * @param fullEntropy whether all random bits of both ends had full entropy
   */
  void deposit(UUID id, Secret key, boolean fullEntropy) throws InterruptedException;

  /** Makes a block takeable; false if it is not held. */
  boolean confirm(UUID id) throws InterruptedException;

  /** Wipes an unconfirmed block. */
  void discard(UUID id) throws InterruptedException;

  /** Blocks of links that are not confirmed, oldest first. */
  List<UUID> unconfirmed() throws InterruptedException;
}
