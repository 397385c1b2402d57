package io.bellgate.entropy.hub;

import io.bellgate.api.entropy.NoiseSource.Description;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Full-entropy blocks of one source: raw samples that passed the tests go in, SHA-256, a vetted
 * function, conditions them with the surplus that full entropy takes, a bounded number wait. The
 * latest replace the oldest. Thread safe.
 */
final class Reservoir {
  /** Octets of a block. */
  static final int BLOCK_OCTETS = 32;

  private static final int BLOCK_BITS = 8 * BLOCK_OCTETS;

  private final Ledger ledger;
  private final byte[] input;
  private final double inputEntropy;
  private final MessageDigest sha256;
  private final byte[] blocks;
  private int collected;
  private int first;
  private int count;

  /**
   * Begins empty.
   *
   * @param capacity blocks that wait, at most
   */
  Reservoir(Description source, Ledger ledger, int capacity) {
    this.ledger = ledger;
    int octets = inputOctets(source);
    this.input = new byte[octets];
    this.inputEntropy = Samples.in(source, octets) * source.minEntropy();
    if (!new Conditioning(8 * octets, BLOCK_BITS, BLOCK_BITS).full(inputEntropy)) {
      throw new IllegalStateException("too little goes in: entropy=" + inputEntropy);
    }
    this.blocks = new byte[capacity * BLOCK_OCTETS];
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** So many octets of samples hold the entropy of a block and the surplus. */
  static int inputOctets(Description source) {
    return Samples.octets(
        source, (int) Math.ceil((BLOCK_BITS + Conditioning.SURPLUS_BITS) / source.minEntropy()));
  }

  /** Takes tested samples; wiped by the caller. */
  synchronized void put(byte[] samples) {
    for (int at = 0; at < samples.length; ) {
      int part = Math.min(samples.length - at, input.length - collected);
      System.arraycopy(samples, at, input, collected, part);
      at += part;
      collected += part;
      if (collected == input.length) {
        condition();
      }
    }
  }

  private void condition() {
    if (count * BLOCK_OCTETS == blocks.length) {
      ledger.discarded(BLOCK_BITS);
      first = next(first, 1);
      count--;
    }
    sha256.update(input);
    try {
      sha256.digest(blocks, next(first, count) * BLOCK_OCTETS, BLOCK_OCTETS);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 hash has 32 octets", e);
    }
    count++;
    Arrays.fill(input, (byte) 0);
    collected = 0;
    ledger.conditioned(inputEntropy, BLOCK_BITS);
  }

  private int next(int from, int by) {
    return (from + by) % (blocks.length / BLOCK_OCTETS);
  }

  synchronized boolean full() {
    return count * BLOCK_OCTETS == blocks.length;
  }

  synchronized int octets() {
    return count * BLOCK_OCTETS;
  }

  /**
   * Takes full-entropy octets out; all or nothing. What a last block holds beyond is thrown away.
   *
   * @param keep so many blocks stay, for others
   * @return false if there are too few
   */
  synchronized boolean take(byte[] out, int keep) {
    int wanted = (out.length + BLOCK_OCTETS - 1) / BLOCK_OCTETS;
    if (wanted + keep > count) {
      return false;
    }
    for (int at = 0; at < out.length; at += BLOCK_OCTETS) {
      int from = first * BLOCK_OCTETS;
      System.arraycopy(blocks, from, out, at, Math.min(BLOCK_OCTETS, out.length - at));
      Arrays.fill(blocks, from, from + BLOCK_OCTETS, (byte) 0);
      first = next(first, 1);
      count--;
    }
    ledger.consumed(8L * wanted * BLOCK_OCTETS);
    return true;
  }

  /** Throws everything away that is in it. */
  synchronized void discard() {
    ledger.discarded((long) count * BLOCK_BITS);
    Arrays.fill(blocks, (byte) 0);
    Arrays.fill(input, (byte) 0);
    count = 0;
    collected = 0;
  }
}
