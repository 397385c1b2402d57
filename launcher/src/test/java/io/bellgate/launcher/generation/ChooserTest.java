package io.bellgate.launcher.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.launcher.fixture.BundleBuilder;
import io.bellgate.launcher.fixture.TestProgram;
import io.bellgate.launcher.folder.DataFolder;
import io.bellgate.launcher.json.JsonDocument;
import io.bellgate.launcher.report.Refusal;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChooserTest {
  private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

  @TempDir Path folder;
  private TestProgram program;
  private DataFolder data;
  private GenerationFolder generations;
  private JarStore jars;

  @BeforeEach
  void prepare() {
    program = new TestProgram(folder).bundle("one", "1.0.0").bundle("two", "1.0.0");
    program.feature(
        "f", "\"bundles\": [{\"id\": \"test:one:1.0.0\"}, {\"id\": \"test:two:1.0.0\"}]");
    data = program.data();
    generations = new GenerationFolder(data);
    jars = new JarStore(program.program(), data);
  }

  private Inputs inputs(int setting) {
    TreeMap<String, JsonObject> configuration = new TreeMap<>();
    configuration.put("pid", Json.createObjectBuilder().add("x", setting).build());
    return new Inputs(program.compose("f"), configuration, new TreeMap<>(), new TreeMap<>());
  }

  private Generation choose(int setting) throws IOException {
    return new Chooser(generations, jars, CLOCK).choose(inputs(setting));
  }

  private Path successor(String version) {
    return BundleBuilder.of("one", version).write(folder.resolve("one-" + version + ".jar"));
  }

  private JsonObject ask(GenerationService service, String request) {
    return JsonDocument.parse("answer", service.apply(request)).root();
  }

  private GenerationService service(Generation current) {
    return new GenerationService(generations, jars, CLOCK, current, () -> true);
  }

  private String stage(String version) {
    return Json.createObjectBuilder()
        .add("do", "stage")
        .add("symbolicName", "one")
        .add("file", successor(version).toString())
        .build()
        .toString();
  }

  private String stageInto(int number, String version) {
    return stage(version).replace("}", ",\"number\":" + number + "}");
  }

  private static String version(Generation generation, String name) {
    return generation.bundles().stream()
        .filter(bundle -> bundle.symbolicName().equals(name))
        .findFirst()
        .orElseThrow()
        .version();
  }

  @Test
  void makesAFirstGenerationAndKeepsItWhileNothingChanges() throws IOException {
    Generation first = choose(1);
    assertEquals(1, first.number());
    assertEquals(0, first.parent());
    assertEquals(first, choose(1));
    assertEquals(List.of(1), generations.numbers());
  }

  @Test
  void makesANewGenerationWhenTheConfigurationChanges() throws IOException {
    choose(1);
    Generation second = choose(2);
    assertEquals(2, second.number());
    assertEquals(1, second.parent());
    assertEquals(2, second.configuration().get("pid").getInt("x"));
  }

  @Test
  void fallsBackToTheParentAfterThreeFailedStarts() throws IOException {
    choose(1);
    int number = choose(2).number();
    generations.setStarts(number, 2);
    assertEquals(2, choose(2).number());
    generations.setStarts(number, 3);
    assertEquals(1, choose(2).number());
    assertEquals("failed to start 3 times", generations.failure(2).orElseThrow());
    assertEquals(1, generations.current().orElseThrow());
  }

  @Test
  void staysAtTheParentUntilTheInputsChange() throws IOException {
    choose(1);
    generations.setStarts(choose(2).number(), 3);
    assertEquals(1, choose(2).number());
    assertEquals(1, choose(2).number());
    assertEquals(3, choose(3).number());
  }

  @Test
  void triesAgainWhereThereIsNoParent() throws IOException {
    generations.setStarts(choose(1).number(), 5);
    assertEquals(1, choose(1).number());
    assertTrue(generations.failure(1).isEmpty());
  }

  @Test
  void staysWhereTheParentsJarsAreGone() throws IOException {
    choose(1);
    program.bundle(BundleBuilder.of("two", "1.0.0").resource("new", "x"), "two", "1.0.0");
    generations.setStarts(choose(1).number(), 3);
    assertEquals(2, choose(1).number());
  }

  @Test
  void refusesAJarThatChangedAfterItWasInstalled() throws IOException {
    Generation swapped = swap("1.1.0");
    Path jar = jars.file(swapped.bundles().get(0));
    Files.writeString(jar, "something else");
    String message = assertThrows(Refusal.class, () -> choose(1)).getMessage();
    assertTrue(message.contains("BG-GENERATION-001") && message.contains("bundle=one"), message);
  }

  private Generation swap(String version) throws IOException {
    GenerationService service = service(choose(1));
    int number = ask(service, stage(version)).getInt("number");
    ask(service, "{\"do\": \"commit\", \"number\": " + number + "}");
    return generations.read(number).orElseThrow();
  }

  @Test
  void startsTheOldGenerationAfterACrashBeforeTheCommit() throws IOException {
    GenerationService service = service(choose(1));
    JsonObject staged = ask(service, stage("1.1.0"));
    assertEquals(2, staged.getInt("number"));
    assertEquals("1.1.0", staged.getString("version"));
    assertTrue(Files.exists(Path.of(java.net.URI.create(staged.getString("location")))));
    Generation restarted = choose(1);
    assertEquals("1.0.0", version(restarted, "one"));
    try (var stored = Files.list(data.store())) {
      assertEquals(0, stored.count());
    }
  }

  @Test
  void startsTheOldGenerationAfterACrashInsideTheCommit() throws IOException {
    ask(service(choose(1)), stage("1.1.0"));
    Files.move(data.generations().resolve("2.staged"), data.generations().resolve("2"));
    assertEquals(1, choose(1).number());
    assertFalse(Files.exists(data.generations().resolve("2")));
  }

  @Test
  void keepsSwappedBundlesOverARestartAndAChangeOfConfiguration() throws IOException {
    swap("1.1.0");
    assertEquals("1.1.0", version(choose(1), "one"));
    assertEquals("1.1.0", version(choose(2), "one"));
  }

  @Test
  void dropsSwappedBundlesWhenTheProgramChanges() throws IOException {
    swap("1.1.0");
    program.bundle(BundleBuilder.of("two", "1.0.0").resource("new", "x"), "two", "1.0.0");
    assertEquals("1.0.0", version(choose(1), "one"));
  }

  @Test
  void addsALibraryBesideAndDropsTheOldOne() throws IOException {
    GenerationService service = service(choose(1));
    String beside = stage("1.1.0").replace("{", "{\"beside\":true,");
    int number = ask(service, beside).getInt("number");
    assertEquals(
        "no-such-bundle",
        ask(service, stage("1.2.0").replace("{", "{\"number\":" + number + ",")).getString("error"),
        "which of the two?");
    ask(
        service,
        "{\"do\":\"drop\",\"number\":" + number + ",\"symbolicName\":\"one\",\"version\":\"1.0\"}");
    ask(service, "{\"do\": \"commit\", \"number\": " + number + "}");
    Generation restarted = choose(1);
    assertEquals(
        List.of("1.1.0"),
        restarted.bundles().stream()
            .filter(b -> b.symbolicName().equals("one"))
            .map(Generation.InstalledBundle::version)
            .toList());
  }

  @Test
  void fallsBackFromAFailedSwap() throws IOException {
    Generation swapped = swap("1.1.0");
    generations.setStarts(swapped.number(), 3);
    assertEquals("1.0.0", version(choose(1), "one"));
  }

  @Test
  void goesBackToAConfigurationUnderWhichOnlyASwappedBundleFailed() throws IOException {
    generations.setStarts(swap("1.1.0").number(), 3);
    assertEquals("1.0.0", version(choose(1), "one"));
    choose(2);
    Generation back = choose(1);
    assertEquals(1, back.configuration().get("pid").getInt("x"));
    assertEquals("1.0.0", version(back, "one"));
  }

  @Test
  void triesAConfigurationThatFailedWithASwappedBundleOnceOnly() throws IOException {
    int swapped = swap("1.1.0").number();
    generations.setStarts(choose(2).number(), 3);
    assertEquals(swapped, choose(2).number());
    assertEquals(swapped, choose(2).number());
  }

  @Test
  void stagesSeveralBundlesIntoOneGeneration() throws IOException {
    GenerationService service = service(choose(1));
    ask(service, stage("1.1.0"));
    assertEquals(2, ask(service, stageInto(2, "1.2.0")).getInt("number"));
    ask(service, "{\"do\": \"commit\", \"number\": 2}");
    assertEquals("1.2.0", version(choose(1), "one"));
    assertEquals(2, ask(service, "{\"do\": \"current\"}").getInt("number"));
    assertEquals(2, ask(service, "{\"do\": \"history\"}").getJsonArray("generations").size());
  }

  @Test
  void stagesForOneAtATime() throws IOException {
    GenerationService service = service(choose(1));
    ask(service, stage("1.1.0"));
    assertEquals("already-staged", ask(service, stage("1.2.0")).getString("error"));
    assertEquals("not-staged", ask(service, stageInto(3, "1.2.0")).getString("error"));
    ask(service, "{\"do\": \"commit\", \"number\": 2}");
    assertEquals("1.1.0", version(choose(1), "one"));
    assertEquals("not-staged", ask(service, stageInto(2, "1.2.0")).getString("error"));
    assertEquals(3, ask(service, stage("1.2.0")).getInt("number"));
    ask(service, "{\"do\": \"discard\", \"number\": 3}");
    assertEquals(4, ask(service, stage("1.2.0")).getInt("number"));
  }

  @Test
  void neverGivesANumberTwice() throws IOException {
    GenerationService service = service(choose(1));
    ask(service, stage("1.1.0"));
    ask(service, "{\"do\": \"discard\", \"number\": 2}");
    assertEquals(3, ask(service, stage("1.1.0")).getInt("number"));
  }

  @Test
  void answersRequestsItCannotCarryOutWithACode() throws IOException {
    GenerationService service = service(choose(1));
    assertEquals("unknown", ask(service, "{\"do\": \"dance\"}").getString("error"));
    assertEquals("malformed", ask(service, "{").getString("error"));
    assertEquals("malformed", ask(service, "{\"do\": \"commit\"}").getString("error"));
    assertEquals(
        "not-staged", ask(service, "{\"do\": \"commit\", \"number\": 9}").getString("error"));
    assertEquals(
        "wrong-name",
        ask(service, stage("1.1.0").replace("\"one\"", "\"two\"")).getString("error"));
    assertEquals(
        "not-a-bundle",
        ask(service, "{\"do\": \"stage\", \"symbolicName\": \"one\", \"file\": \"/none\"}")
            .getString("error"));
  }

  @Test
  void recoversWhereThePointerOrTheGenerationIsDamaged() throws IOException {
    choose(1);
    choose(2);
    Files.writeString(data.generations().resolve("current"), "");
    assertEquals(2, choose(2).number());
    Files.writeString(data.generations().resolve("2/generation.json"), "{");
    assertEquals(2, choose(2).configuration().get("pid").getInt("x"));
  }

  @Test
  void keepsTheLastTenGenerations() throws IOException {
    for (int setting = 1; setting <= 15; setting++) {
      choose(setting);
    }
    assertEquals(List.of(6, 7, 8, 9, 10, 11, 12, 13, 14, 15), generations.numbers());
  }
}
