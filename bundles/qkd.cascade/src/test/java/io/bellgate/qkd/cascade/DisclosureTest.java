package io.bellgate.qkd.cascade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.SecretBits;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.ClassicalChannel;
import io.bellgate.api.qkd.Reconciler.Reconciliation;
import io.bellgate.api.qkd.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is said about the keys: counted again from the messages themselves. */
class DisclosureTest {
  private static final int N = 2048;
  private static final double Q = 0.03;

  /** Everything said in one block; questions and answers take turns, DONE is last. */
  private static final class Transcript implements ClassicalChannel {
    final List<byte[]> bob = new ArrayList<>();
    final List<byte[]> alice = new ArrayList<>();
    final Reconciliation result;
    final Alice end;
    private final Frames.Answering answering;

    Transcript(Variant variant, Serve serve, long[] a, long[] b, RandomBits random)
        throws Exception {
      end = new Alice(variant, a, N, Q);
      answering = new Frames.Answering(end);
      result =
          new Cascade(variant, serve)
              .reconcile(Role.BOB, SecretBits.absorb(b.clone(), N), Q, this, random);
    }

    @Override
    public void send(byte[] message) throws ChannelBroken {
      bob.add(message.clone());
      answering.send(message);
    }

    @Override
    public byte[] receive() {
      byte[] answer = answering.receive();
      alice.add(answer.clone());
      return answer;
    }

    @Override
    public void authenticate() {}

    @Override
    public void verify() {}
  }

  /**
   * Counts the bits of each answer from the question before it, with its own reading of the format;
   * of the code under test it uses the borders of top blocks alone.
   */
  private static long recount(Variant variant, Transcript said) {
    byte[] opening = said.bob.get(0);
    byte[] seed = Arrays.copyOfRange(opening, opening.length - 32, opening.length);
    Layout layout = new Layout(variant, new long[N / 64], N, Q, seed);
    List<int[]> asked = List.of();
    long bits = 0;
    for (int i = 0; i < said.alice.size(); i++) {
      byte[] question = said.bob.get(i);
      int count;
      if (question[0] == 1 || question[0] == 2) {
        count = layout.open().blocks() - (question[0] == 1 ? 0 : 1);
      } else {
        asked = question[0] == 3 ? named(question, layout) : descended(question, asked);
        count = asked.size();
      }
      assertEquals(6, said.alice.get(i)[0]);
      assertEquals((count + 7) / 8, said.alice.get(i).length - 1, "octets of answer " + i);
      bits += count;
    }
    return bits;
  }

  private static List<int[]> named(byte[] question, Layout layout) {
    List<int[]> blocks = new ArrayList<>();
    int place = 0;
    for (int at = 1; at < question.length; ) {
      int shift = 0;
      do {
        place += (question[at] & 0x7f) << shift;
        shift += 7;
      } while (question[at++] < 0);
      Pass pass = layout.pass(place / N);
      int top = pass.blockAt(place % N);
      int[] block = {pass.from(top), pass.to(top)};
      for (int depth = question[at++]; depth > 0; depth--) {
        int middle = (block[0] + block[1]) / 2;
        block[place % N < middle ? 1 : 0] = middle;
      }
      blocks.add(block);
    }
    return blocks;
  }

