package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.itests.traffic.Await;
import io.bellgate.itests.traffic.Delivered;
import io.bellgate.itests.traffic.Load;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The errors of docs/errors.md: each is seen with its code, and what it says to do helps. */
class ErrorGalleryIT {
  private TwoSites sites;

  @BeforeEach
  void make() throws Exception {
    sites = TwoSites.make();
  }

  @AfterEach
  void end() {
    sites.close();
  }

  private static void seen(Gateway gateway, String code, String... command) throws Exception {
    StringBuilder last = new StringBuilder();
    Await.until(
        () -> code + " in " + String.join(" ", command) + ": " + last,
        Gateway.HANG,
        () -> {
          Gateway.Answer answer = gateway.ask(command);
          last.setLength(0);
          last.append(answer);
          return answer.out().contains(code) || answer.err().contains(code);
        });
  }

  @Test
  void untrustedPeer() throws Exception {
    Gateway alice = sites.alice().start().awaitReady();
    Gateway bob = sites.bob().start().awaitReady();
    seen(alice, "BG-PEER-001", "status", "peers");
    alice.trust(bob);
    bob.trust(alice);
    try (Load load = Load.start("trusted", 1, sites::coap, 3)) {
      new Delivered(bob.north()).awaitExactlyOnce(load.join(), Gateway.HANG);
    }
  }

  @Test
  void missingBundle() throws Exception {
    Path features = Files.createDirectories(sites.config().resolve("features"));
    Files.writeString(
        features.resolve("broken.json"),
        """
        {
          "feature-resource-version": "1.0",
          "id": "org.example:broken:1.0.0",
          "description": "Names a bundle that is nowhere",
          "bundles": [{"id": "org.example:nowhere:1.0.0"}],
          "extensions": {
            "bellgate:requires": {"type": "text", "kind": "mandatory", "text": ["base"]}
          }
        }
        """);
    sites.overlay("alice", "\"features\": [\"lab-link\", \"broken\"],");
    Gateway.Answer checked = sites.alice().command("config", "check");
    assertTrue(checked.code() != 0, checked::toString);
    assertTrue((checked.out() + checked.err()).contains("org.example:nowhere"), checked::toString);
    assertTrue((checked.out() + checked.err()).contains("BG-FEATURE-"), checked::toString);
    assertTrue(sites.alice().start().awaitEnd() != 0, "refused, not tried");
    assertTrue(sites.alice().said().contains("BG-FEATURE-"), sites.alice().said());
  }

  @Test
  void absentPeer() throws Exception {
    Gateway alice = sites.alice().start().awaitReady();
    try (Load load = Load.start("held", 1, sites::coap, 6)) {
      var accepted = load.join();
      seen(alice, "not connected to bob", "status", "router");
      Gateway bob = sites.bob().start();
      alice.trust(bob);
      bob.trust(alice);
      bob.awaitReady();
      new Delivered(bob.north()).awaitExactlyOnce(accepted, Gateway.HANG);
    }
  }

  /** Nothing makes QKD keys here: a rule that accepts only those holds, whatever else is there. */
  @Test
  void emptyPool() throws Exception {
    sites.rules("all: * => qkd else hold");
    sites.run();
    try (Load load = Load.start("dry", 1, sites::coap, 6)) {
      assertEquals(6, load.join().size());
    }
    seen(sites.alice(), "no key for [QKD] with bob", "status", "router");
    assertEquals(
        0, new Delivered(sites.bob().north()).lines().size(), "never with less than the rule says");
  }

  @Test
  void wrongClock() throws Exception {
    Path program = builtTomorrow(sites.config().resolveSibling("program"));
    Path out = sites.config().resolveSibling("doctor.txt");
    ProcessBuilder doctor =
        new ProcessBuilder(program.resolve("bellgate").toString(), "doctor")
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    Gateway.environment(doctor.environment(), Path.of(System.getProperty("java.home")));
    doctor.start().waitFor();
    String said = Files.readString(out);
    assertTrue(said.contains("BG-DOCTOR-003"), said);
    assertTrue(said.contains("set the clock"), said);
  }

  /** A program folder that was built after now: the same as a clock that is behind. */
  private static Path builtTomorrow(Path program) throws Exception {
    Files.createDirectories(program.resolve("lib"));
    Files.copy(
        Gateway.PROGRAM.resolve("bellgate"),
        program.resolve("bellgate"),
        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    for (String folder : new String[] {"system", "features", "config"}) {
      Files.createSymbolicLink(
          program.resolve(folder), Gateway.PROGRAM.resolve(folder).toRealPath());
    }
    try (Stream<Path> jars = Files.list(Gateway.PROGRAM.resolve("lib"))) {
      for (Path jar : jars.toList()) {
        Path target = program.resolve("lib").resolve(jar.getFileName());
        if (jar.getFileName().toString().startsWith("io.bellgate.launcher")) {
          postdate(jar, target);
        } else {
          Files.copy(jar, target);
        }
      }
    }
    return program;
  }

  private static void postdate(Path jar, Path target) throws Exception {
    try (JarFile source = new JarFile(jar.toFile());
        OutputStream file = Files.newOutputStream(target);
        JarOutputStream out = new JarOutputStream(file)) {
      for (JarEntry entry : source.stream().toList()) {
        out.putNextEntry(new JarEntry(entry.getName()));
        try (InputStream in = source.getInputStream(entry)) {
          byte[] octets = in.readAllBytes();
          out.write(
              entry.getName().endsWith("version.properties")
                  ? new String(octets, StandardCharsets.UTF_8)
                      .replaceAll("built=.*", "built=2999-01-01T00:00:00Z")
                      .getBytes(StandardCharsets.UTF_8)
                  : octets);
        }
      }
    }
  }
}
