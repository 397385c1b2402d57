package io.bellgate.keys.pool;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.keys.pool.store.Levels;
import io.bellgate.keys.pool.store.Place;
import java.nio.file.Path;
import org.osgi.framework.BundleContext;

/**
 * How a pool works; changes take effect at once.
 *
 * @param lab whether simulated origins are accepted
 * @param levels of the stocks
 * @param leaseChunks chunks that are leased ahead
 */
record Settings(boolean lab, Levels levels, int leaseChunks) {
  private static final int MOST_LEASE_CHUNKS = 4_096;

  Settings {
    if (leaseChunks < 1 || leaseChunks > MOST_LEASE_CHUNKS) {
      throw new IllegalArgumentException(
          "leaseChunks is 1 to " + MOST_LEASE_CHUNKS + ": value=" + leaseChunks);
    }
  }

  static Settings of(Configuration configuration, BundleContext context) {
    return new Settings(
        configuration.lab() || Boolean.parseBoolean(context.getProperty("bellgate.lab")),
        Levels.of(
            configuration.readyOctets(),
            configuration.warningOctets(),
            configuration.authenticationReserveOctets()),
        configuration.leaseChunks());
  }

  /**
   * Checks where a key comes from.
   *
   * @throws IllegalArgumentException if it is simulated and this is no lab
   */
  void check(KeyOrigin origin) {
    if (origin.simulated() && !lab) {
      throw new IllegalArgumentException(
          "simulated key is accepted in lab mode only: origin="
              + origin
              + "; set lab=true if this is a lab");
    }
  }

  static Place place(Configuration configuration, BundleContext context) {
    return new Place(
        path(configuration.folder(), context, "pool"),
        path(configuration.keyFile(), context, "secrets/pool.key"),
        configuration.site().isEmpty() ? property(context, "bellgate.site") : configuration.site(),
        configuration.fsync());
  }

  private static Path path(String configured, BundleContext context, String inData) {
    return configured.isEmpty()
        ? Path.of(property(context, "bellgate.data")).resolve(inData)
        : Path.of(configured).toAbsolutePath();
  }

  private static String property(BundleContext context, String name) {
    String value = context.getProperty(name);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(
          "what the configuration leaves empty comes from the framework: missing=" + name);
    }
    return value;
  }
}
