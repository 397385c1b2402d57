package io.bellgate.entropy.sim;

import io.bellgate.api.entropy.NoiseSource;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;

/**
 * A SIMULATED noise source: a pseudo-random generator that anybody who knows its seed can follow.
 * It starts in lab mode only, and nothing is credited because of it. Its fault may be changed while
 * it runs; any other change takes another source.
 */
@Component(
    configurationPid = "io.bellgate.entropy.sim",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    service = NoiseSource.class,
    property = "entropy.simulated:Boolean=true")
@Designate(ocd = Settings.class, factory = true)
public final class SimulatedSource implements NoiseSource {
  private static final System.Logger LOG = System.getLogger(SimulatedSource.class.getName());

  private final Description description;
  private final Noise noise;
  private volatile Noise.Fault fault;

  /**
   * Starts.
   *
   * @param context tells whether this gateway runs in a laboratory
   * @param configured model, parameter, fault
   * @throws IllegalStateException with BG-ENTROPY-021 outside lab mode
   * @throws IllegalArgumentException with BG-ENTROPY-020 if the configuration cannot be
   */
  @Activate
  public SimulatedSource(BundleContext context, Settings configured) {
    if (!"true".equals(context.getProperty("bellgate.lab"))) {
      throw new IllegalStateException(
          "BG-ENTROPY-021 simulated noise is for laboratories: start the gateway with --lab, or remove io.bellgate.entropy.sim");
    }
    long seed = configured.seed() == 0 ? ThreadLocalRandom.current().nextLong() : configured.seed();
    Noise.Model model = word(Noise.Model.class, configured.model());
    noise = new Noise(model, configured.parameter(), seed);
    fault = word(Noise.Fault.class, configured.fault());
    description =
        new Description(
            "SIMULATED:" + configured.name(),
            "simulated:" + configured.name(),
            Output.RAW,
            model.sampleBits(),
            model.minEntropy(configured.parameter()),
            "by construction: model=" + configured.model() + " parameter=" + configured.parameter(),
            configured.bits_per_second(),
            true,
            true);
    LOG.log(
        Level.WARNING,
        "SIMULATED noise: source={0} seed={1}",
        description.name(),
        Long.toString(seed));
  }

  @Modified
  void modified(Settings configured) {
    fault = word(Noise.Fault.class, configured.fault());
    LOG.log(Level.INFO, "SIMULATED noise: source={0} fault={1}", description.name(), fault);
  }

  private static <E extends Enum<E>> E word(Class<E> type, String word) {
    try {
      return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("BG-ENTROPY-020 no such word: word=" + word, e);
    }
  }

  @Override
  public Description description() {
    return description;
  }

  @Override
  public Reading open() {
    return new Paced();
  }

  /** Samples at the rate of a device. */
  private final class Paced implements Reading {
    private volatile boolean closed;
    private long dueNanos = System.nanoTime();

    @Override
    public synchronized void read(byte[] samples) throws IOException {
      long nanos = (long) (samples.length * 8e9 / description.bitsPerSecond());
      dueNanos = Math.max(dueNanos, System.nanoTime() - TimeUnit.SECONDS.toNanos(1)) + nanos;
      synchronized (noise) {
        noise.fill(samples, fault);
      }
      while (!closed && System.nanoTime() - dueNanos < 0) {
        sleep(dueNanos - System.nanoTime());
      }
      if (closed) {
        throw new IOException("the simulated source was closed");
      }
    }

    private void sleep(long nanos) throws IOException {
      try {
        TimeUnit.NANOSECONDS.sleep(Math.min(nanos, TimeUnit.MILLISECONDS.toNanos(50)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
