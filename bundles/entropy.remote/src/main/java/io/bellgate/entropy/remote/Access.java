package io.bellgate.entropy.remote;

import io.bellgate.entropy.remote.feed.Endpoint;
import io.bellgate.entropy.remote.feed.Key;
import io.bellgate.entropy.remote.feed.SecretFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;

/** What the configurations of remote sources have in common. */
final class Access {
  static final Endpoint.Patience USUAL =
      new Endpoint.Patience(Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(60));

  private Access() {}

  /**
   * A key whose file can be read now.
   *
   * @param file a name in DATA/secrets; empty: no key
   */
  static Key key(BundleContext context, String header, String file) {
    if (file.isEmpty()) {
      return Key.NONE;
    }
    SecretFile secret = new SecretFile(secrets(context), file);
    try {
      secret.read().destroy();
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    return Key.of(header, secret);
  }

  private static Path secrets(BundleContext context) {
    String data = context.getProperty("bellgate.data");
    return Path.of(data == null ? "" : data).toAbsolutePath().resolve("secrets");
  }

  /** Makes something of a configuration; what is refused has one code. */
  static <R> R checked(Supplier<R> make) {
    try {
      return make.get();
    } catch (IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      throw new IllegalArgumentException(
          why.startsWith("BG-ENTROPY") ? why : "BG-ENTROPY-050 " + why, e);
    }
  }
}
