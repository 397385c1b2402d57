package io.bellgate.entropy.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.EntropyFailure;
import io.bellgate.api.entropy.HealthTest;
import io.bellgate.api.entropy.NoiseSource;
import io.bellgate.api.entropy.Provenance.Construction;
import io.bellgate.api.entropy.RandomBits.Drawn;
import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.Said;
import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.ServiceReference;

/** Random bits over sources that come, go and fail. */
class HubTest {
  private static final long SEED = 20261125;

  @TempDir Path folder;
  private final List<Hub> hubs = new ArrayList<>();
  private final AtomicLong later = new AtomicLong();
  private int nextService;

  @AfterEach
  void stop() {
    hubs.forEach(Hub::stop);
  }

  private Hub hub(boolean operatingSystem, boolean lab, String... opaque) {
    return hub(SystemSource.open(), operatingSystem, lab, opaque);
  }

  private Hub hub(SystemSource system, boolean operatingSystem, boolean lab, String... opaque) {
    Map<String, Object> values =
        Map.of("operating_system", operatingSystem, "credited_opaque", opaque);
    Settings settings =
        (Settings)
            Proxy.newProxyInstance(
                Settings.class.getClassLoader(),
                new Class<?>[] {Settings.class},
                (p, m, a) -> values.getOrDefault(m.getName(), m.getDefaultValue()));
    Hub hub = new Hub(system, settings, lab, () -> System.nanoTime() + later.get());
    hubs.add(hub);
    return hub;
  }

  /** A service reference that sorts by age. */
  private ServiceReference<?> reference() {
    int number = nextService++;
    return (ServiceReference<?>)
        Proxy.newProxyInstance(
            ServiceReference.class.getClassLoader(),
            new Class<?>[] {ServiceReference.class},
            (p, m, a) ->
                switch (m.getName()) {
                  case "compareTo" -> Integer.compare(Integer.parseInt(a[0].toString()), number);
                  case "toString" -> Integer.toString(number);
                  case "hashCode" -> number;
                  case "equals" -> p == a[0];
                  default -> throw new UnsupportedOperationException(m.getName());
                });
  }

  private static void await(BooleanSupplier condition, String what) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("did not happen: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static void awaitFull(Hub hub, int octets) throws InterruptedException {
    await(
        () ->
            hub.sources().stream()
                .allMatch(s -> s.healthy() && (Integer) s.status().get("waitingOctets") >= octets),
        "enough waits");
  }

  private static Construction construction(Hub hub) {
    try (Secret drawn = hub.drawBest(32).secret()) {
      assertEquals(32, drawn.length());
    }
    return hub.provenance().construction();
  }

  @Test
  void restsOnTheOperatingSystemVisiblyWhereThereIsNothingElse() {
    Hub hub = hub(true, true);
    assertEquals(Construction.OPERATING_SYSTEM, construction(hub));
    assertTrue(hub.status().get("restsOn").toString().startsWith("OPERATING_SYSTEM(os:"));
    assertFalse(hub.drawBest(64).provenance().fullEntropy());
    try (Secret one = hub.draw(65_536);
        Secret two = hub.draw(65_536)) {
      assertFalse(one.matches(two));
    }
  }

  @Test
  void givesNothingWhereNothingIsAllowed() {
    Hub hub = hub(false, true);
    String message = assertThrows(EntropyFailure.class, () -> hub.draw(32)).getMessage();
    assertTrue(message.startsWith("BG-ENTROPY-003"), message);
    byte[] octets = {1, 2, 3};
    assertThrows(EntropyFailure.class, () -> hub.fill(octets));
    assertArrayEquals(new byte[3], octets);
    assertThrows(EntropyFailure.class, hub::provenance);
  }

  @Test
  void restsOnAPhysicalSourceAndGivesFullEntropyOnDemand() throws InterruptedException {
    Hub hub = hub(false, false);
    hub.bindSource(Models.bits("raw", 0.9, SEED), reference());
    awaitFull(hub, 1_024);
    assertEquals(Construction.RBG2_P, construction(hub));
    Drawn drawn = hub.drawBest(512);
    assertEquals("RBG3_XOR(raw)", drawn.provenance().toString());
    assertTrue(drawn.provenance().fullEntropy());
    drawn.secret().destroy();
    Source source = hub.sources().get(0);
    Map<?, ?> ledger = (Map<?, ?>) source.status().get("ledger");
    long consumed = (Long) ledger.get("consumedBits");
    assertTrue(consumed >= 8 * (512 + 64), "the draw and a seed: " + consumed);
    assertTrue((Long) ledger.get("claimedInBits") >= (Long) ledger.get("fullEntropyBits") * 5 / 4);
  }

