package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.itests.traffic.Await;
import io.bellgate.itests.traffic.Delivered;
import io.bellgate.itests.traffic.Load;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A third party builds a plug-in from an empty folder, with nothing of ours but the repository of a
 * distribution, and adds it to a gateway as its README says.
 */
class ExamplesIT {
  private static final String API = "io/bellgate/io.bellgate.api/0.1.0/io.bellgate.api-0.1.0";
  private static final String BOM = "io/bellgate/io.bellgate.bom/0.1.0/io.bellgate.bom-0.1.0.pom";
  private static final String PARENT =
      "io/bellgate/io.bellgate.parent/0.1.0/io.bellgate.parent-0.1.0.pom";

  private TwoSites sites;
  private Path folder;

  @BeforeEach
  void make() throws Exception {
    sites = TwoSites.make();
    folder = sites.config().getParent();
  }

  @AfterEach
  void end() {
    sites.close();
  }

  @Test
  void sinkCsv() throws Exception {
    add("sink-csv", "org.example.sink.csv", sites.bob());
    sites.rules("all: * => pqc to bob sink csv");
    sites.run();
    try (Load load = Load.start("csv", 2, sites::coap, 5)) {
      Set<String> accepted = load.join();
      Path csv = sites.bob().data().resolve("csv/readings.csv");
      Await.until(
          () -> "ten lines in " + csv, Gateway.HANG, () -> Files.readAllLines(csv).size() >= 10);
      Set<String> written = new TreeSet<>();
      for (String line : Files.readAllLines(csv)) {
        String[] fields = line.replace("\"", "").split(",");
        assertTrue(written.add(fields[2] + "/" + fields[3]), "twice: " + line);
      }
      assertEquals(accepted, written);
    }
  }

  @Test
  void ruleOfficeHours() throws Exception {
    add("rule-office-hours", "org.example.rule.hours", sites.alice());
    sites.rules("night: * => plugin office-hours", "day: * => pqc to bob");
    sites.run();
    try (Load load = Load.start("hours", 1, sites::coap, 5)) {
      Set<String> rules = new TreeSet<>();
      new Delivered(sites.bob().north())
          .awaitExactlyOnce(load.join(), Gateway.HANG)
          .forEach(line -> rules.add(line.line().getJsonObject("evidence").getString("rule")));
      assertTrue(Set.of("office-hours", "day").containsAll(rules), rules::toString);
    }
  }

  /** Builds an example and puts it where its README says. */
  private void add(String example, String artifact, Gateway gateway) throws Exception {
    Path project = copy(Path.of(System.getProperty("bellgate.examples"), example));
    build(project);
    Path jar = project.resolve("target/" + artifact + "-1.0.0.jar");
    Path place = sites.config().resolve("system/org/example/" + artifact + "/1.0.0");
    Files.createDirectories(place);
    Files.copy(jar, place.resolve(jar.getFileName()));
    Path features = Files.createDirectories(sites.config().resolve("features"));
    Files.copy(
        project.resolve("features/" + example + ".json"), features.resolve(example + ".json"));
    sites.overlay(gateway.site(), "\"features\": [\"lab-link\", \"" + example + "\"],");
    gateway.command("config", "check").expect(0);
  }

  private Path copy(Path example) throws IOException {
    Path project = folder.resolve("project");
    try (Stream<Path> files = Files.walk(example)) {
      for (Path file : files.filter(f -> !f.toString().contains("/target")).toList()) {
        Path target = project.resolve(example.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    return project;
  }

  private void build(Path project) throws Exception {
    Path log = folder.resolve("build.log");
    Process maven =
        new ProcessBuilder(
                "mvn",
                "-B",
                "verify",
                "-Dbellgate.repository=" + repository().toUri(),
                "-Dmaven.repo.local=" + localRepository())
            .directory(project.toFile())
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(log.toFile())
            .start();
    try {
      boolean ended = maven.waitFor(5, TimeUnit.MINUTES);
      assertTrue(ended && maven.exitValue() == 0, Files.readString(log));
    } finally {
      maven.destroyForcibly();
    }
  }

  /** The distribution's; what it does not hold yet is taken from the build beside it. */
  private Path repository() throws IOException {
    Path shipped = Gateway.PROGRAM.resolve("system");
    if (Files.exists(shipped.resolve(BOM)) && Files.exists(shipped.resolve(PARENT))) {
      return shipped;
    }
    Path root = Path.of(System.getProperty("bellgate.examples")).resolveSibling(".").normalize();
    Path made = folder.resolve("system");
    put(shipped.resolve(API + ".jar"), made.resolve(API + ".jar"));
    put(shipped.resolve(API + ".pom"), made.resolve(API + ".pom"));
    put(
        root.resolve("bundles/api/target/io.bellgate.api-0.1.0-tests.jar"),
        made.resolve(API + "-tests.jar"));
    put(root.resolve("bom/pom.xml"), made.resolve(BOM));
    put(root.resolve("pom.xml"), made.resolve(PARENT));
    return made;
  }

  private static void put(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from, to);
  }

  /** The local repository of this build, by links, without anything of ours in it. */
  private Path localRepository() throws IOException {
    Path real = Path.of(System.getProperty("bellgate.local.repository"));
    Path linked = folder.resolve("repository");
    link(real, linked, List.of("io"));
    link(real.resolve("io"), linked.resolve("io"), List.of("bellgate"));
    return linked;
  }

  private static void link(Path real, Path linked, List<String> but) throws IOException {
    Files.createDirectories(linked);
    try (Stream<Path> all = Files.list(real)) {
      for (Path path : all.toList()) {
        if (!but.contains(path.getFileName().toString())) {
          Files.createSymbolicLink(linked.resolve(path.getFileName()), path);
        }
      }
    }
  }
}
