package io.bellgate.entropy.hub;

import io.bellgate.api.entropy.EntropyFailure;
import io.bellgate.api.entropy.NoiseSource.Description;
import io.bellgate.api.entropy.NoiseSource.Output;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The operating system's generator. The kernel conditions what it gives, so a weak source behind it
 * looks perfect here: the tests see total failure only (a file of zeros, a broken read), assume a
 * floor of one bit an octet, and no entropy is credited because of them. Once one has fired,
 * nothing is given out any more. Thread safe.
 */
final class SystemSource implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SystemSource.class.getName());
  private static final double FLOOR_BITS = 1;
  private static final int ALPHA_EXPONENT = 20;

  private final OperatingSystem.Octets octets;
  private final HealthTests tests;
  private String failure = "";
  private long drawn;

  SystemSource(OperatingSystem.Octets octets) {
    this.octets = octets;
    this.tests =
        new HealthTests(
            new Description(
                octets.name(), "os", Output.OPAQUE, 8, FLOOR_BITS, "none", 1, false, false),
            ALPHA_EXPONENT);
    byte[] startup = new byte[HealthTests.STARTUP_SAMPLES];
    read(startup);
    Arrays.fill(startup, (byte) 0);
    drawn = 0;
  }

  /** The system's source, or one that says why there is none. */
  static SystemSource open() {
    try {
      return new SystemSource(OperatingSystem.open());
    } catch (IOException absent) {
      return new SystemSource(new Absent(absent));
    }
  }

  String name() {
    return octets.name();
  }

  synchronized boolean healthy() {
    return failure.isEmpty();
  }

  /**
   * Fills an array.
   *
   * @throws EntropyFailure if the source has failed; the array is zero then
   */
  synchronized void fill(byte[] out) {
    read(out);
    if (!failure.isEmpty()) {
      throw new EntropyFailure(
          "BG-ENTROPY-002 the operating system's source has failed: source="
              + name()
              + " failure="
              + failure
              + "; check the device, then restart the bundle");
    }
  }

  private void read(byte[] out) {
    if (failure.isEmpty()) {
      try {
        octets.read(out);
        if (tests.feed(out) != HealthTests.Verdict.HEALTHY) {
          fail(tests.found());
        }
        drawn += out.length;
      } catch (IOException broken) {
        fail(String.valueOf(broken.getMessage()));
      }
    }
    if (!failure.isEmpty()) {
      Arrays.fill(out, (byte) 0);
    }
  }

  private void fail(String reason) {
    failure = reason;
    LOG.log(Level.WARNING, "random bits stop: source={0} failure={1}", name(), failure);
  }

  synchronized Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("name", name());
    status.put("healthy", failure.isEmpty());
    status.put("failure", failure);
    status.put("creditedEntropyBits", 0);
    status.put("drawnOctets", drawn);
    return status;
  }

  @Override
  public synchronized void close() {
    failure = failure.isEmpty() ? "stopped" : failure;
    octets.close();
  }

  /** Stands for a source that could not be opened. */
  private record Absent(IOException why) implements OperatingSystem.Octets {
    @Override
    public String name() {
      return "none";
    }

    @Override
    public void read(byte[] octets) throws IOException {
      throw why;
    }
  }
}
