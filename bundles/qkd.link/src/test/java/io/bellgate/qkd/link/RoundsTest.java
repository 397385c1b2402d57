package io.bellgate.qkd.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.Provenance;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.qkd.FakeFibre;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoundsTest {
  private static final long SEED = 20261125;
  private static final FakeFibre.Light LIGHT = FakeFibre.Light.PERFECT;

  /** 2048 sifted bits at 0.9, less 50 for reconciliation, 129 for verification, 41 for epsilon. */
  private static final int SECRET_BITS = 1536;

  private static void until(TwoLinks links, BooleanSupplier reached) throws Exception {
    for (int i = 0; i < 200 && !reached.getAsBoolean(); i++) {
      links.alice.tick();
      assertTrue(
          links.bob.rounds.awaitIdle(java.time.Duration.ofSeconds(TwoLinks.HANG_SECONDS)), "hangs");
    }
    assertTrue(reached.getAsBoolean(), () -> links.alice.rounds.state());
  }

  private static long confirmed(TwoLinks.End end) {
    synchronized (end.records) {
      return end.records.stream().filter(BlockRecord::confirmed).count();
    }
  }

  @Test
  void givesBothEndsTheSameKeys() throws Exception {
    try (TwoLinks links = new TwoLinks(SEED, LIGHT)) {
      links.connect();
      until(links, () -> confirmed(links.alice) == 3 && confirmed(links.bob) == 3);
      for (BlockRecord record : links.alice.records) {
        assertEquals(SECRET_BITS, record.secretBits(), record.toString());
        assertEquals(4, record.tags(), "two tags of each end");
      }
      assertSame(links);
    }
  }

  /** As from a source of full entropy, that runs dry after so many draws. */
  private static final class Full implements RandomBits {
    private final RandomBits bits;
    private int left;

    Full(RandomBits bits, int left) {
      this.bits = bits;
      this.left = left;
    }

    @Override
    public Secret draw(int octets) {
      throw new AssertionError("a block asks for the best there is");
    }

    @Override
    public void fill(byte[] octets) {
      bits.fill(octets); // IDs of blocks
    }

    @Override
    public synchronized Drawn drawBest(int octets) {
      Provenance.Construction how =
          left-- > 0 ? Provenance.Construction.RBG3_XOR : Provenance.Construction.RBG2_P;
      return new Drawn(bits.draw(octets), new Provenance(how, List.of("test"), false));
    }

    @Override
    public Provenance provenance() {
      return bits.provenance();
    }
  }

  private static List<Boolean> fullEntropy(TwoLinks.End end) {
    synchronized (end.records) {
      return end.records.stream().map(BlockRecord::fullEntropy).toList();
    }
  }

  @Test
  void marksKeysWhoseBitsHadFullEntropyAtBothEnds() throws Exception {
    int enough = Integer.MAX_VALUE;
    assertMarked(List.of(true, true), enough, enough);
    assertMarked(List.of(false, false), 0, 0);
    assertMarked(List.of(false, false), enough, 0);
    assertMarked(List.of(false, false), 0, enough);
  }

  @Test
  void marksNoKeyOfABlockInWhichASourceRanDry() throws Exception {
    int block;
    try (TwoLinks links = new TwoLinks(SEED, LIGHT)) {
      Full counting = new Full(links.alice.bits, 1_000_000);
      links.alice.bits = counting;
      links.connect();
      until(links, () -> confirmed(links.alice) == 1);
      block = 1_000_000 - counting.left;
    }
    assertMarked(List.of(true, false), block, Integer.MAX_VALUE);
    assertMarked(List.of(false, false), block - 1, Integer.MAX_VALUE);
  }

  /** After two blocks, with so many draws of full entropy at each end. */
  private static void assertMarked(List<Boolean> expected, int alice, int bob) throws Exception {
    try (TwoLinks links = new TwoLinks(SEED, LIGHT)) {
      links.alice.bits = new Full(links.alice.bits, alice);
      links.bob.bits = new Full(links.bob.bits, bob);
      links.connect();
      until(links, () -> confirmed(links.alice) == 2 && confirmed(links.bob) == 2);
      long marked = expected.stream().filter(full -> full).count();
      for (TwoLinks.End end : List.of(links.alice, links.bob)) {
        String what = end.site + " " + alice + " " + bob;
        assertEquals(expected, fullEntropy(end), what);
        KeyPool.Stock stock = stock(end, KeyOrigin.Kind.QKD, true);
        assertEquals(marked * 64, stock.own(KeyOrigin::fullEntropy), what);
        assertEquals(2 * 64, stock.own(), what);
      }
      assertSame(links);
    }
  }

  @Test
  void setsTagKeysAsideFromEveryBlock() throws Exception {
    try (TwoLinks links = new TwoLinks(SEED, LIGHT)) {
      links.connect();
      until(links, () -> confirmed(links.alice) == 3 && confirmed(links.bob) == 3);
      for (TwoLinks.End end : List.of(links.alice, links.bob)) {
        // 6 chunks a block: 2 of them for tags, one for each end
        assertEquals(3 * 32, stock(end, KeyOrigin.Kind.PRESHARED, true).own());
        assertEquals(3 * 64, stock(end, KeyOrigin.Kind.QKD, true).own());
        assertEquals(6, preshared(end).taken(), "two tags a block");
      }
    }
  }

  private static KeyPool.Stock stock(TwoLinks.End end, KeyOrigin.Kind kind, boolean simulated) {
    return end.pool.stocks().stream()
        .filter(s -> s.origin().kind() == kind && s.origin().simulated() == simulated)
        .findFirst()
        .orElseThrow();
  }

  private static KeyPool.Stock preshared(TwoLinks.End end) {
    return stock(end, KeyOrigin.Kind.PRESHARED, false);
  }

  @Test
  void givesNothingWhereSomebodyListens() throws Exception {
    try (TwoLinks links = new TwoLinks(SEED, LIGHT.erring(0.25))) {
      links.connect();
      until(links, () -> links.alice.tally.aborted() == 3 && links.bob.tally.aborted() == 3);
      assertEquals(0, confirmed(links.alice));
      assertEquals("qber", links.alice.records.get(0).reason());
      assertEquals(0.25, links.alice.records.get(0).qber(), 0.06);
      assertSame(links);
    }
  }

  /**
   * Both ends hold the same keys or none are takeable: whatever happens, at whichever frame of two
   * blocks.
   */
  @ParameterizedTest
  @EnumSource(TwoLinks.Fault.class)
  void leavesBothEndsTheSameWhateverHappens(TwoLinks.Fault fault) throws Exception {
    int frames;
    try (TwoLinks links = new TwoLinks(SEED, LIGHT)) {
      links.connect();
      until(links, () -> confirmed(links.alice) == 2 && confirmed(links.bob) == 2);
      frames = links.frames();
    }
    for (int at = 0; at < frames; at++) {
      try (TwoLinks links = new TwoLinks(SEED + at, LIGHT)) {
        links.plan(fault, at);
        links.connect();
        for (int i = 0; i < 4; i++) {
          links.alice.tick();
        }
        links.mend();
        long before = confirmed(links.alice);
        until(
            links,
            () ->
                confirmed(links.alice) > before + 1
                    && links.alice.pool.unconfirmed("bob").isEmpty()
                    && links.bob.pool.unconfirmed("alice").isEmpty());
        assertFalse(links.believedWhatWasChanged());
        assertSame(links);
      } catch (AssertionError failed) {
        throw new AssertionError(
            "fault=" + fault + " frame=" + at + " seed=" + (SEED + at), failed);
      }
    }
  }

  /** Every key that one end can take, the other can reserve, with the same octets. */
  private static void assertSame(TwoLinks links) {
    Set<KeyId> seen = new HashSet<>();
    for (TwoLinks.End taker : List.of(links.alice, links.bob)) {
      Optional<Key> key = take(taker);
      for (; key.isPresent(); key = take(taker)) {
        assertTrue(seen.add(key.get().id()), "taken twice");
        KeyPool.Reservation reserved =
            taker.other.pool.reserve(taker.site, key.get().id()).orElseThrow();
        assertTrue(reserved.key().secret().matches(key.get().secret()), "the keys differ");
        assertEquals(key.get().origin(), reserved.key().origin());
        reserved.commit();
      }
    }
    assertFalse(take(links.alice).isPresent());
  }

  private static Optional<Key> take(TwoLinks.End end) {
    return end.pool.take(
        end.other.site, KeyPool.Purpose.AUTHENTICATION, KeyPool.CHUNK_OCTETS, o -> true);
  }

  @Test
  void stopsWhereNoTagKeyIsLeft() throws Exception {
    try (TwoLinks links = new TwoLinks(SEED, LIGHT.erring(0.25))) {
      links.connect();
      // Bob tags what clicked, so his run out first; Alice has given nothing away
      until(links, () -> links.alice.rounds.state().contains("BG-LINK-009"));
      links.bob.tick();
      assertEquals(Rounds.NO_TAG_KEY, links.bob.rounds.state());
      assertEquals(0, preshared(links.alice).taken());
    }
  }

  @Test
  void refusesAPeerThatIsConfiguredDifferently() throws Exception {
    try (TwoLinks links = new TwoLinks(SEED, LIGHT)) {
      links.connect();
      Settings other =
          TwoLinks.settings(io.bellgate.api.qkd.Role.BOB, java.time.Duration.ofSeconds(1));
      links.bob.rounds.settings(
          new Settings(
              other.site(),
              other.peer(),
              other.role(),
              new Proposal(
                  Proposal.Kind.BLOCK,
                  "plain",
                  "other",
                  other.proposal().plan(),
                  other.proposal().budget()),
              other.targetOctets(),
              other.rest(),
              other.retry(),
              other.patience()));
      links.alice.tick();
      assertTrue(links.alice.rounds.state().contains("BG-LINK-007"), links.alice.rounds.state());
      assertEquals(0, links.alice.records.size());
    }
  }
}
