package io.bellgate.qkd.link;

import java.util.Locale;

/** A block record in one line, for people. */
final class RecordLine {
  private RecordLine() {}

  static String of(BlockRecord r) {
    String head =
        String.format(
            Locale.ROOT,
            "%s%s %s %.1f s, %d pulses, %d detections, sifted %d+%d, QBER %s",
            r.id().toString().substring(0, 8),
            r.simulated() ? " (simulated)" : "",
            r.outcome(),
            r.took().toMillis() / 1e3,
            r.counts().pulses(),
            r.counts().detections(),
            r.counts().keySifted(),
            r.counts().testSifted(),
            Double.isNaN(r.qber()) ? "-" : String.format(Locale.ROOT, "%.2f %%", 100 * r.qber()));
    return r.confirmed()
        ? head
            + String.format(
                Locale.ROOT,
                ", disclosed %d+%d+%d bits, secret key %d bits",
                r.spent().aliceBits(),
                r.spent().bobBits(),
                r.spent().verificationBits(),
                r.secretBits())
        : head + ": " + r.reason() + ", " + r.evidence();
  }
}
