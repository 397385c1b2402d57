package io.bellgate.qkd.optics;

import io.bellgate.api.qkd.QuantumChannel.Detections;
import java.util.Arrays;

/** What Bob's bench found so far. For one thread. */
final class Found implements Device.Notes {
  private long[] pulses = new long[1024];
  private byte[] settings = new byte[1024];
  private byte[] values = new byte[1024];
  private int count;
  private Passage.Batch asked;
  private byte[] chosen = new byte[0];

  @Override
  public void chosen(Passage.Batch batch, byte[] settingsOfIt) {
    asked = batch;
    chosen = settingsOfIt;
  }

  @Override
  public void clicked(byte[] outcomes) throws Malformed {
    if (outcomes.length != chosen.length) {
      throw new Malformed("outcomes are as many as were asked for");
    }
    room(outcomes.length);
    for (int i = 0; i < outcomes.length; i++) {
      if (outcomes[i] != Odds.NOTHING) {
        pulses[count] = asked.from() + asked.offsets()[i];
        settings[count] = chosen[i];
        values[count++] = outcomes[i];
      }
    }
    Arrays.fill(outcomes, (byte) 0);
    chosen = new byte[0];
  }

  private void room(int more) {
    if (count + more > pulses.length) {
      int size = Math.max(2 * pulses.length, count + more);
      byte[] before = values;
      pulses = Arrays.copyOf(pulses, size);
      settings = Arrays.copyOf(settings, size);
      values = Arrays.copyOf(values, size);
      Arrays.fill(before, (byte) 0);
    }
  }

  /** What was found; nothing of it stays here. */
  Detections take() {
    Detections found =
        new Detections(
            Arrays.copyOf(pulses, count),
            Arrays.copyOf(settings, count),
            Arrays.copyOf(values, count));
    wipe();
    return found;
  }

  void wipe() {
    Arrays.fill(values, (byte) 0);
    count = 0;
  }
}