  @Test
  void neverGivesMoreFullEntropyThanCameIn() throws InterruptedException {
    Hub hub = hub(false, false);
    Models noise = Models.octets("raw", 4, SEED);
    hub.bindSource(noise, reference());
    awaitFull(hub, 1_024);
    noise.block();
    long full = 0;
    Drawn drawn = hub.drawBest(256);
    while (drawn.provenance().fullEntropy()) {
      full += 256;
      drawn.secret().destroy();
      drawn = hub.drawBest(256);
    }
    assertEquals(Construction.RBG2_P, drawn.provenance().construction(), "it says so");
    // 80 samples of 4 bits, that is 320 bits, make a block of 256
    assertTrue(full * 80 / 32 <= noise.given(), "full=" + full + " given=" + noise.given());
    assertTrue(full >= 1_024);
  }

  @Test
  void fallsBackVisiblyWhenASourceFailsAndThrowsAwayWhatWaits() throws InterruptedException {
    Hub hub = hub(true, false);
    Models noise = Models.octets("raw", 7, SEED);
    hub.bindSource(noise, reference());
    awaitFull(hub, 4_096);
    assertEquals(Construction.RBG2_P, construction(hub));
    noise.fault(sample -> 0x55);
    await(() -> !hub.sources().get(0).healthy(), "the tests see it");
    assertEquals(0, hub.sources().get(0).status().get("waitingOctets"));
    assertEquals("failed", hub.sources().get(0).status().get("state"));
    assertEquals(Construction.OPERATING_SYSTEM, construction(hub));
    await(() -> Long.valueOf(1).equals(hub.status().get("lossesOfAssurance")), "it is said");
    assertTrue(hub.status().get("problems").toString().contains("raw"));
    noise.healthy();
    hub.sources().get(0).test();
    awaitFull(hub, 64);
    assertEquals(Construction.RBG2_P, construction(hub));
  }

  @Test
  void failsClosedWhenItsOnlySourceFails() throws InterruptedException {
    Hub hub = hub(false, false);
    Models noise = Models.bits("raw", 1, SEED);
    hub.bindSource(noise, reference());
    awaitFull(hub, 4_096);
    hub.draw(32).destroy();
    noise.fault(sample -> 0xff);
    await(() -> !hub.sources().get(0).healthy(), "the tests see it");
    assertThrows(EntropyFailure.class, () -> hub.draw(32));
    assertThrows(EntropyFailure.class, () -> hub.drawBest(32));
  }

  @Test
  void comesBackByItselfAfterTheDeviceWasAway() throws InterruptedException {
    Hub hub = hub(true, false);
    Models noise = Models.octets("raw", 7, SEED);
    hub.bindSource(noise, reference());
    awaitFull(hub, 64);
    noise.unplug();
    await(() -> construction(hub) == Construction.OPERATING_SYSTEM, "it is gone");
    noise.healthy();
    await(() -> construction(hub) == Construction.RBG2_P, "it is back, tested anew");
  }

  @Test
  void creditsWhatIsPhysicalAndRawOrNamedAndNoSimulation() throws InterruptedException {
    Hub hub = hub(true, true, "named");
    hub.bindSource(
        Models.of(Models.description("opaque", "a", 8, 8, NoiseSource.Output.OPAQUE, false), SEED),
        reference());
    hub.bindSource(
        Models.of(Models.description("simulated", "b", 8, 8, NoiseSource.Output.RAW, true), SEED),
        reference());
    awaitFull(hub, 1_024);
    assertEquals(Construction.OPERATING_SYSTEM, construction(hub));
    Drawn mixed = hub.drawBest(32);
    assertTrue(mixed.provenance().simulated());
    assertFalse(mixed.provenance().fullEntropy());
    assertTrue(mixed.provenance().toString().endsWith("SIMULATED"));
    hub.bindSource(
        Models.of(Models.description("named", "c", 8, 8, NoiseSource.Output.OPAQUE, false), SEED),
        reference());
    awaitFull(hub, 1_024);
    assertEquals("RBG2_P(named)", hub.provenance().toString());
    assertTrue(hub.drawBest(32).provenance().fullEntropy());
  }

