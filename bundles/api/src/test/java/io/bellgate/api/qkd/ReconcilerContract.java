package io.bellgate.api.qkd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.SecretBits;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.qkd.Reconciler.Reconciliation;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Reconciler} keeps to. A reconciler's test extends this class and says how to
 * make one. Each end has a reconciler of its own; the ends share nothing but the channel.
 */
public abstract class ReconcilerContract {
  private static final long HANG_SECONDS = 60;
  private static final long IDLE_MILLIS = 250;
  private static final double[] QBERS = {0, 0.005, 0.01, 0.03, 0.05, 0.08};
  private static final int BLOCKS = 4;

  /** For a reconciler's test. */
  protected ReconcilerContract() {}

  /**
   * Makes a reconciler; two of them understand each other.
   *
   * @return a new one
   * @throws Exception if that fails
   */
  protected abstract Reconciler reconciler() throws Exception;

  /**
   * The lengths of keys to try.
   *
   * @return bits, at least 64 each
   */
  protected int[] lengths() {
    return new int[] {64, 1000, 4099};
  }

  /** What came of both ends: a {@link Reconciliation} or what was thrown. */
  private record Ends(Object alice, Object bob) {
    Reconciliation of(Role role) {
      return assertInstanceOf(Reconciliation.class, role == Role.ALICE ? alice : bob);
    }
  }

  /** Two keys with errors between them, and the random bits of this case. */
  private static final class Case {
    final int length;
    final double qber;
    final long[] alice;
    final long[] bob;
    final ChannelPair pair = new ChannelPair();
    final SplittableRandom random;

    Case(int length, double qber, SplittableRandom random) {
      this.length = length;
      this.qber = qber;
      this.random = random;
      alice = random.longs((length + 63) >>> 6).toArray();
      alice[alice.length - 1] &= -1L >>> -length;
      bob = alice.clone();
      for (long left = Math.round(length * qber); left > 0; ) {
        int bit = random.nextInt(length);
        if (((bob[bit >>> 6] ^ alice[bit >>> 6]) >>> bit & 1) == 0) {
          bob[bit >>> 6] ^= 1L << bit;
          left--;
        }
      }
    }

    long[] words(Role role) {
      return role == Role.ALICE ? alice : bob;
    }

    SecretBits key(Role role) {
      return SecretBits.absorb(words(role).clone(), length);
    }
  }

  private static SplittableRandom random(String test) {
    long seed = System.nanoTime();
    System.out.println("ReconcilerContract." + test + " seed=" + seed);
    return new SplittableRandom(seed);
  }

  /** An end at work, and what will come of it. */
  private record Running(Thread thread, CompletableFuture<Object> outcome) {
    Object ended() throws Exception {
      return outcome.get(HANG_SECONDS, TimeUnit.SECONDS);
    }
  }

  private Running start(Role role, Case c) throws Exception {
    Reconciler reconciler = reconciler();
    CompletableFuture<Object> outcome = new CompletableFuture<>();
    SeededBits bits = new SeededBits(c.random.nextLong());
    Thread thread =
        new Thread(
            () -> {
              try (SecretBits key = c.key(role)) {
                Object result = reconciler.reconcile(role, key, c.qber, c.pair.end(role), bits);
                key.use(w -> assertArrayEquals(c.words(role), w, "the key that was passed in"));
                outcome.complete(result);
              } catch (Throwable e) {
                c.pair.cut();
                outcome.complete(e);
              }
            },
            "reconcile " + role);
    thread.setDaemon(true);
    thread.start();
    return new Running(thread, outcome);
  }

