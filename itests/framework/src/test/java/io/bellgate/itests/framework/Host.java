package io.bellgate.itests.framework;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.cleanCaches;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.frameworkStartLevel;
import static org.ops4j.pax.exam.CoreOptions.workingDirectory;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Manifest;
import org.ops4j.pax.exam.Option;

/**
 * What every framework under test starts with, seen from the host: the feature {@code base}, the
 * test machinery, the launcher's services. Everything is a file of the build or on the class path.
 */
final class Host {
  private static final int MACHINERY = 5;

  private static final List<String> BUNDLES =
      List.of(
          "org.ops4j.base",
          "org.ops4j.pax.swissbox.core",
          "org.ops4j.pax.swissbox.extender",
          "org.ops4j.pax.swissbox.lifecycle",
          "org.ops4j.pax.swissbox.tracker",
          "jakarta.inject.jakarta.inject-api",
          "org.ops4j.pax.exam",
          "org.ops4j.pax.exam.extender.service",
          "org.ops4j.pax.exam.inject",
          "org.opentest4j",
          "junit-platform-commons",
          "junit-platform-engine",
          "junit-platform-launcher",
          "junit-jupiter-api",
          "junit-jupiter-engine",
          "io.bellgate.itests.bridge",
          "io.bellgate.itests.support",
          "io.bellgate.itests.traffic");

  private Host() {}

  /**
   * The configuration of one test class.
   *
   * @param test names the folders
   */
  static Option[] framework(Class<?> test) {
    Path work = Path.of(System.getProperty("bellgate.work")).resolve(test.getSimpleName());
    try {
      delete(work);
      Files.createDirectories(work.resolve("data"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Option> options = new ArrayList<>();
    options.add(workingDirectory(work.resolve("framework").toString()));
    options.add(cleanCaches());
    options.add(frameworkStartLevel(100));
    options.add(frameworkProperty("bellgate.site").value("alice"));
    options.add(frameworkProperty("bellgate.data").value(work.resolve("data").toString()));
    options.add(frameworkProperty("bellgate.home").value(Program.root().toString()));
    options.add(frameworkProperty("bellgate.version").value("0.1.0"));
    options.add(frameworkProperty("bellgate.lab").value("true"));
    options.add(frameworkProperty("gosh.args").value("--nointeractive --noshutdown"));
    options.add(frameworkProperty("felix.log.level").value("1"));
    for (Program.Part part : Program.parts("base")) {
      options.add(bundle(part.jar().toUri().toString()).startLevel(part.order()));
    }
    Map<String, String> jars = onClassPath();
    for (String name : BUNDLES) {
      String jar = jars.get(name);
      if (jar == null) {
        throw new IllegalStateException("not on the class path: bundle=" + name);
      }
      options.add(bundle(jar).startLevel(MACHINERY));
    }
    return options.toArray(Option[]::new);
  }

  /** Symbolic name to URL of every bundle on the class path. */
  private static Map<String, String> onClassPath() {
    Map<String, String> jars = new HashMap<>();
    try {
      for (URL url :
          Collections.list(Host.class.getClassLoader().getResources("META-INF/MANIFEST.MF"))) {
        try (InputStream in = url.openStream()) {
          String name = new Manifest(in).getMainAttributes().getValue("Bundle-SymbolicName");
          if (name != null && url.getProtocol().equals("jar")) {
            String jar = url.toString().replaceFirst("^jar:", "").replaceFirst("!/.*$", "");
            jars.put(name.split(";")[0].strip(), jar);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return jars;
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var all = Files.walk(folder)) {
        for (Path path : all.sorted(Collections.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