  @Test
  void usesNoSimulationOutsideALaboratory() throws InterruptedException {
    Hub hub = hub(true, false);
    hub.bindSource(
        Models.of(Models.description("simulated", "b", 8, 8, NoiseSource.Output.RAW, true), SEED),
        reference());
    awaitFull(hub, 1_024);
    assertEquals("OPERATING_SYSTEM", hub.drawBest(32).provenance().construction().name());
  }

  @Test
  void countsOneDeviceBehindTwoNamesOnce() throws InterruptedException {
    Hub hub = hub(false, false);
    for (String name : List.of("one", "other")) {
      hub.bindSource(
          Models.of(Models.description(name, "same", 8, 8, NoiseSource.Output.RAW, false), SEED),
          reference());
    }
    awaitFull(hub, 1_024);
    assertEquals("RBG2_P(one)", hub.provenance().toString());
    int draws = 0;
    while (hub.drawBest(4_096).provenance().sources().equals(List.of("one")) && draws < 5) {
      draws++;
    }
    assertEquals(5, draws, "the second name gives nothing");
  }

  @Test
  void goesOnWhileADriverIsSwapped() throws InterruptedException {
    Hub hub = hub(false, false);
    ServiceReference<?> first = reference();
    hub.bindSource(Models.octets("first", 7, 1), first);
    awaitFull(hub, 1_024);
    hub.draw(32).destroy();
    hub.bindSource(Models.octets("second", 7, 2), reference());
    awaitFull(hub, 1_024);
    hub.unbindSource(first);
    for (int i = 0; i < 1_000; i++) {
      hub.draw(32).destroy();
    }
    assertEquals("RBG2_P(second)", hub.provenance().toString());
    assertEquals(0L, hub.status().get("refusals"));
  }

  @Test
  void waitsForASuccessorOfASourceThatWentInGoodHealth() throws InterruptedException {
    Hub hub = hub(false, false);
    ServiceReference<?> first = reference();
    hub.bindSource(Models.octets("first", 7, 1), first);
    awaitFull(hub, 1_024);
    hub.draw(32).destroy();
    hub.unbindSource(first);
    hub.draw(32).destroy();
    assertEquals("RBG2_P(first)", hub.provenance().toString());
    assertFalse(hub.drawBest(32).provenance().fullEntropy(), "nothing new comes in");
    hub.bindSource(Models.octets("second", 7, 2), reference());
    awaitFull(hub, 1_024);
    hub.draw(32).destroy();
    assertEquals("RBG2_P(second)", hub.provenance().toString());
    assertEquals(0L, hub.status().get("refusals"));
  }

  @Test
  void forgetsWhatWasSeededWhenNoSuccessorComes() throws InterruptedException {
    Hub hub = hub(false, false);
    ServiceReference<?> only = reference();
    hub.bindSource(Models.octets("only", 7, 1), only);
    awaitFull(hub, 1_024);
    hub.draw(32).destroy();
    hub.unbindSource(only);
    hub.draw(32).destroy();
    later.addAndGet(TimeUnit.SECONDS.toNanos(Generator.GONE_SECONDS));
    assertThrows(EntropyFailure.class, () -> hub.draw(32));
    assertThrows(EntropyFailure.class, hub::provenance);
    assertEquals("none", hub.status().get("restsOn"));
    assertEquals(1L, hub.status().get("lossesOfAssurance"));
  }

  /** Whoever wants full entropy in bulk takes nothing that a seed needs. */
  @Test
  void leavesASeedForTheUsualBits() throws InterruptedException {
    Hub hub = hub(false, false);
    Models noise = Models.octets("only", 7, 1);
    hub.bindSource(noise, reference());
    awaitFull(hub, 1_024);
    hub.draw(32).destroy();
    noise.block(); // nothing more comes
    int full = 0;
    while (hub.drawBest(32).provenance().fullEntropy() && full < 100_000) {
      full++;
    }
    assertTrue(full > 0 && full < 100_000, "full=" + full);
    later.addAndGet(TimeUnit.SECONDS.toNanos(60)); // a seed is due
    hub.draw(32).destroy();
    assertTrue(hub.status().get("reseeds").toString().contains("only=2"), "from what was left");
    assertEquals("RBG2_P(only)", hub.provenance().toString());
    later.addAndGet(TimeUnit.SECONDS.toNanos(61)); // and another one, for which nothing is left
    hub.draw(32).destroy();
    assertEquals("RBG2_P(only)", hub.provenance().toString());
    later.addAndGet(TimeUnit.SECONDS.toNanos(Generator.GONE_SECONDS));
    assertThrows(EntropyFailure.class, () -> hub.draw(32));
    assertThrows(EntropyFailure.class, hub::provenance);
  }

