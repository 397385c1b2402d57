package io.bellgate.itests.report;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Something that tests use where it is there: another implementation, another JDK, test vectors. A
 * test that needs one has its word in the name of the class or the method, and says why in the
 * message of its assumption when it does not run.
 */
enum Peer {
  LIBCOAP("libcoap", "Libcoap", "a CoAP client of another make (Debian: libcoap3-bin)") {
    @Override
    Optional<String> where() {
      return onPath("coap-client-notls").or(() -> onPath("coap-client"));
    }
  },
  JDK25("jdk25", "Jdk25", "a JDK 25 (JAVA25_HOME, or under /usr/lib/jvm)") {
    @Override
    Optional<String> where() {
      String home = System.getenv("JAVA25_HOME");
      if (home != null && Files.isExecutable(Path.of(home, "bin/java"))) {
        return Optional.of(home);
      }
      try (Stream<Path> all = Files.list(Path.of("/usr/lib/jvm"))) {
        return all.filter(p -> p.getFileName().toString().contains("25"))
            .filter(p -> Files.isExecutable(p.resolve("bin/java")))
            .map(Path::toString)
            .sorted()
            .findFirst();
      } catch (java.io.IOException e) {
        return Optional.empty();
      }
    }
  },
  VECTORS("vectors", "Vectors", "published test vectors (-Dbellgate.vectors=FOLDER)") {
    @Override
    Optional<String> where() {
      return Optional.ofNullable(System.getProperty("bellgate.vectors"))
          .filter(f -> Files.isDirectory(Path.of(f)));
    }
  },
  SYSTEMD_NOTIFY("systemd-notify", "SystemdNotify", "the notification command of systemd") {
    @Override
    Optional<String> where() {
      return onPath("systemd-notify");
    }
  },
  SWTPM("swtpm", "Swtpm", "an emulated TPM 2.0 (Debian: swtpm)") {
    @Override
    Optional<String> where() {
      return onPath("swtpm");
    }
  },
  SOFTHSM("softhsm", "SoftHsm", "a PKCS#11 token in software (Debian: softhsm2)") {
    @Override
    Optional<String> where() {
      return onPath("softhsm2-util");
    }
  };

  private final String label;
  private final String word;
  private final String description;

  Peer(String label, String word, String description) {
    this.label = label;
    this.word = word;
    this.description = description;
  }

  /** Where it is on this machine; empty if it is not. */
  abstract Optional<String> where();

  String label() {
    return label;
  }

  String description() {
    return description;
  }

  boolean isNamedIn(String test) {
    return test.contains(word);
  }

  private static Optional<String> onPath(String command) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(folder -> Path.of(folder, command))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }
}
