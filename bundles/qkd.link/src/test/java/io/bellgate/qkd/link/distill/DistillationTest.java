package io.bellgate.qkd.link.distill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.bits.SecretBits;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.qkd.ChannelPair;
import io.bellgate.api.qkd.Reconciler;
import io.bellgate.api.qkd.Role;
import io.bellgate.api.qkd.Sifting;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistillationTest {
  private static final long SEED = 20261125;
  private static final int BITS = 4_000;
  private static final double EPSILON = 1e-10;
  private static final Budget BUDGET = new Budget(500);

  private final ChannelPair channels = new ChannelPair();

  /** Says nothing; leaves a number of errors in Bob's key, and claims what it is told to. */
  private record Careless(int errors, long disclosed) implements Reconciler {
    @Override
    public Reconciliation reconcile(
        Role role,
        SecretBits key,
        double qber,
        io.bellgate.api.qkd.ClassicalChannel channel,
        io.bellgate.api.entropy.RandomBits random) {
      long[] words = key.lend(long[]::clone);
      for (int i = 0; role == Role.BOB && i < errors; i++) {
        words[i * 7] ^= 1L << i;
      }
      return new Reconciliation(
          SecretBits.absorb(words, key.length()), disclosed / 2, disclosed - disclosed / 2, 1, 0);
    }
  }

  private static Sifting.Sifted sifted() {
    long[] words = new Random(SEED).longs((BITS + 63) / 64).toArray();
    return new Sifting.Sifted(
        SecretBits.absorb(words, BITS), Sifting.Counts.NONE, 0.01, 3_000, "a test");
  }

  private List<Distillation.Result> run(Reconciler reconciler) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Distillation.Result>> ends =
          List.of(Role.ALICE, Role.BOB).stream()
              .map(
                  role ->
                      threads.submit(
                          () ->
                              new Distillation(
                                      role,
                                      channels.end(role),
                                      new BestBits(new SeededBits(SEED + role.ordinal())),
                                      BUDGET)
                                  .run(sifted(), EPSILON, reconciler)))
              .toList();
      return List.of(ends.get(0).get(60, TimeUnit.SECONDS), ends.get(1).get(60, TimeUnit.SECONDS));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void givesBothEndsOneKeyOfThePlannedLength() throws Exception {
    List<Distillation.Result> results = run(new Careless(0, 400));
    Secret alice = ((Distillation.Distilled) results.get(0)).key();
    Secret bob = ((Distillation.Distilled) results.get(1)).key();
    assertTrue(alice.matches(bob));
    // 3000 - 500 - 129 - 67.4 = 2303.6, in whole chunks
    assertEquals(2_048, 8 * alice.length());
    assertEquals(8 * alice.length(), BUDGET.secretBits(3_000, EPSILON));
    // it is no part of the sifted key
    byte[] start = sifted().key().lend(w -> ToeplitzHash.octets(w, 256));
    assertNotEquals(List.of(start), List.of(alice.part(0, 32).lend(byte[]::clone)), "amplified");
  }

  /** Pitfall 4: 1, 2 or 4 errors that reconciliation left end the block, and are paid for. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void noticesWhatReconciliationLeft(int errors) throws Exception {
    for (Distillation.Result result : run(new Careless(errors, 400))) {
      Distillation.Failed failed = assertInstanceOf(Distillation.Failed.class, result);
      assertEquals("verification", failed.reason());
      assertEquals(129, failed.spent().verificationBits());
    }
  }

  @Test
  void givesNothingWhereMoreWasSaidThanPlanned() throws Exception {
    for (Distillation.Result result : run(new Careless(0, 501))) {
      assertEquals("budget", assertInstanceOf(Distillation.Failed.class, result).reason());
    }
    assertEquals(0, channels.transcript().size(), "neither hash nor seed left");
  }

  /** Pitfalls 9 and 10: the seed has its full length and is said last, after Bob's word. */
  @Test
  void saysTheSeedOnceTheKeyIsFixed() throws Exception {
    run(new Careless(0, 400));
    List<ChannelPair.Said> said = channels.transcript();
    assertEquals(4, said.size());
    assertEquals(48, said.get(0).octets().length, "hash and its value");
    assertEquals(Role.BOB, said.get(1).by());
    assertEquals(
        (BITS + 2_048 - 1 + 7) / 8 + 1, said.get(2).octets().length, "seed, and what bits were");
    assertTrue(said.get(3).tag() && said.get(3).by() == Role.ALICE);
    assertTrue(said.stream().noneMatch(s -> s.by() == Role.BOB && s.octets().length > 1));
  }
}