  @Test
  void saysWhatBitsRestOnWhenASeedIsLate() throws InterruptedException {
    Hub hub = hub(true, false);
    ServiceReference<?> only = reference();
    hub.bindSource(Models.octets("only", 7, 1), only);
    awaitFull(hub, 1_024);
    hub.draw(32).destroy();
    hub.unbindSource(only);
    later.addAndGet(TimeUnit.HOURS.toNanos(10)); // the seed is as old
    assertEquals(Construction.OPERATING_SYSTEM, hub.provenance().construction());
    hub.draw(32).destroy();
    assertTrue(hub.status().get("restsOn").toString().startsWith("OPERATING_SYSTEM"));
    assertEquals(1L, hub.status().get("lossesOfAssurance"));
  }

  /** A test that counts blocks, and raises an alarm when it is told to. */
  private static final class Counting implements HealthTest {
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong blocks = new AtomicLong();
    private volatile String alarm = "";

    @Override
    public Optional<Running> begin(NoiseSource.Description source) {
      begun.incrementAndGet();
      return source.name().equals("other")
          ? Optional.empty()
          : Optional.of(
              samples -> {
                blocks.incrementAndGet();
                if (alarm.equals("broken")) {
                  throw new IllegalStateException("a bug");
                }
                return Optional.of(alarm).filter(why -> !why.isEmpty());
              });
    }
  }

  @Test
  void asksTheTestsThatOthersBring() throws InterruptedException {
    for (String why : List.of("a period of seven", "broken")) {
      Hub hub = hub(false, false);
      Counting test = new Counting();
      hub.further = List.of(test);
      hub.bindSource(Models.octets("only", 7, 1), reference());
      awaitFull(hub, 1_024);
      assertTrue(test.begun.get() == 1 && test.blocks.get() > 1, "begun=" + test.begun);
      test.alarm = why;
      await(
          () -> {
            try {
              hub.drawBest(4_096).secret().destroy(); // so that it reads on
            } catch (EntropyFailure none) {
              // as it should be
            }
            return hub.sources().get(0).status().get("state").equals("failed");
          },
          "it has failed");
      Map<String, Object> source = hub.sources().get(0).status();
      String said = source.get("lastAlarm").toString();
      assertTrue(said.contains(why.equals("broken") ? "a bug" : why), said);
      assertEquals(0, source.get("waitingOctets"));
      assertThrows(EntropyFailure.class, () -> hub.draw(32));
    }
    Hub hub = hub(false, false);
    Counting test = new Counting();
    test.alarm = "not for this one";
    hub.further = List.of(test);
    hub.bindSource(Models.octets("other", 7, 1), reference());
    awaitFull(hub, 1_024);
    assertEquals(0, test.blocks.get());
  }

  @Test
  void doesNotWaitForASuccessorOfASourceThatFailed() throws InterruptedException {
    Hub hub = hub(false, false);
    Models noise = Models.octets("only", 7, 1);
    ServiceReference<?> only = reference();
    hub.bindSource(noise, only);
    awaitFull(hub, 1_024);
    hub.draw(32).destroy();
    noise.fault(sample -> 0x55);
    await(() -> !hub.sources().get(0).healthy(), "the tests see it");
    hub.unbindSource(only);
    assertThrows(EntropyFailure.class, () -> hub.draw(32));
  }

