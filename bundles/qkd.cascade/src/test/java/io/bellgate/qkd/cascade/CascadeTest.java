package io.bellgate.qkd.cascade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.SecretBits;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.qkd.ChannelPair;
import io.bellgate.api.qkd.Reconciler;
import io.bellgate.api.qkd.Reconciler.Reconciliation;
import io.bellgate.api.qkd.ReconcilerContract;
import io.bellgate.api.qkd.Role;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CascadeTest {
  private static Cascade configured(String variant, String serve) {
    Map<String, Object> values = Map.of("variant", variant, "serve", serve);
    return new Cascade(
        (Cascade.Settings)
            Proxy.newProxyInstance(
                Cascade.class.getClassLoader(),
                new Class<?>[] {Cascade.Settings.class},
                (p, m, a) -> values.get(m.getName())));
  }

  @Nested
  class AsConfiguredByDefault extends ReconcilerContract {
    @Override
    protected Reconciler reconciler() throws Exception {
      return configured(
          (String) Cascade.Settings.class.getMethod("variant").getDefaultValue(),
          (String) Cascade.Settings.class.getMethod("serve").getDefaultValue());
    }
  }

  @Nested
  class Opt8ServedMin extends ReconcilerContract {
    @Override
    protected Reconciler reconciler() {
      return configured("opt8", "min");
    }
  }

  private static long[] reconciled(
      Variant variant, long[] alice, long[] bob, int length, double qber, int corrected)
      throws Exception {
    Frames.Answering channel = new Frames.Answering(new Alice(variant, alice, length, qber));
    try (SecretBits key = SecretBits.absorb(bob.clone(), length)) {
      Reconciliation result =
          new Cascade(variant, Serve.ALL)
              .reconcile(Role.BOB, key, qber, channel, new SeededBits(length));
      assertEquals(corrected, result.correctedBits());
      return result.key().lend(long[]::clone);
    }
  }

  @Test
  void takesKeysOfAnyLengthAtAnyErrorRate() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    for (Variant variant : Variant.values()) {
      for (int length : new int[] {64, 65, 127, 128, 1021, 10_000, 16_385}) {
        for (double qber : new double[] {0, 1e-9, 0.001, 0.11, 0.25}) {
          long[] alice = Frames.key(length, random);
          int errors = (int) Math.round(length * qber * 0.9);
          long[] bob = Frames.withErrors(alice, length, errors, random);
          if (variant == Variant.ORIGINAL && errors > 0) {
            continue; // four passes leave errors in a key this small often enough
          }
          String at = variant + " length=" + length + " qber=" + qber;
          assertArrayEquals(alice, reconciled(variant, alice, bob, length, qber, errors), at);
        }
      }
    }
  }

  @Test
  void correctsMoreErrorsThanExpected() throws Exception {
    SplittableRandom random = new SplittableRandom(2);
    long[] alice = Frames.key(4096, random);
    for (int errors : new int[] {1, 2, 40, 120}) {
      long[] bob = Frames.withErrors(alice, 4096, errors, random);
      assertArrayEquals(alice, reconciled(Variant.OPT4, alice, bob, 4096, 0, errors));
    }
  }

  @Test
  void givesUpOnKeysThatHaveNothingInCommon() throws Exception {
    SplittableRandom random = new SplittableRandom(3);
    long[] alice = Frames.key(4096, random);
    Frames.Answering channel = new Frames.Answering(new Alice(Variant.OPT4, alice, 4096, 0.01));
    try (SecretBits key = SecretBits.absorb(Frames.key(4096, random), 4096)) {
      Reconciliation result =
          new Cascade(Variant.OPT4, Serve.ALL)
              .reconcile(Role.BOB, key, 0.01, channel, new SeededBits(3));
      assertTrue(result.aliceDisclosedBits() > 4096 - 1024, result::toString);
      assertTrue(result.aliceDisclosedBits() <= 2 * 4096 + 1024, result::toString);
    }
  }

  /** Pitfall 14, stages that pass data through: errors of 5 % are really corrected. */
  @Test
  void correctsFivePercent() throws Exception {
    SplittableRandom random = new SplittableRandom(4);
    long[] alice = Frames.key(16_384, random);
    long[] bob = Frames.withErrors(alice, 16_384, 819, random);
    assertEquals(819, Frames.differences(alice, bob));
    assertEquals(
        0,
        Frames.differences(alice, reconciled(Variant.OPT4, alice, bob, 16_384, 0.05, 819)),
        "errors left");
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertRefused(63, 0.01);
    assertRefused((1 << 20) + 1, 0.01);
    assertRefused(64, 0.2501);
    assertRefused(64, -0.1);
    assertRefused(64, Double.NaN);
    for (String[] wrong : new String[][] {{"opt9", "all"}, {"opt4", "most"}, {"", ""}}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> configured(wrong[0], wrong[1]))
              .getMessage();
      assertTrue(message.startsWith("BG-CASCADE-005"), message);
    }
  }

  private static void assertRefused(int length, double qber) {
    SecretBits key = SecretBits.absorb(new long[(length + 63) / 64], length);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            configured("opt4", "all")
                .reconcile(
                    Role.BOB, key, qber, new ChannelPair().end(Role.BOB), new SeededBits(0)));
  }

  /** What a pass holds of a key is gone when a block has ended. */
  @Test
  void wipesItsCopies() {
    SplittableRandom random = new SplittableRandom(5);
    long[] key = Frames.key(1000, random);
    Layout layout = new Layout(Variant.OPT8, key, 1000, 0.02, new byte[32]);
    boolean held = false;
    for (int i = 0; i < Variant.OPT8.passes; i++) {
      Pass pass = layout.open();
      for (int p = 0; p < 1000; p++) {
        held |= i == 1 && pass.order().parity(p, p + 1);
      }
    }
    assertTrue(held);
    java.util.Arrays.fill(key, 0);
    layout.wipe();
    for (int i = 0; i < Variant.OPT8.passes; i++) {
      for (int p = 0; p < 1000; p++) {
        assertFalse(layout.pass(i).order().parity(p, p + 1), "pass " + i + " position " + p);
      }
    }
  }
}
