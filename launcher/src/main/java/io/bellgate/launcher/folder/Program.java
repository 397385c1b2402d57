package io.bellgate.launcher.folder;

import io.bellgate.launcher.report.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * The installed program: read only, the same for all sites.
 *
 * @param home absolute path of the folder that holds {@code lib}, {@code system}, {@code features},
 *     {@code config}
 */
public record Program(Path home) {
  private static final Properties BUILD = build();

  public Program {
    home = home.toAbsolutePath().normalize();
  }

  /** From the system property {@code bellgate.home}, else from where the launcher's jar lies. */
  public static Program locate() {
    String named = System.getProperty("bellgate.home", "");
    if (!named.isEmpty()) {
      return new Program(Path.of(named));
    }
    try {
      Path jar = Path.of(Program.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return new Program(jar.getParent().getParent());
    } catch (URISyntaxException e) {
      throw Refusal.failed(
          "BG-PROGRAM-001", "", "the program folder is unknown", "start with -Dbellgate.home=DIR");
    }
  }

  public Path system() {
    return home.resolve("system");
  }

  public Path features() {
    return home.resolve("features");
  }

  public Path config() {
    return home.resolve("config");
  }

  public static String version() {
    return BUILD.getProperty("version");
  }

  /** Date of the build as ISO 8601; a clock before it is wrong. */
  public static String built() {
    return BUILD.getProperty("built");
  }

  /** The data folder of a site: {@code $BELLGATE_DATA/SITE}, else {@code HOME/data/SITE}. */
  public Path data(String site) {
    String root = System.getenv("BELLGATE_DATA");
    Path parent = root == null || root.isEmpty() ? home.resolve("data") : Path.of(root);
    return parent.resolve(site).toAbsolutePath().normalize();
  }

  private static Properties build() {
    Properties properties = new Properties();
    try (InputStream in = Program.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties;
  }

  /** Whether bundles lie there, that is whether the program is built. */
  public boolean complete() {
    return Files.isDirectory(system()) && Files.isDirectory(features());
  }
}