  @Test
  void stopsWithinItsBoundThoughTheDeviceBlocks() {
    Hub hub = hub(true, false);
    Models noise = Models.octets("raw", 7, SEED);
    noise.block();
    hub.bindSource(noise, reference());
    long begin = System.nanoTime();
    hub.stop();
    assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(5));
    assertThrows(EntropyFailure.class, () -> hub.draw(1));
  }

  @Test
  void refusesSizesOutOfRange() {
    Hub hub = hub(true, false);
    assertThrows(IllegalArgumentException.class, () -> hub.draw(0));
    assertThrows(IllegalArgumentException.class, () -> hub.draw(65_537));
  }

  /** Good for some octets and then stuck at zero, or at its end. */
  private static SystemSource failing(int good, boolean ends) {
    Random random = new Random(7);
    int[] left = {good};
    return new SystemSource(
        new OperatingSystem.Octets() {
          @Override
          public String name() {
            return "test:failing";
          }

          @Override
          public void read(byte[] into) throws IOException {
            random.nextBytes(into);
            left[0] -= into.length;
            if (left[0] < 0) {
              if (ends) {
                throw new EOFException("ended");
              }
              Arrays.fill(into, (byte) 0);
            }
          }
        });
  }

  @Test
  void givesNothingOutWhenTheSystemsStartupTestFails() {
    Hub hub = hub(failing(0, false), true, false);
    assertThrows(EntropyFailure.class, () -> hub.draw(32));
    assertEquals("none", hub.status().get("restsOn"));
  }

  @Test
  void closesForGoodWhenTheSystemsSourceGetsStuckOrEnds() {
    Hub stuck = hub(failing(2_048, false), true, false);
    stuck.draw(1_024).destroy();
    byte[] octets = new byte[64];
    assertThrows(EntropyFailure.class, () -> stuck.fill(octets));
    assertArrayEquals(new byte[64], octets);
    assertThrows(EntropyFailure.class, () -> stuck.draw(1));
    assertEquals(2L, stuck.status().get("refusals"));
    Hub ended = hub(failing(1_024, true), true, false);
    String message = assertThrows(EntropyFailure.class, () -> ended.draw(1)).getMessage();
    assertTrue(message.contains("failure=ended"), message);
  }

  @Test
  void servesLibrariesAsAProviderThatIsNotRegistered() throws Exception {
    Hub hub = hub(true, false);
    Provider provider = new JcaProvider(hub);
    SecureRandom usual = SecureRandom.getInstance(JcaProvider.USUAL, provider);
    byte[] octets = new byte[70_000];
    usual.nextBytes(octets);
    assertFalse(Arrays.equals(new byte[1_000], 0, 1_000, octets, 69_000, 70_000));
    assertEquals(provider, usual.getProvider());
    assertEquals(null, Security.getProvider(JcaProvider.NAME));
    SecureRandom full = SecureRandom.getInstance(JcaProvider.FULL, provider);
    String message =
        assertThrows(EntropyFailure.class, () -> full.nextBytes(new byte[32])).getMessage();
    assertTrue(message.startsWith("BG-ENTROPY-008"), message);
    hub.bindSource(Models.octets("raw", 7, SEED), reference());
    awaitFull(hub, 1_024);
    full.nextBytes(new byte[512]);
  }

  private static Said say(Hub hub, String... words) throws Exception {
    return Said.by(new EntropyCommand(hub), words);
  }

  @Test
  void commandShowsAndTestsSources() throws Exception {
    Hub hub = hub(true, false);
    Models noise = Models.octets("raw", 7, SEED);
    hub.bindSource(noise, reference());
    awaitFull(hub, 64);
    String shown = say(hub, "status").out();
    assertTrue(shown.startsWith("random bits rest on: RBG2_P(raw)"), shown);
    assertTrue(say(hub, "--json").out().contains("\"restsOn\":\"RBG2_P(raw)\""));
    assertEquals(Command.OK, say(hub, "test", "raw").code());
    noise.fault(sample -> 0);
    assertEquals(new Said(Command.FAILED, "raw: failed\n", ""), say(hub, "test", "raw"));
    assertTrue(say(hub, "test", "other").err().startsWith("BG-ENTROPY-006"));
    assertEquals(Command.USAGE, say(hub, "tests").code());
  }

  @Test
  void commandCapturesRawSamplesAndNothingElseIsMadeOfThem() throws Exception {
    Hub hub = hub(true, false);
    hub.bindSource(Models.bits("raw", 0.9, SEED), reference());
    awaitFull(hub, 4_096);
    Path file = folder.resolve("raw.bin");
    Said said = say(hub, "capture", "raw", file.toString(), "--samples", "20001");
    assertEquals(Command.OK, said.code(), said.toString());
    byte[] samples = Files.readAllBytes(file);
    assertEquals(20_001, samples.length);
    int ones = 0;
    for (byte sample : samples) {
      assertTrue(sample == 0 || sample == 1);
      ones += sample;
    }
    assertEquals(10_000, ones, 500);
    assertEquals(Command.REFUSED, say(hub, "capture", "raw", file.toString()).code());
    Path restarts = folder.resolve("restarts.bin");
    assertEquals(Command.OK, say(hub, "capture", "raw", restarts.toString(), "--restarts").code());
    assertEquals(1_000_000, Files.size(restarts));
    awaitFull(hub, 64);
  }
}
