package io.bellgate.api.qkd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.qkd.ChannelPair.Said;
import io.bellgate.api.qkd.FakeFibre.Light;
import io.bellgate.api.qkd.Sifting.Aborted;
import io.bellgate.api.qkd.Sifting.Reason;
import io.bellgate.api.qkd.Sifting.Sifted;
import io.bellgate.api.qkd.TwoEnds.Outcome;
import io.bellgate.api.qkd.TwoEnds.Pair;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * What every prepare-and-measure {@link QkdProtocol} keeps of its contract, on a {@link FakeFibre}:
 * settings are value (bit 0) and basis (bit 1, set for the test basis).
 */
public abstract class QkdProtocolContract {
  private static final long SEED = 20_240_601;

  /** For tests of subclasses. */
  protected QkdProtocolContract() {}

  /**
   * The protocol.
   *
   * @return one instance is enough
   */
  protected abstract QkdProtocol protocol();

  /**
   * A plan that a perfect fibre, and one with few errors, fulfils by far; small, since it is run
   * some hundred times.
   *
   * @return for example 20,000 pulses
   */
  protected abstract Plan plan();

  /**
   * The words of a key.
   *
   * @param outcome of an end that has a key
   * @return a copy
   */
  protected static long[] key(Outcome outcome) {
    return assertInstanceOf(Sifted.class, outcome.sifting(), outcome::toString)
        .key()
        .lend(long[]::clone);
  }

  /**
   * In how many bits two keys differ.
   *
   * @param ends both of which have a key
   * @return the number
   */
  protected static int differences(Pair<Outcome> ends) {
    long[] alice = key(ends.alice());
    long[] bob = key(ends.bob());
    int differences = 0;
    for (int i = 0; i < alice.length; i++) {
      differences += Long.bitCount(alice[i] ^ bob[i]);
    }
    return differences;
  }

  private Pair<Outcome> run(long seed, Light light) throws Exception {
    return TwoEnds.on(seed, plan(), light).run(protocol());
  }

  private static void assertBothAborted(Reason reason, Pair<Outcome> ends) {
    assertEquals(reason, ends.alice().aborted(), ends::toString);
    assertEquals(reason, ends.bob().aborted(), ends::toString);
    assertEquals(ends.alice().sifting().counts(), ends.bob().sifting().counts());
  }

  @Test
  void givesEqualKeysOfThePlannedLengthOnAPerfectFibre() throws Exception {
    Pair<Outcome> ends = run(SEED, Light.PERFECT);
    assertArrayEquals(key(ends.alice()), key(ends.bob()));
    Sifted alice = (Sifted) ends.alice().sifting();
    Sifted bob = (Sifted) ends.bob().sifting();
    assertEquals(plan().keyBits(), alice.key().length());
    assertEquals(plan().keyBits(), bob.key().length());
    assertEquals(alice.counts(), bob.counts());
    assertEquals(0, alice.qber());
    assertTrue(alice.minEntropyBits() > 0);
    assertEquals(alice.minEntropyBits(), bob.minEntropyBits());
    assertEquals(alice.bound(), bob.bound());
  }

  @Test
  void givesOtherKeysFromOtherRandomBits() throws Exception {
    assertNotEquals(
        List.of(key(run(1, Light.PERFECT).alice())[0]),
        List.of(key(run(2, Light.PERFECT).alice())[0]));
  }

  /** Both keys, with as many differences as the fibre has errors, or no key at both ends. */
  @Test
  void comesToTheSameKindOfResultAtBothEnds() throws Exception {
    Random random = new Random(SEED);
    int keys = 0;
    for (int run = 0; run < 40; run++) {
      double error = random.nextInt(3) * 0.01;
      Light light =
          Light.PERFECT
              .detecting(0.5 + 0.5 * random.nextDouble())
              .erring(error)
              .intercepting(random.nextInt(4) == 0 ? 0.5 : 0)
              .doubling(random.nextInt(2) * 0.01);
      Pair<Outcome> ends = run(SEED + run, light);
      String what = "seed=" + (SEED + run) + " light=" + light + " ends=" + ends;
      if (ends.alice().aborted() != null) {
        assertBothAborted(ends.alice().aborted(), ends);
        continue;
      }
      keys++;
      double expected = (error * (1 - light.doubled()) + light.doubled() / 2) * plan().keyBits();
      assertEquals(expected, differences(ends), 1 + 5 * Math.sqrt(expected), what);
      assertEquals(ends.alice().sifting().counts(), ends.bob().sifting().counts(), what);
    }
    assertTrue(keys >= 5 && keys < 40, "some give keys and some do not: keys=" + keys);
  }

