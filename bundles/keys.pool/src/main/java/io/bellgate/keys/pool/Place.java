package io.bellgate.keys.pool;

import java.nio.file.Path;
import org.osgi.framework.BundleContext;

/**
 * Where a pool keeps its things, and how.
 *
 * @param folder of the store
 * @param keyFile of the wrapping key
 * @param site this site's ID
 * @param fsync whether a power cut counts
 */
record Place(Path folder, Path keyFile, String site, boolean fsync) {

  static Place of(Configuration configuration, BundleContext context) {
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

  Path store() {
    return folder.resolve("pool.journal");
  }
}
