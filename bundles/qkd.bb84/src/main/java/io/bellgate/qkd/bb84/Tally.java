package io.bellgate.qkd.bb84;

import io.bellgate.api.qkd.Plan;
import io.bellgate.api.qkd.Sifting;
import io.bellgate.api.qkd.Sifting.Counts;
import io.bellgate.api.qkd.Sifting.Reason;
import java.util.Optional;

/**
 * What was counted, held against the plan's thresholds. Both ends come to the same tally.
 *
 * @param plan the thresholds
 * @param counts so far
 */
record Tally(Plan plan, Counts counts) {
  /** After both ends' bases are known. */
  static Tally sifted(Plan plan, Announcement said, long key, long test) {
    return new Tally(
        plan, new Counts(plan.pulses(), said.pulses().length, said.doubleClicks(), key, test, 0));
  }

  Tally errors(long errors) {
    return new Tally(
        plan,
        new Counts(
            counts.pulses(),
            counts.detections(),
            counts.doubleClicks(),
            counts.keySifted(),
            counts.testSifted(),
            errors));
  }

  /** Errors of all test bits: no sample of a sample. */
  double qber() {
    return (double) counts.testErrors() / counts.testSifted();
  }

  boolean tooFew() {
    return counts.keySifted() < plan.keyBits() || counts.testSifted() < plan.testBits();
  }

  boolean tooManyErrors() {
    return !(qber() <= plan.qberTolerance());
  }

  Sifting.Aborted aborted(Reason reason) {
    if (reason == Reason.TOO_FEW) {
      return new Sifting.Aborted(
          reason,
          "a block has the bits it was planned for: keySifted="
              + counts.keySifted()
              + " keyBits="
              + plan.keyBits()
              + " testSifted="
              + counts.testSifted()
              + " testBits="
              + plan.testBits()
              + "; plan more pulses, or look at the loss",
          counts,
          Double.NaN);
    }
    return new Sifting.Aborted(
        reason,
        "errors in the test basis are at most what the plan tolerates: qber="
            + qber()
            + " tolerance="
            + plan.qberTolerance()
            + " testErrors="
            + counts.testErrors()
            + " testSifted="
            + counts.testSifted()
            + "; noise, or somebody listens",
        counts,
        qber());
  }

  /** {@code [07][reason u8][key sifted u32][test sifted u32][test errors u32]}. */
  byte[] write(Reason reason) {
    return new BitOut()
        .bits(Type.ABORTED.code(), 8)
        .bits(reason.ordinal(), 8)
        .bits(counts.keySifted(), 32)
        .bits(counts.testSifted(), 32)
        .bits(counts.testErrors(), 32)
        .octets();
  }

  /**
   * Reads the peer's abort, after its type, if that is what the message is.
   *
   * @param type the message's
   */
  static Optional<Sifting.Aborted> read(long type, BitIn in, Plan plan, Announcement said)
      throws Malformed {
    if (type != Type.ABORTED.code()) {
      return Optional.empty();
    }
    long reason = in.bits(8);
    Tally tally = sifted(plan, said, in.bits(32), in.bits(32)).errors(in.bits(32));
    in.end();
    Counts counts = tally.counts;
    if (reason != Reason.TOO_FEW.ordinal() && reason != Reason.QBER.ordinal()
        || counts.keySifted() + counts.testSifted() > counts.detections()
        || counts.testErrors() > counts.testSifted()) {
      throw new Malformed("an abort has a reason, and counts within the detections");
    }
    return Optional.of(tally.aborted(Reason.values()[(int) reason]));
  }
}