  @Test
  void abortsIfSomebodyListens() throws Exception {
    assertBothAborted(Reason.QBER, run(SEED, Light.PERFECT.intercepting(1)));
  }

  @Test
  void abortsIfTooLittleArrives() throws Exception {
    Pair<Outcome> ends = run(SEED, Light.PERFECT.detecting(0.01));
    assertBothAborted(Reason.TOO_FEW, ends);
    assertBothAborted(Reason.TOO_FEW, run(SEED, Light.PERFECT.detecting(1e-9)));
  }

  @Test
  void abortsBeforeThePulsesIfPlansDiffer() throws Exception {
    Plan ours = plan();
    Plan other =
        new Plan(
            ours.pulses(),
            ours.keyBasisProbability(),
            ours.keyBits() - 1,
            ours.testBits(),
            ours.qberTolerance(),
            ours.epsilonSecrecy());
    TwoEnds ends = TwoEnds.on(SEED, ours, Light.PERFECT);
    AtomicInteger asked = new AtomicInteger();
    assertBothAborted(
        Reason.MISMATCH,
        new TwoEnds(
                new Pair<>(ours, other),
                changed(ends.quantum(), s -> asked.incrementAndGet() * 0 + s),
                ends.classical(),
                ends.random())
            .run(protocol()));
    assertEquals(0, asked.get());
  }

  /**
   * Nothing that is said depends on a bit of the key: flip Alice's value in every pulse of the key
   * basis, and the key flips, but not one octet of the conversation.
   */
  @Test
  void saysNothingThatDependsOnTheKey() throws Exception {
    Light light = Light.PERFECT.detecting(0.9).erring(0.01).doubling(0.01);
    TwoEnds plain = TwoEnds.on(SEED, plan(), light);
    Pair<Outcome> first = plain.run(protocol());
    TwoEnds same = TwoEnds.on(SEED, plan(), light);
    TwoEnds flipped =
        new TwoEnds(
            same.plans(),
            changed(same.quantum(), s -> (s & 2) == 0 ? s ^ 1 : s),
            same.classical(),
            same.random());
    Pair<Outcome> second = flipped.run(protocol());
    for (Role role : Role.values()) {
      List<Said> before = said(plain.classical(), role);
      List<Said> after = said(flipped.classical(), role);
      assertEquals(before.size(), after.size());
      for (int i = 0; i < before.size(); i++) {
        assertArrayEquals(before.get(i).octets(), after.get(i).octets(), role + " message " + i);
      }
    }
    long[] key = key(first.alice());
    long[] other = key(second.alice());
    assertEquals(~key[0], other[0]);
  }

  private static List<Said> said(ChannelPair channel, Role role) {
    return channel.transcript().stream().filter(s -> s.by() == role).toList();
  }

  /** Both ends with Alice's settings changed on their way into the device and in her notes. */
  private static Pair<QuantumChannel> changed(
      Pair<QuantumChannel> quantum, UnaryOperator<Integer> change) {
    return new Pair<>(new Changed(quantum.alice(), change, () -> {}), quantum.bob());
  }

  @Test
  void announcesNothingBeforeTheLastPulse() throws Exception {
    TwoEnds plain = TwoEnds.on(SEED, plan(), Light.PERFECT);
    AtomicInteger before = new AtomicInteger();
    AtomicInteger after = new AtomicInteger();
    ChannelPair channel = plain.classical();
    QuantumChannel bob = new Changed(plain.quantum().bob(), s -> s, () -> after.set(bobs(channel)));
    QuantumChannel alice =
        new Changed(
            plain.quantum().alice(), s -> s, () -> before.set(said(channel, Role.ALICE).size()));
    new TwoEnds(plain.plans(), new Pair<>(alice, bob), channel, plain.random()).run(protocol());
    List<Said> all = channel.transcript();
    long early = all.subList(0, firstTag(all)).stream().filter(QkdProtocolContract::hers).count();
    assertEquals(before.get(), early, "Alice says nothing between her pulses and Bob's tag");
    assertTrue(bobs(channel) > after.get(), "Bob announces after his pulses");
    assertEquals(before.get(), after.get(), "Bob says no more than Alice before the last pulse");
  }

  private static int bobs(ChannelPair channel) {
    return said(channel, Role.BOB).size();
  }

