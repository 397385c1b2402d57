package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bellgate.itests.traffic.Delivered;
import io.bellgate.itests.traffic.Load;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A smoke subset on the newer Java: alice runs on 25, bob on the one of the build. */
class Jdk25IT {
  private static Optional<Path> jdk25() throws IOException {
    String home = System.getenv("JAVA25_HOME");
    if (home != null) {
      return Optional.of(Path.of(home)).filter(Jdk25IT::isOne);
    }
    Path all = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(all)) {
      return Optional.empty();
    }
    try (Stream<Path> homes = Files.list(all)) {
      return homes
          .filter(p -> p.getFileName().toString().contains("25"))
          .filter(Jdk25IT::isOne)
          .sorted()
          .findFirst();
    }
  }

  private static boolean isOne(Path home) {
    return Files.isExecutable(home.resolve("bin/java"));
  }

  @Test
  void carriesReadingsAndSwaps() throws Exception {
    Optional<Path> jdk = jdk25();
    assumeTrue(jdk.isPresent(), "no JDK 25 (JAVA25_HOME, or under /usr/lib/jvm)");
    try (TwoSites sites = TwoSites.make()) {
      Gateway alice = sites.alice().on(jdk.get()).start();
      Gateway bob = sites.bob().start();
      alice.trust(bob);
      bob.trust(alice);
      alice.awaitReady();
      bob.awaitReady();
      assertTrue(alice.command("doctor").out().contains(" 25"), "it really is 25");
      try (Load load = Load.endless("java25", 2, sites::coap)) {
        load.awaitAnother(20);
        String jar = Gateway.PROGRAM + "/demo/io.bellgate.coap.node-0.1.1-demo.jar";
        assertEquals(0, alice.command("swap", jar).code());
        load.awaitAnother(20);
        new Delivered(bob.north()).awaitExactlyOnce(load.finish(), Gateway.HANG);
      }
    }
  }
}
