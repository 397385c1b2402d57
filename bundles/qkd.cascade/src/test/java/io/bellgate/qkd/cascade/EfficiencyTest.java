package io.bellgate.qkd.cascade;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Efficiency and round trips at n = 16,384, served "min", against an independent reference
 * (thousands of frames a point, itself within 0.005 of the curves of arXiv 1407.3257): f within
 * 0.005, round trips within a tenth. Seeds are fixed, so that a run is one of many that would pass:
 * the standard error is a small part of the tolerance, and that is asserted, too.
 */
class EfficiencyTest {
  private static final int N = 16_384;
  private static final double TOLERANCE = 0.005;
  private static final int[] PERCENT = {1, 2, 4, 5, 6, 8, 10, 11};

  private static final double[][] F = {
    {1.0625, 1.0641, 1.0711, 1.0763, 1.0711, 1.0870, 1.0999, 1.1006},
    {1.0416, 1.0395, 1.0421, 1.0472, 1.0524, 1.0561, 1.0657, 1.0711},
    {1.0444, 1.0402, 1.0435, 1.0413, 1.0448, 1.0558, 1.0565, 1.0607}
  };
  private static final int[][] ROUND_TRIPS = {
    {145, 163, 172, 181, 187, 179, 168, 206},
    {380, 528, 677, 1127, 1623, 803, 1428, 1781},
    {521, 822, 1556, 1077, 1526, 2424, 2052, 2398}
  };

  private static void check(Variant variant, int point, int frames) throws Exception {
    int row = variant.ordinal() - Variant.OPT4.ordinal();
    long seed = 1000L * row + point;
    Frames run = new Frames(variant, Serve.MIN, N, PERCENT[point] / 100.0, seed).run(frames);
    System.out.printf(
        "EfficiencyTest seed=%d %s; reference f=%.4f round trips=%d%n",
        seed, run, F[row][point], ROUND_TRIPS[row][point]);
    assertTrue(run.standardError() < TOLERANCE / 3, run::toString);
    assertEquals(F[row][point], run.f(), TOLERANCE, run::toString);
    assertEquals(
        ROUND_TRIPS[row][point],
        run.meanRoundTrips(),
        ROUND_TRIPS[row][point] * 0.1,
        run::toString);
  }

  @Test
  void opt4IsAsGoodAsTheReference() throws Exception {
    check(Variant.OPT4, 0, 200);
    check(Variant.OPT4, 3, 200);
    check(Variant.OPT4, 6, 100);
  }

  @Test
  void opt7IsAsGoodAsTheReference() throws Exception {
    check(Variant.OPT7, 0, 150);
    check(Variant.OPT7, 3, 100);
  }

  @Test
  void opt8IsAsGoodAsTheReference() throws Exception {
    check(Variant.OPT8, 1, 100);
    check(Variant.OPT8, 5, 60);
  }

  @Test
  @Tag("long")
  void everyPointIsAsGoodAsTheReference() throws Exception {
    List<Executable> points = new ArrayList<>();
    for (Variant variant : List.of(Variant.OPT4, Variant.OPT7, Variant.OPT8)) {
      for (int point = 0; point < PERCENT.length; point++) {
        int which = point;
        points.add(() -> check(variant, which, 1000));
      }
    }
    assertAll(points);
  }

  /**
   * An even pattern of errors escapes each of the last 12 or 14 passes with probability 1/2; the
   * reference has seen up to 5e-4 of the frames keep errors. Fixed seeds.
   */
  @Test
  void keepsErrorsInFewFrames() throws Exception {
    for (Variant variant : List.of(Variant.OPT4, Variant.OPT7, Variant.OPT8)) {
      Frames run = new Frames(variant, Serve.ALL, 1024, 0.02, 7).run(1500);
      System.out.println("EfficiencyTest seed=7 " + run);
      assertTrue(run.failed <= 3, run::toString);
    }
  }

  /** Pitfall 17, f over successful frames alone: the disclosure of failed frames counts. */
  @Test
  void countsFailedFramesToo() throws Exception {
    Frames run = new Frames(Variant.ORIGINAL, Serve.ALL, 1024, 0.005, 8).run(1500);
    System.out.println("EfficiencyTest seed=8 " + run);
    assertTrue(run.failed > 0, run::toString);
    assertTrue(run.parities > run.paritiesOfGood, run::toString);
    assertEquals(run.f() * run.frames * 1024 * Frames.h(0.005), run.parities, 1e-6 * run.parities);
  }
}