  @Test
  void revealsNothingOnAnAnnouncementThatIsNotBobs() throws Exception {
    List<Said> all = said(SEED).transcript();
    int early =
        (int) all.subList(0, firstTag(all)).stream().filter(QkdProtocolContract::hers).count();
    List<Said> whole = all.stream().filter(s -> !hers(s)).toList();
    int tag = firstTag(whole);
    for (int message = 0; message < tag; message++) {
      for (int bit = 0; bit < 40; bit++) {
        TwoEnds ends = TwoEnds.on(SEED, plan(), Light.PERFECT);
        int length = whole.get(message).octets().length;
        ends.classical().between(new Flip(Role.BOB, message, bit * 8L * length / 40 + bit % 8));
        Outcome alice = ends.run(protocol()).alice();
        int now = said(ends.classical(), Role.ALICE).size();
        String what = "message=" + message + " bit=" + bit + " alice=" + alice;
        assertTrue(
            alice.broken() != null
                || alice.aborted() == Reason.MISMATCH
                || alice.aborted() == Reason.NO_BOUND,
            what);
        assertTrue(now <= early, what);
      }
    }
  }

  private ChannelPair said(long seed) throws Exception {
    TwoEnds ends = TwoEnds.on(seed, plan(), Light.PERFECT);
    ends.run(protocol());
    return ends.classical();
  }

  private static int firstTag(List<Said> said) {
    return said.indexOf(said.stream().filter(Said::tag).findFirst().orElseThrow());
  }

  private static boolean hers(Said said) {
    return said.by() == Role.ALICE;
  }

  /** The caller's last tags find what the protocol itself did not. */
  @Test
  void letsNoChangedMessagePassTheLastTag() throws Exception {
    ChannelPair whole = said(SEED);
    for (Role role : Role.values()) {
      List<Said> messages = said(whole, role);
      for (int message = 0; message < messages.size(); message++) {
        for (int bit = 0; bit < 8; bit++) {
          int length = messages.get(message).octets().length;
          TwoEnds ends = TwoEnds.on(SEED, plan(), Light.PERFECT);
          ends.classical().between(new Flip(role, message, bit * (long) length + bit));
          Pair<Outcome> outcome = ends.run(protocol());
          assertFalse(
              hasKey(outcome.alice()) && hasKey(outcome.bob()) && tagsHold(ends.classical()),
              role + " message " + message + " bit " + bit);
        }
      }
    }
  }

  private static boolean hasKey(Outcome outcome) {
    return outcome.sifting() instanceof Sifted;
  }

  private static boolean tagsHold(ChannelPair channel) throws Exception {
    try {
      for (Role role : Role.values()) {
        channel.end(role).authenticate();
      }
      for (Role role : Role.values()) {
        channel.end(role).verify();
      }
      return true;
    } catch (ChannelBroken e) {
      return false;
    }
  }

  /** Whatever an end is told, it answers with a result or a broken channel, and soon. */
  @Test
  void survivesAnyMessage() throws Exception {
    ChannelPair whole = said(SEED);
    Random random = new Random(SEED);
    for (Role role : Role.values()) {
      List<Said> messages = said(whole, role);
      for (int run = 0; run < 60; run++) {
        int message = random.nextInt(messages.size());
        byte[] garbage = garbage(random, messages.get(message).octets());
        TwoEnds ends = TwoEnds.on(SEED, plan(), Light.PERFECT);
        ends.classical().between(new Flip(role, message, -1).to(garbage));
        Pair<Outcome> outcome = ends.run(protocol());
        for (Role end : Role.values()) {
          Outcome one = outcome.of(end);
          assertTrue(
              one.sifting() != null || one.broken() != null,
              "seed=" + SEED + " run=" + run + " " + role + " message " + message + ": " + one);
        }
      }
    }
  }

  private static byte[] garbage(Random random, byte[] octets) {
    byte[] garbage = random.nextInt(3) == 0 ? new byte[random.nextInt(40)] : octets.clone();
    if (garbage.length > 0 && random.nextBoolean()) {
      garbage = java.util.Arrays.copyOf(garbage, random.nextInt(2 * garbage.length));
    }
    int changes = Math.min(garbage.length, 1 + random.nextInt(12));
    for (int i = 0; i < changes; i++) {
      garbage[random.nextInt(Math.min(garbage.length, 1 << random.nextInt(16)))] =
          (byte) random.nextInt();
    }
    if (garbage.length > 0 && random.nextInt(4) > 0) {
      garbage[0] = octets[0];
    }
    return garbage;
  }

