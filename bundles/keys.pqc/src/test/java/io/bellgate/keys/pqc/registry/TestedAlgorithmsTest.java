package io.bellgate.keys.pqc.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.crypto.Algorithm;
import io.bellgate.api.crypto.Algorithm.Primitive;
import io.bellgate.api.crypto.Algorithm.Status;
import io.bellgate.api.crypto.AlgorithmRegistry.Use;
import io.bellgate.api.crypto.NotAllowed;
import io.bellgate.api.ops.FakeClock;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Security;
import java.security.spec.NamedParameterSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The gate, the choice and the rules. */
class TestedAlgorithmsTest {
  private final FakeClock clock = new FakeClock();

  /** A provider that can do nothing: trials here do not ask it. */
  private static final class Fake extends Provider {
    private static final long serialVersionUID = 1L;

    Fake(String name) {
      super(name, "1", name);
    }
  }

  /** What a trial does with the provider of that name. */
  private interface Script {
    void with(String provider) throws GeneralSecurityException;
  }

  private static Trial trial(Script check, Script operation) {
    return new Trial() {
      @Override
      public String check(Provider provider) throws GeneralSecurityException {
        check.with(provider.getName());
        return "scripted";
      }

      @Override
      public Map<String, Step> operations(Provider provider) {
        return Map.of("step", () -> operation.with(provider.getName()));
      }
    };
  }

  private static Entry entry(String name, Script check, Script operation) {
    Source first = service -> Optional.of(new Fake("first"));
    Source second = service -> Optional.of(new Fake("second"));
    return Entry.single(
        name, "none", Primitive.KEM, 3, "Any." + name, trial(check, operation), first, second);
  }

  private TestedAlgorithms with(Entry... entries) {
    return new TestedAlgorithms(clock, List.of(entries));
  }

  private static RegistryConfiguration configured(Map<String, List<String>> values) {
    return Configured.as(values);
  }

  /** Who has no class of Bouncy Castle takes this way; keys of nodes are agreed on so. */
  @Test
  void providersOfMlKemAnswerThroughTheInterfaceOfTheJdkToo() throws Exception {
    TestedAlgorithms registry = new TestedAlgorithms();
    for (String name : List.of("ML-KEM-512", "ML-KEM-768")) {
      Algorithm algorithm = registry.require(name, Use.MAKE);
      assertEquals(Status.ACTIVE, algorithm.status());
      KnownAnswers known = new KnownAnswers(name);
      KeyPairGenerator generator = KeyPairGenerator.getInstance(name, algorithm.provider());
      generator.initialize(new NamedParameterSpec(name), new FixedRandom(known.get("seed")));
      KeyPair pair = generator.generateKeyPair();
      Provider provider = new Disguised(algorithm.provider());
      JcaKem.Encapsulated made =
          JcaKem.encapsulate("ML-KEM", provider, pair.getPublic(), new FixedRandom(known.get("m")));
      known.expect("sentHash", made.ciphertext());
      known.expect("sentSecret", made.secret());
      known.expect(
          "secret", JcaKem.decapsulate("ML-KEM", provider, pair.getPrivate(), known.get("c")));
    }
  }

  /** Another one, which is not known as Bouncy Castle, and so is asked by the JDK's interface. */
  private static final class Disguised extends Provider {
    private static final long serialVersionUID = 1L;
    private final transient Provider other;

    Disguised(Provider other) {
      super("disguised", "1", "the same services");
      this.other = other;
    }

    @Override
    public Service getService(String type, String algorithm) {
      return other.getService(type, algorithm);
    }
  }

  @Test
  void everyPairOfThisJdkAnswersAsTheStandardsSay() {
    TestedAlgorithms registry = new TestedAlgorithms();
    registry.testAll();
    List<String> failed =
        registry.algorithms().stream()
            .filter(a -> !a.test().passed())
            .filter(a -> !a.test().detail().equals("no provider here has it"))
            .map(a -> a.name() + " " + a.provider().getName() + " " + a.test().detail())
            .toList();
    assertEquals(List.of(), failed);
    List<String> unusable =
        registry.algorithms().stream()
            .collect(Collectors.groupingBy(Algorithm::name))
            .values()
            .stream()
            .filter(pairs -> pairs.stream().noneMatch(a -> a.test().passed()))
            .map(pairs -> pairs.get(0).name())
            .toList();
    assertEquals(List.of(), unusable);
  }

  @Test
  void namesOneProviderForEachName() {
    TestedAlgorithms registry = new TestedAlgorithms();
    registry.require("AES-256-GCM", Use.MAKE);
    registry.algorithms().stream()
        .collect(Collectors.groupingBy(Algorithm::name))
        .forEach(
            (name, pairs) ->
                assertTrue(
                    pairs.stream().filter(a -> a.status() != Status.DISABLED).count() <= 1, name));
    assertEquals("SunJCE", registry.require("AES-256-GCM", Use.MAKE).provider().getName());
    assertEquals("BC", registry.require("Ed25519", Use.MAKE).provider().getName());
  }

  @Test
  void registersNoProviderInTheJvm() {
    new TestedAlgorithms().testQuick();
    assertEquals(null, Security.getProvider("BC"));
    assertEquals(null, Security.getProvider("BCPQC"));
  }