  /** Runs both ends; an end that waits for nobody is cut off after a while. */
  private Ends run(Case c, long idleMillis) throws Exception {
    Running alice = start(Role.ALICE, c);
    Running bob = start(Role.BOB, c);
    CompletableFuture.anyOf(alice.outcome(), bob.outcome()).get(HANG_SECONDS, TimeUnit.SECONDS);
    try {
      CompletableFuture.allOf(alice.outcome(), bob.outcome())
          .get(idleMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      c.pair.cut();
    }
    return new Ends(alice.ended(), bob.ended());
  }

  private Ends run(Case c) throws Exception {
    return run(c, TimeUnit.SECONDS.toMillis(HANG_SECONDS));
  }

  /** Verification is the caller's: a few blocks may keep errors, one in twenty at most here. */
  @Test
  void makesBobsKeyAlices() throws Exception {
    SplittableRandom random = random("makesBobsKeyAlices");
    int unequal = 0;
    int blocks = 0;
    for (int length : lengths()) {
      for (double qber : QBERS) {
        for (int i = 0; i < BLOCKS; i++) {
          Case c = new Case(length, qber, random.split());
          Ends ends = run(c);
          blocks++;
          long[] alice = ends.of(Role.ALICE).key().lend(long[]::clone);
          long[] bob = ends.of(Role.BOB).key().lend(long[]::clone);
          assertArrayEquals(c.alice, alice, "Alice's key stays");
          assertEquals(length, ends.of(Role.BOB).key().length());
          unequal += Arrays.equals(alice, bob) ? 0 : 1;
        }
      }
    }
    assertTrue(unequal * 20 <= blocks, "unequal=" + unequal + " blocks=" + blocks);
  }

  @Test
  void countsAlikeAtBothEnds() throws Exception {
    SplittableRandom random = random("countsAlikeAtBothEnds");
    for (int length : lengths()) {
      for (double qber : QBERS) {
        Case c = new Case(length, qber, random.split());
        Ends ends = run(c);
        Reconciliation alice = ends.of(Role.ALICE);
        Reconciliation bob = ends.of(Role.BOB);
        assertEquals(alice.aliceDisclosedBits(), bob.aliceDisclosedBits(), "Alice's bits");
        assertEquals(alice.bobDisclosedBits(), bob.bobDisclosedBits(), "Bob's bits");
        assertEquals(alice.roundTrips(), bob.roundTrips(), "round trips");
        assertEquals(-1, alice.correctedBits(), "Alice corrects nothing");
        assertEquals(changed(c.bob, bob), bob.correctedBits(), "bits that Bob changed");
        assertTrue(alice.aliceDisclosedBits() > 0, "nobody corrects without being told");
        assertTrue(alice.bobDisclosedBits() >= 0);
        assertFalse(c.pair.transcript().stream().anyMatch(ChannelPair.Said::tag), "no tag is sent");
      }
    }
  }

  private static int changed(long[] before, Reconciliation after) {
    return after
        .key()
        .lend(
            words -> {
              int count = 0;
              for (int i = 0; i < words.length; i++) {
                count += Long.bitCount(words[i] ^ before[i]);
              }
              return count;
            });
  }

  @Test
  void endsWithTheChannel() throws Exception {
    SplittableRandom random = random("endsWithTheChannel");
    Case dead = new Case(1000, 0.03, random.split());
    dead.pair.cut();
    Ends none = run(dead);
    assertCut(none.alice());
    assertCut(none.bob());
    for (int after : new int[] {1, 2, 3, 7, 20}) {
      Case c = new Case(1000, 0.03, random.split());
      AtomicInteger said = new AtomicInteger();
      c.pair.between(
          s -> {
            if (said.incrementAndGet() == after) {
              c.pair.cut();
            }
            return s;
          });
      Ends ends = run(c);
      if (said.get() >= after) {
        assertTrue(
            ends.alice() instanceof ChannelBroken || ends.bob() instanceof ChannelBroken,
            () -> "cut after " + after + " messages: " + ends);
      }
      assertCutOrDone(ends.alice());
      assertCutOrDone(ends.bob());
    }
  }

  private static void assertCut(Object outcome) {
    assertEquals(ChannelBroken.Reason.CUT, assertInstanceOf(ChannelBroken.class, outcome).reason());
  }

  private static void assertCutOrDone(Object outcome) {
    if (!(outcome instanceof Reconciliation)) {
      assertCut(outcome);
    }
  }

  /** Whoever stands between the ends and changes what they say gets no other exception, no hang. */
  @Test
  void bearsWhatIsGarbled() throws Exception {
    SplittableRandom random = random("bearsWhatIsGarbled");
    for (int i = 0; i < 100; i++) {
      Case c = new Case(i % 2 == 0 ? 64 : 777, 0.05, random.split());
      SplittableRandom garbling = random.split();
      int which = i < 20 ? i / 2 : garbling.nextInt(60);
      AtomicInteger said = new AtomicInteger();
      c.pair.between(
          s ->
              said.getAndIncrement() == which
                  ? new ChannelPair.Said(s.by(), s.tag(), garbled(s.octets(), garbling))
                  : s);
      Ends ends = run(c, IDLE_MILLIS);
      for (Object outcome : new Object[] {ends.alice(), ends.bob()}) {
        assertTrue(
            outcome instanceof ChannelBroken || outcome instanceof Reconciliation,
            () -> "garbled message " + which + ": " + outcome);
      }
    }
  }

  private static byte[] garbled(byte[] octets, SplittableRandom random) {
    byte[] other = Arrays.copyOf(octets, octets.length);
    switch (random.nextInt(6)) {
      case 0 -> {
        return Arrays.copyOf(other, random.nextInt(octets.length + 1));
      }
      case 1 -> {
        return Arrays.copyOf(other, octets.length + 1 + random.nextInt(64));
      }
      case 2 -> random.nextBytes(other);
      case 3 -> {
        byte[] longer = new byte[random.nextInt(2000)];
        random.nextBytes(longer);
        return longer;
      }
      default -> {
        for (int flips = 1 + random.nextInt(3); flips > 0 && other.length > 0; flips--) {
          other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    return other;
  }

  /** An end that waits for the other is ended by an interrupt. */
  @Test
  void endsWhenInterrupted() throws Exception {
    SplittableRandom random = random("endsWhenInterrupted");
    for (Role role : Role.values()) {
      Running running = start(role, new Case(1000, 0.03, random.split()));
      running.thread().interrupt();
      Object end = running.ended();
      assertTrue(
          end instanceof InterruptedException || end instanceof Reconciliation,
          () -> role + ": " + end);
      if (role == Role.BOB) {
        assertInstanceOf(InterruptedException.class, end, "Bob cannot do without Alice");
      }
    }
  }
}
