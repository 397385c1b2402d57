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
  LIBCOAP_OSCORE(
      "libcoap-oscore", "LibcoapOscore", "libcoap's client with OSCORE, 4.3.4 or later (.ci/run)") {
    @Override
    Optional<String> where() {
      return inFolder("coap-client-oscore").or(() -> tooOld(onPath("coap-client-gnutls")));
    }

    /** An older one is there, but cannot be used. */
    private Optional<String> tooOld(Optional<String> older) {
      return older.map(found -> "absent: " + found + " is too old, 4.3.4 is needed");
    }
  },
  LIBCOAP_NODE(
      "libcoap-dev",
      "LibcoapNode",
      "what a node in C is built with (Debian: gcc make pkg-config libcoap3-dev)") {
    @Override
    Optional<String> where() {
      return onPath("cc")
          .filter(cc -> onPath("make").isPresent() && onPath("pkg-config").isPresent())
          .filter(cc -> succeeds("pkg-config", "--exists", "libcoap-3-gnutls"));
    }
  },
  NODE_COAP("node-coap", "NodeCoap", "a CoAP client in JavaScript (npm: coap 1.5.0; .ci/run)") {
    @Override
    Optional<String> where() {
      return onPath("node").flatMap(node -> inFolder("node-coap/node_modules/coap/package.json"));
    }
  },
  OPENSSL("openssl", "Openssl", "a DTLS client that can offer one suite alone (Debian: openssl)") {
    @Override
    Optional<String> where() {
      return onPath("openssl");
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

  /** The longest word that fits counts: a test of LibcoapOscore is none of Libcoap. */
  boolean isNamedIn(String test) {
    return test.contains(word)
        && Stream.of(values())
            .filter(p -> p != this && p.word.contains(word))
            .noneMatch(p -> test.contains(p.word));
  }

  /** In the folder where {@code .ci/run} puts peers that no package of the system has. */
  private static Optional<String> inFolder(String file) {
    String folder = System.getenv("BELLGATE_PEERS");
    Path peers =
        folder == null || folder.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache", "bellgate-peers")
            : Path.of(folder);
    return Optional.of(peers.resolve(file)).filter(Files::exists).map(Path::toString);
  }

  private static boolean succeeds(String... command) {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    } catch (java.io.IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Optional<String> onPath(String command) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(folder -> Path.of(folder, command))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }
}