  @Test
  void endsWithTheChannel() throws Exception {
    int messages = said(SEED).transcript().size();
    for (int cut = 0; cut < messages; cut++) {
      TwoEnds ends = TwoEnds.on(SEED, plan(), Light.PERFECT);
      AtomicInteger left = new AtomicInteger(cut);
      ends.classical()
          .between(
              s -> {
                if (left.getAndDecrement() <= 0) {
                  ends.classical().cut();
                }
                return s;
              });
      Pair<Outcome> outcome = ends.run(protocol());
      assertTrue(
          outcome.alice().broken() == ChannelBroken.Reason.CUT
              || outcome.bob().broken() == ChannelBroken.Reason.CUT,
          "cut=" + cut + " " + outcome);
    }
  }

  @Test
  void endsWithTheDevice() throws Exception {
    TwoEnds plain = TwoEnds.on(SEED, plan(), Light.PERFECT);
    FakeFibre fibre = new FakeFibre(SEED, Light.PERFECT);
    fibre.cut();
    Pair<Outcome> outcome =
        new TwoEnds(
                plain.plans(),
                new Pair<>(fibre.end(Role.ALICE), fibre.end(Role.BOB)),
                plain.classical(),
                plain.random())
            .run(protocol());
    assertTrue(outcome.alice().broken() != null && outcome.bob().broken() != null);
    assertTrue(
        outcome.alice().broken() == ChannelBroken.Reason.DEVICE
            || outcome.bob().broken() == ChannelBroken.Reason.DEVICE);
  }

  @Test
  void endsWithAnInterrupt() throws Exception {
    TwoEnds ends = TwoEnds.on(SEED, plan(), Light.PERFECT);
    RandomBits random = new SeededBits(SEED);
    Thread.currentThread().interrupt();
    try {
      protocol()
          .run(
              new Block(
                  new UUID(1, 1),
                  Role.ALICE,
                  plan(),
                  ends.quantum().alice(),
                  ends.classical().end(Role.ALICE),
                  random));
      assertTrue(Thread.interrupted(), "an end alone does not return");
    } catch (InterruptedException e) {
      assertFalse(Thread.interrupted());
    }
  }

  /** Errors in the test basis: nothing from 11 %, whatever the plan. */
  @Test
  void givesNoKeyFromElevenPercent() throws Exception {
    for (int percent = 11; percent <= 30; percent++) {
      Pair<Outcome> ends = run(SEED + percent, Light.PERFECT.erring(percent / 100.0 + 0.005));
      assertBothAborted(Reason.QBER, ends);
      assertTrue(((Aborted) ends.alice().sifting()).evidence().contains("qber"), "evidence");
    }
  }

  /** A channel whose settings are changed on the way, and whose end of a block is reported. */
  private record Changed(QuantumChannel inner, UnaryOperator<Integer> change, Runnable passed)
      implements QuantumChannel {
    @Override
    public Emission emit(UUID block, long pulses, IntSupplier settings)
        throws ChannelBroken, InterruptedException {
      Emission emission = inner.emit(block, pulses, () -> change.apply(settings.getAsInt()));
      passed.run();
      return emission;
    }

    @Override
    public Detections detect(UUID block, long pulses, IntSupplier settings)
        throws ChannelBroken, InterruptedException {
      Detections detections = inner.detect(block, pulses, settings);
      passed.run();
      return detections;
    }

    @Override
    public Source source() {
      return inner.source();
    }

    @Override
    public boolean simulated() {
      return true;
    }

    @Override
    public String description() {
      return inner.description();
    }
  }

  /** Somebody who changes one message of one end: a bit of it, or all. */
  private static final class Flip implements UnaryOperator<Said> {
    private final Role role;
    private final int message;
    private final long bit;
    private final AtomicInteger seen = new AtomicInteger();
    private byte[] other;

    Flip(Role role, int message, long bit) {
      this.role = role;
      this.message = message;
      this.bit = bit;
    }

    Flip to(byte[] octets) {
      other = octets;
      return this;
    }

    @Override
    public Said apply(Said said) {
      if (said.by() != role || seen.getAndIncrement() != message) {
        return said;
      }
      byte[] octets = other == null ? said.octets().clone() : other;
      if (other == null) {
        int at = (int) (bit >>> 3) % octets.length;
        octets[at] ^= (byte) (1 << (bit & 7));
      }
      return new Said(said.by(), said.tag(), octets);
    }
  }
}
