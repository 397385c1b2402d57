package io.bellgate.qkd.optics;

import io.bellgate.api.qkd.QuantumChannel.Emission;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * What Alice remembers of the pulses that her bench was asked for: five octets each, found by
 * position. For one thread.
 */
final class Prepared implements Emission, Device.Notes {
  /** By first pulse of the batch. */
  private final TreeMap<Long, Asked> batches = new TreeMap<>();

  private record Asked(int[] offsets, byte[] settings) {}

  @Override
  public void chosen(Passage.Batch batch, byte[] settings) {
    if (settings.length > 0) {
      batches.put(batch.from(), new Asked(batch.offsets(), settings));
    }
  }

  @Override
  public void clicked(byte[] outcomes) throws Malformed {
    throw new Malformed("nobody tells Alice what clicked");
  }

  @Override
  public int setting(long pulse) {
    Map.Entry<Long, Asked> batch = batches.floorEntry(pulse);
    if (batch == null || pulse - batch.getKey() > Integer.MAX_VALUE) {
      return -1;
    }
    int found = Arrays.binarySearch(batch.getValue().offsets(), (int) (pulse - batch.getKey()));
    return found < 0 ? -1 : batch.getValue().settings()[found];
  }

  @Override
  public void close() {
    batches.values().forEach(b -> Arrays.fill(b.settings(), (byte) 0));
    batches.clear();
  }
}
