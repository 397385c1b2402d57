package io.bellgate.keys.pqc;

import io.bellgate.keys.pqc.identity.Places;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.BundleContext;

/**
 * How keys are made.
 *
 * @param site this site's ID
 * @param suites enabled ones, best first
 * @param keysPerExchange 2 to 256
 * @param lowWaterKeys fewer start an exchange
 * @param life of the keys
 */
record Settings(
    String site, List<Suite> suites, int keysPerExchange, int lowWaterKeys, Duration life) {
  /** The most keys of one exchange; HKDF with SHA-384 could expand to 382. */
  static final int MOST_KEYS = 256;

  Settings {
    if (keysPerExchange < 2 || keysPerExchange > MOST_KEYS || lowWaterKeys < 0) {
      throw new IllegalArgumentException(
          "an exchange makes 2 to 256 keys, and a low water is not negative: keysPerExchange="
              + keysPerExchange
              + " lowWaterKeys="
              + lowWaterKeys);
    }
  }

  static Settings of(Configuration configuration, BundleContext context) {
    return new Settings(
        Places.site(configuration.site(), context),
        suites(configuration),
        configuration.keysPerExchange(),
        configuration.lowWaterKeys(),
        Duration.ofSeconds(configuration.keyLifeSeconds()));
  }

  private static List<Suite> suites(Configuration configuration) {
    List<Suite> suites = new ArrayList<>();
    for (String id : configuration.suites()) {
      suites.add(Suite.named(id.trim()));
    }
    if (suites.isEmpty() || suites.contains(Suite.CLASSICAL)) {
      throw new IllegalArgumentException(
          "BG-PQC-007 suites names at least one that is quantum safe; classical=true adds X25519"
              + " alone: suites="
              + suites.stream().map(Suite::id).toList());
    }
    if (configuration.classical()) {
      suites.add(Suite.CLASSICAL);
    }
    return suites.stream().distinct().toList();
  }
}
