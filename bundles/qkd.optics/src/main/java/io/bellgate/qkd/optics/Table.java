package io.bellgate.qkd.optics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What stands on the optical table: fibre, detectors, and perhaps an eavesdropper. Simulated. May
 * be changed at any time by any thread; a running block follows from its next batch.
 */
final class Table {
  private final LongSupplier seeds;
  private final LongAdder measured = new LongAdder();
  private final LongAdder right = new LongAdder();
  private volatile Odds odds;
  private volatile double pulseRateHz;
  private volatile Eve eve = Eve.NONE;

  /**
   * Lays everything out.
   *
   * @param light the fibre and what is at its ends
   * @param pulseRateHz 0 is as fast as possible
   * @param seeds one for each block: the simulation's own chance, never a secret bit
   */
  Table(Light light, double pulseRateHz, LongSupplier seeds) {
    this.seeds = seeds;
    change(light, pulseRateHz);
  }

  final void change(Light light, double rateHz) {
    if (!(rateHz >= 0 && rateHz <= 1e12)) {
      throw new IllegalArgumentException(
          "BG-OPTICS-008 a value is in its range: pulseRateHz=" + rateHz + " least=0 most=1E12");
    }
    odds = new Odds(light);
    pulseRateHz = rateHz;
  }

  synchronized void fibre(double lengthKm) {
    odds = new Odds(odds.light().over(lengthKm));
  }

  void eve(Eve other) {
    eve = other;
  }

  Odds odds() {
    return odds;
  }

  double pulseRateHz() {
    return pulseRateHz;
  }

  Eve eve() {
    return eve;
  }

  Passage passage() {
    return new Passage(seeds.getAsLong());
  }

  /** Adds what an eavesdropper learned in a block. The bits themselves are not kept. */
  void learned(Passage passage) {
    measured.add(passage.measured());
    right.add(passage.right());
  }

  Map<String, Object> status() {
    Light light = odds.light();
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("simulated", true);
    status.put("description", light.describe());
    status.put("lossDecibels", light.lossDecibelsPerKm() * light.lengthKm());
    status.put("detectorEfficiency", light.detectorEfficiency());
    status.put("darkCountProbability", light.darkCountProbability());
    status.put("misalignmentError", light.misalignmentError());
    status.put("clickProbability", light.click());
    status.put("pulseRateHz", pulseRateHz);
    Map<String, Object> listening = new LinkedHashMap<>();
    listening.put("model", eve.model());
    listening.put("fraction", eve.fraction());
    listening.put("candidatesMeasured", measured.sum());
    listening.put("bitsRight", right.sum());
    status.put("eve", listening);
    return status;
  }
}