  @Test
  void usesNoPairThatFailsItsTest() {
    Script firstFails =
        provider -> {
          if (provider.equals("first")) {
            throw new GeneralSecurityException("wrong answer");
          }
        };
    TestedAlgorithms registry = with(entry("A", firstFails, p -> {}));
    assertEquals("second", registry.require("A", Use.MAKE).provider().getName());
    assertFalse(registry.algorithms().get(0).test().passed());
    assertEquals(Status.DISABLED, registry.algorithms().get(0).status());
  }

  @Test
  void takesAClassThatDoesNotFitForAFailure() {
    Script broken =
        provider -> {
          if (provider.equals("first")) {
            throw new NoClassDefFoundError("some/Class");
          }
          throw new ClassCastException("of two sets");
        };
    TestedAlgorithms registry = with(entry("A", broken, p -> {}));
    NotAllowed none = assertThrows(NotAllowed.class, () -> registry.require("A", Use.ACCEPT));
    assertTrue(none.getMessage().startsWith("BG-PQC-013"), none.getMessage());
  }

  @Test
  void doesNotStartWithALibraryThatFailsWhatIsAlwaysNeeded() {
    Script wrong =
        provider -> {
          throw new GeneralSecurityException("wrong answer");
        };
    TestedAlgorithms broken = with(entry("ML-KEM-768", wrong, p -> {}));
    assertThrows(NotAllowed.class, () -> broken.start(configured(Map.of())));
    TestedAlgorithms other = with(entry("LMS", wrong, p -> {}));
    other.start(configured(Map.of()));
    other.stop();
  }

  @Test
  void takesTheFasterOfTwoOnceBothAreMeasured() {
    Script slowFirst =
        provider -> {
          long spin = provider.equals("first") ? 20_000 : 10;
          double x = 0;
          for (long i = 0; i < spin; i++) {
            x += Math.sqrt(i);
          }
          assertNotEquals(-1, x);
        };
    TestedAlgorithms registry = with(entry("A", p -> {}, slowFirst));
    assertEquals("first", registry.require("A", Use.MAKE).provider().getName());
    registry.measure("A", 5);
    Algorithm now = registry.require("A", Use.MAKE);
    assertEquals("second", now.provider().getName());
    assertTrue(now.operationsPerSecond() > 0);
  }

  @Test
  void doesNotUseWhatFailsWhileItIsMeasured() {
    Script firstBreaks =
        provider -> {
          if (provider.equals("first")) {
            throw new IllegalStateException("out of order");
          }
        };
    TestedAlgorithms registry = with(entry("A", p -> {}, firstBreaks));
    registry.measure("A", 1);
    assertEquals("second", registry.require("A", Use.MAKE).provider().getName());
  }

  @Test
  void keepsToWhatIsConfigured() {
    TestedAlgorithms registry = new TestedAlgorithms(clock, Catalogue.all());
    registry.start(
        configured(
            Map.of(
                "disabled", List.of("P-384"),
                "acceptOnly", List.of("Ed25519"),
                "notAfter", List.of("X25519 " + java.time.LocalDate.now(clock)))));
    assertThrows(NotAllowed.class, () -> registry.require("P-384", Use.ACCEPT));
    assertThrows(NotAllowed.class, () -> registry.require("SecP384r1MLKEM1024", Use.MAKE));
    assertThrows(NotAllowed.class, () -> registry.require("Ed25519", Use.MAKE));
    assertEquals("Ed25519", registry.require("Ed25519", Use.ACCEPT).name());
    assertThrows(NotAllowed.class, () -> registry.require("LMS", Use.MAKE));
    assertEquals("LMS", registry.require("LMS", Use.ACCEPT).name());
    assertThrows(NotAllowed.class, () -> registry.require("HQC-128", Use.ACCEPT));
    assertThrows(NotAllowed.class, () -> registry.require("ROT13", Use.ACCEPT));
    assertEquals("X25519MLKEM768", registry.require("X25519MLKEM768", Use.MAKE).name());
    clock.advance(Duration.ofDays(1));
    assertThrows(NotAllowed.class, () -> registry.require("X25519MLKEM768", Use.MAKE));
    registry.stop();
  }

  @Test
  void refusesAConfigurationThatNamesNothing() {
    for (Map<String, List<String>> wrong :
        List.of(
            Map.of("disabled", List.of("ML-KEM-7680")),
            Map.of("disabled", List.of("X25519"), "acceptOnly", List.of("X25519")),
            Map.of("notAfter", List.of("X25519")),
            Map.of("notAfter", List.of("X25519 soon")))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new TestedAlgorithms().start(configured(wrong)),
          wrong.toString());
    }
  }

  @Test
  void keepsItsRulesWhenTheNewOnesAreMalformed() {
    TestedAlgorithms registry = new TestedAlgorithms();
    registry.start(configured(Map.of("disabled", List.of("SHA-512"))));
    registry.modified(configured(Map.of("disabled", List.of("SHA-513"))));
    assertThrows(NotAllowed.class, () -> registry.require("SHA-512", Use.MAKE));
    registry.stop();
  }
}
