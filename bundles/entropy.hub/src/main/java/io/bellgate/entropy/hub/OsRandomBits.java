package io.bellgate.entropy.hub;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.EntropyFailure;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.ops.StatusSource;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * Random bits of the operating system. Everything drawn passes the health tests first; once one has
 * fired, nothing is given out until the bundle is started anew.
 *
 * <p>One lock: this object's monitor guards source, tests and counters. A swap runs the new version
 * beside the old: there is no state to hand over.
 */
@Component(
    immediate = true,
    service = {RandomBits.class, StatusSource.class},
    property = StatusSource.SECTION + "=entropy")
public final class OsRandomBits implements RandomBits, StatusSource {
  private static final System.Logger LOG = System.getLogger(OsRandomBits.class.getName());
  private static final int MOST_OCTETS = 65_536;

  private final HealthTests tests = new HealthTests();
  private final NoiseSource noise;
  private String failure = "";
  private long drawnOctets;
  private long draws;
  private long refusals;

  /** Opens the operating system's source and runs the start-up tests. */
  @Activate
  public OsRandomBits() {
    this(open());
  }

  /**
   * Runs the start-up tests on a source.
   *
   * @param noise owned by this object from now on
   */
  OsRandomBits(NoiseSource noise) {
    this.noise = noise;
    byte[] startup = new byte[HealthTests.STARTUP_SAMPLES];
    readTested(startup);
    Arrays.fill(startup, (byte) 0);
    LOG.log(Level.INFO, "random bits: source={0} failure={1}", noise.name(), failure);
  }

  private static NoiseSource open() {
    try {
      return OperatingSystem.open();
    } catch (IOException absent) {
      return new AbsentSource(absent);
    }
  }

  @Deactivate
  synchronized void stop() {
    failure = failure.isEmpty() ? "stopped" : failure;
    noise.close();
  }

  @Override
  public Secret draw(int octets) {
    if (octets < 1 || octets > MOST_OCTETS) {
      throw new IllegalArgumentException(
          "a draw is 1 to " + MOST_OCTETS + " octets: octets=" + octets);
    }
    byte[] drawn = new byte[octets];
    try {
      fill(drawn);
      return Secret.absorb(drawn);
    } finally {
      Arrays.fill(drawn, (byte) 0);
    }
  }

  @Override
  public synchronized void fill(byte[] octets) {
    readTested(octets);
    if (!failure.isEmpty()) {
      refusals++;
      throw new EntropyFailure(
          "random bits are given out only while the source is healthy: source="
              + noise.name()
              + " failure="
              + failure
              + "; check the device, then restart the bundle");
    }
    draws++;
    drawnOctets += octets.length;
  }

  @Override
  public String source() {
    return noise.name();
  }

  @Override
  public synchronized Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("source", noise.name());
    status.put("healthy", failure.isEmpty());
    status.put("failure", failure);
    status.put("creditedEntropyBits", 0);
    status.put("draws", draws);
    status.put("drawnOctets", drawnOctets);
    status.put("refusals", refusals);
    return status;
  }

  /** Reads, tests, and latches a failure; a failed read leaves nothing in the array. */
  private void readTested(byte[] octets) {
    if (!failure.isEmpty()) {
      return;
    }
    try {
      noise.read(octets);
      tests.feed(octets).ifPresent(this::fail);
    } catch (IOException broken) {
      fail(String.valueOf(broken.getMessage()));
    }
    if (!failure.isEmpty()) {
      Arrays.fill(octets, (byte) 0);
    }
  }

  private void fail(String reason) {
    failure = reason;
    LOG.log(Level.WARNING, "random bits stop: source={0} failure={1}", noise.name(), failure);
  }

  /** Stands for a source that could not be opened. */
  private record AbsentSource(IOException why) implements NoiseSource {
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