  private static List<int[]> descended(byte[] question, List<int[]> asked) {
    List<int[]> blocks = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      int[] block = asked.get(i).clone();
      boolean first = (question[1 + i / 8] >> i % 8 & 1) != 0;
      block[first ? 1 : 0] = (block[0] + block[1]) / 2;
      if (block[1] - block[0] > 1) {
        blocks.add(block);
      }
    }
    return blocks;
  }

  /** Pitfall 1, parities not counted: the counters say what is on the wire, at both ends. */
  @Test
  void countsEveryBitOnTheWire() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    for (Variant variant : Variant.values()) {
      for (Serve serve : Serve.values()) {
        long[] alice = Frames.key(N, random);
        long[] bob = Frames.withErrors(alice, N, Math.round(N * Q), random);
        Transcript said = new Transcript(variant, serve, alice, bob, new SeededBits(1));
        long bits = recount(variant, said);
        assertEquals(bits, said.result.aliceDisclosedBits(), variant + " counted by Bob");
        assertEquals(bits, said.end.told(), variant + " counted by Alice");
        assertEquals(bits, said.result.bobDisclosedBits(), "one bit of Bob's for each of Alice's");
        assertEquals(said.alice.size(), said.result.roundTrips());
        assertTrue(bits > N * Frames.h(Q) * 0.98, "no code beats Shannon by two percent");
      }
    }
  }

  /**
   * The ground of Bob's count: his messages depend on the seed and on where the keys differ, so on
   * one bit for each parity of Alice's, and on nothing else.
   */
  @Test
  void letsBobSayNothingButWhereKeysDiffer() throws Exception {
    SplittableRandom random = new SplittableRandom(2);
    long[] alice = Frames.key(N, random);
    long[] bob = Frames.withErrors(alice, N, Math.round(N * Q), random);
    Transcript one = new Transcript(Variant.OPT4, Serve.ALL, alice, bob, new SeededBits(2));
    long[] both = Frames.key(N, random);
    for (int i = 0; i < both.length; i++) {
      alice[i] ^= both[i];
      bob[i] ^= both[i];
    }
    Transcript other = new Transcript(Variant.OPT4, Serve.ALL, alice, bob, new SeededBits(2));
    assertEquals(one.bob.size(), other.bob.size());
    for (int i = 0; i < one.bob.size(); i++) {
      assertArrayEquals(one.bob.get(i), other.bob.get(i), "message " + i);
    }
    assertFalse(Arrays.equals(one.alice.get(0), other.alice.get(0)), "Alice's key is another");
  }

  /** Pitfall 3, raw bits said in clear: no 64 bits in a row of either key are in any message. */
  @Test
  void saysNoBitsOfAKey() throws Exception {
    SplittableRandom random = new SplittableRandom(3);
    long[] alice = Frames.key(N, random);
    long[] bob = Frames.withErrors(alice, N, Math.round(N * Q), random);
    Transcript said = new Transcript(Variant.OPT4, Serve.ALL, alice, bob, new SeededBits(3));
    Set<Long> secret = new HashSet<>();
    for (long[] key : List.of(alice, bob)) {
      secret.addAll(windows(key));
    }
    List<byte[]> all = new ArrayList<>(said.bob);
    all.addAll(said.alice);
    for (byte[] message : all) {
      long[] words = java.util.BitSet.valueOf(message).toLongArray();
      for (long window : windows(words)) {
        assertFalse(window != 0 && secret.contains(window), "a key is in a message");
      }
    }
  }

  private static List<Long> windows(long[] words) {
    List<Long> windows = new ArrayList<>();
    for (int i = 0; i < words.length; i++) {
      windows.add(words[i]);
      for (int shift = 1; shift < 64 && i + 1 < words.length; shift++) {
        windows.add(words[i] >>> shift | words[i + 1] << 64 - shift);
      }
    }
    return windows;
  }

  /** Pitfall 11, fixed permutations: every block has a seed of its own, from the random bits. */
  @Test
  void drawsAFreshSeedForEveryBlock() throws Exception {
    SplittableRandom random = new SplittableRandom(4);
    long[] alice = Frames.key(N, random);
    SeededBits bits = new SeededBits(4);
    Set<String> seeds = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      byte[] opening =
          new Transcript(Variant.OPT4, Serve.ALL, alice, alice.clone(), bits).bob.get(0);
      seeds.add(Arrays.toString(Arrays.copyOfRange(opening, opening.length - 32, opening.length)));
    }
    assertEquals(10, seeds.size());
  }
}
