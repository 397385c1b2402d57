package io.bellgate.qkd.optics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.ops.Command;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.QuantumChannel;
import io.bellgate.api.qkd.QuantumChannel.Detections;
import io.bellgate.api.qkd.QuantumChannel.Emission;
import io.bellgate.api.qkd.QuantumChannel.Source;
import io.bellgate.api.qkd.Role;
import io.bellgate.qkd.optics.Rig.Tap;
import jakarta.json.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FibreTest {
  private static final long SEED = 512;
  private static final UUID BLOCK = new UUID(5, 12);
  private static final Map<String, Object> LOSSLESS =
      Map.of(
          "seed", SEED,
          "lengthKm", 0.0,
          "detectorEfficiency", 0.5,
          "darkCountProbability", 1e-3,
          "misalignmentError", 0.02);

  private record Run(Emission emission, Detections detections) {}

  private static Run run(Rig rig, Device alice, Device bob, long pulses, UUID block)
      throws Exception {
    Random hers = new Random(SEED);
    Random his = new Random(SEED + 1);
    Future<Emission> sending =
        rig.threads.submit(() -> alice.emit(block, pulses, () -> hers.nextInt(4)));
    Detections detections = bob.detect(block, pulses, () -> 2 * his.nextInt(2));
    return new Run(Rig.get(sending), detections);
  }

  @Test
  void bringsPulsesFromAliceToBob() throws Exception {
    try (Rig rig = new Rig(LOSSLESS);
        Device alice = rig.device(Role.ALICE);
        Device bob = rig.device(Role.BOB)) {
      assertEquals(Source.IDEAL_SINGLE_PHOTON, alice.source());
      assertEquals("simulated fibre 0.0 km, ideal single-photon source", alice.description());
      assertTrue(bob.simulated());
      for (int block = 0; block < 3; block++) {
        Run run = run(rig, alice, bob, 200_000, new UUID(5, block));
        long matched = 0;
        long errors = 0;
        long before = -1;
        for (int i = 0; i < run.detections().pulses().length; i++) {
          long pulse = run.detections().pulses()[i];
          int setting = run.emission().setting(pulse);
          assertTrue(pulse > before && pulse < 200_000 && setting >= 0);
          before = pulse;
          if (setting >> 1 == run.detections().settings()[i] >> 1) {
            matched++;
            errors += run.detections().values()[i] != (setting & 1) ? 1 : 0;
          }
        }
        System.out.println("seed=" + SEED + " matched=" + matched + " errors=" + errors);
        // 100,200 clicks, half of the bases agree; 0.1 % dark counts add to 2 % misalignment
        assertEquals(50_100, matched, 4 * Math.sqrt(25_000));
        assertEquals(0.0219, (double) errors / matched, 4 * Math.sqrt(.02 * .98 / matched));
        run.emission().close();
        assertEquals(-1, run.emission().setting(before), "wiped");
      }
    }
  }

  @Test
  void knowsNoSettingOfPulsesThatWereNotAskedFor() throws Exception {
    try (Rig rig = new Rig(Map.of("seed", SEED));
        Device alice = rig.device(Role.ALICE);
        Device bob = rig.device(Role.BOB)) {
      Run run = run(rig, alice, bob, 1_000_000, BLOCK);
      int known = 0;
      for (int pulse = 0; pulse < 1_000_000; pulse++) {
        known += run.emission().setting(pulse) < 0 ? 0 : 1;
      }
      // eta = 0.2 * 10^-0.5: clicks and a quarter more
      assertEquals(1.25 * 63_250, known, 4 * Math.sqrt(79_000));
      assertEquals(-1, run.emission().setting(-1));
      assertEquals(-1, run.emission().setting(Long.MAX_VALUE));
    }
  }

  private static byte[] all(Passage.Batch batch, int setting) {
    byte[] settings = new byte[batch.offsets().length];
    Arrays.fill(settings, (byte) setting);
    return settings;
  }

  /** What Alice's bench and Bob's are told, to the last octet, for constant settings. */
  private static byte[][] told(int alice, int bob, double eve) throws Exception {
    try (Rig rig = new Rig(LOSSLESS);
        Tap hers = rig.tap(Role.ALICE, "alice");
        Tap his = rig.tap(Role.BOB, "bob")) {
      command(rig, "eve", "intercept-resend", "--fraction", Double.toString(eve));
      Future<Message> sending =
          rig.threads.submit(() -> hers.run(BLOCK, 20_000, b -> all(b, alice)));
      assertInstanceOf(Message.Passed.class, his.run(BLOCK, 20_000, b -> all(b, bob)));
      assertInstanceOf(Message.Passed.class, Rig.get(sending));
      return new byte[][] {hers.told.toByteArray(), his.told.toByteArray()};
    }
  }

  @Test
  void tellsAlicesBenchNothingOfBobsOrOfWhatHeDetected() throws Exception {
    byte[] one = told(0, 0, 0)[0];
    assertArrayEquals(one, told(0, 2, 0)[0], "whatever Bob measures");
    assertArrayEquals(one, told(3, 2, 1)[0], "whatever clicks");
  }

  /** Bob is told what clicked, and that depends on what Alice sent in his basis alone. */
  @Test
  void tellsBobsBenchNothingOfAlicesSettings() throws Exception {
    byte[] other = told(2, 0, 0)[1];
    assertArrayEquals(other, told(3, 0, 0)[1], "the value in the other basis is nowhere");
    assertFalse(Arrays.equals(told(0, 0, 0)[1], told(1, 0, 0)[1]), "the value in his basis clicks");
  }

  @Test
  void endsABlockIfTheOtherBenchLeaves() throws Exception {
    try (Rig rig = new Rig(LOSSLESS);
        Tap hers = rig.tap(Role.ALICE, "alice");
        Device bob = rig.device(Role.BOB)) {
      AtomicInteger batches = new AtomicInteger();
      Future<?> sending =
          rig.threads.submit(
              () ->
                  hers.run(
                      BLOCK,
                      Long.MAX_VALUE,
                      b -> {
                        if (batches.incrementAndGet() == 5) {
                          hers.unplug();
                        }
                        return all(b, 0);
                      }));
      Future<Detections> detecting =
          rig.threads.submit(() -> bob.detect(BLOCK, Long.MAX_VALUE, () -> 0));
      assertThrows(Exception.class, () -> Rig.get(sending));
      Exception broken = assertThrows(Exception.class, () -> Rig.get(detecting));
      assertTrue(broken.getMessage().contains("BG-OPTICS-006"), broken.getMessage());
      // and the next block runs
      try (Device alice = rig.device(Role.ALICE)) {
        assertTrue(run(rig, alice, bob, 1_000, BLOCK).detections().pulses().length > 0);
      }
    }
  }

  @Test
  void endsBlocksWhenItStopsAndRunsThemWhenItIsBack() throws Exception {
    try (Rig rig = new Rig(LOSSLESS);
        Device alice = rig.device(Role.ALICE);
        Device bob = rig.device(Role.BOB)) {
      for (int stops = 0; stops < 3; stops++) {
        Future<Emission> sending =
            rig.threads.submit(() -> alice.emit(BLOCK, Long.MAX_VALUE, () -> 0));
        Future<Detections> detecting =
            rig.threads.submit(() -> bob.detect(BLOCK, Long.MAX_VALUE, () -> 0));
        Rig.await(() -> rig.link().get("clicks") instanceof Long clicks && clicks > 10_000);
        rig.fibre.deactivate();
        for (Future<?> end : List.of(sending, detecting)) {
          Exception broken = assertThrows(Exception.class, () -> Rig.get(end));
          assertEquals(ChannelBroken.Reason.DEVICE, ((ChannelBroken) broken.getCause()).reason());
        }
        rig.restart();
        assertTrue(run(rig, alice, bob, 1_000, BLOCK).detections().pulses().length > 0);
      }
    }
  }

  @Test
  void letsGoOfABenchThatIsInterrupted() throws Exception {
    try (Rig rig = new Rig(LOSSLESS);
        Device alice = rig.device(Role.ALICE);
        Device bob = rig.device(Role.BOB)) {
      Thread waiting =
          new Thread(
              () ->
                  assertThrows(
                      InterruptedException.class, () -> bob.detect(BLOCK, 1_000, () -> 0)));
      AtomicInteger failed = new AtomicInteger();
      waiting.setUncaughtExceptionHandler((t, e) -> failed.incrementAndGet());
      waiting.start();
      Rig.await(() -> "one end waits".equals(rig.link().get("state")));
      waiting.interrupt();
      waiting.join(Rig.HANG_SECONDS * 1000);
      assertEquals(0, failed.get());
      Rig.await(() -> "absent".equals(rig.link().get("bob")));
      assertTrue(run(rig, alice, bob, 1_000, BLOCK).detections().pulses().length > 0);
    }
  }

  @Test
  void findsTheFibreAgain() throws Exception {
    try (Rig rig = new Rig(LOSSLESS);
        Device alice = rig.device(Role.ALICE);
        Device bob = rig.device(Role.BOB)) {
      run(rig, alice, bob, 1_000, BLOCK);
      for (Tap tap : List.of(rig.tap(Role.ALICE, "alice"), rig.tap(Role.BOB, "bob"))) {
        tap.hear(); // took the place, and gives it back
        tap.close();
      }
      Rig.await(
          () -> "absent".equals(rig.link().get("alice")) && "absent".equals(rig.link().get("bob")));
      assertTrue(run(rig, alice, bob, 1_000, BLOCK).detections().pulses().length > 0);
    }
  }

  /** What a protocol was told of the source holds for the block that follows. */
  @Test
  void runsNoBlockFromAnotherSourceThanItTold() throws Exception {
    try (Rig rig = new Rig(LOSSLESS);
        Device alice = rig.device(Role.ALICE)) {
      assertEquals(Source.IDEAL_SINGLE_PHOTON, alice.source());
      rig.fibre.modified(
          Rig.settings(Fibre.Settings.class, Map.of("seed", SEED, "source", "weak-coherent")));
      Exception other = assertThrows(Exception.class, () -> alice.emit(BLOCK, 10, () -> 0));
      assertTrue(other.getMessage().startsWith("BG-OPTICS-013"), other.getMessage());
      assertEquals(Source.WEAK_COHERENT, alice.source());
      assertTrue(alice.description().contains("without decoys"));
    }
  }

  @Test
  void saysThatThereIsNoFibre() throws Exception {
    AtomicInteger nanos = new AtomicInteger();
    Pace pace =
        new Pace() {
          @Override
          public long nanos() {
            return nanos.get() * 1_000_000L;
          }

          @Override
          public void sleep(long n) {}
        };
    Rig rig = new Rig(LOSSLESS);
    rig.close();
    try (Device alice = rig.device(Role.ALICE, 1_000, pace)) {
      assertEquals(Source.WEAK_COHERENT, alice.source(), "the kind that gives no key");
      assertTrue(alice.description().startsWith("simulated fibre, not connected"));
      Exception first = assertThrows(Exception.class, () -> alice.emit(BLOCK, 10, () -> 0));
      assertTrue(first.getMessage().startsWith("BG-OPTICS-011"), first.getMessage());
      nanos.set(300);
      assertThrows(Exception.class, () -> alice.emit(BLOCK, 10, () -> 0));
      assertFalse(alice.connected());
    }
  }

  private static String ended(Tap tap) throws Exception {
    return assertInstanceOf(Message.Ended.class, tap.hear()).reason();
  }

  @Test
  void staysUpWhateverABenchSays() throws Exception {
    try (Rig rig = new Rig(LOSSLESS)) {
      try (Tap tap = new Tap(rig.port(), null)) {
        tap.out.write("GET / HTTP/1.1\r\n\r\n".getBytes("US-ASCII"));
        assertTrue(ended(tap).startsWith("BG-OPTICS-001"));
      }
      try (Tap tap = new Tap(rig.port(), new Message.Hello(2, "demo", Role.BOB, "bob"))) {
        assertTrue(ended(tap).startsWith("BG-OPTICS-002"));
      }
      try (Tap tap = new Tap(rig.port(), null)) {
        tap.say(new Message.Settings(new byte[3]));
        assertTrue(ended(tap).startsWith("BG-OPTICS-001"));
      }
      try (Tap alice = rig.tap(Role.ALICE, "alice")) {
        alice.hear();
        try (Tap other = rig.tap(Role.ALICE, "mallory");
            Tap same = rig.tap(Role.BOB, "alice")) {
          assertTrue(ended(other).startsWith("BG-OPTICS-003"));
          assertTrue(ended(same).startsWith("BG-OPTICS-003"));
        }
        alice.say(new Message.Begin(BLOCK, 10));
        alice.say(new Message.Begin(BLOCK, 10));
        assertTrue(ended(alice).startsWith("BG-OPTICS-001"));
      }
      List<Tap> many = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        Role role = Role.values()[i % 2];
        many.add(new Tap(rig.port(), new Message.Hello(1, "link" + i / 2, role, "site" + i)));
        assertInstanceOf(Message.Welcome.class, many.get(i).hear());
      }
      try (Tap tap = rig.tap(Role.BOB, "bob")) {
        assertTrue(ended(tap).startsWith("BG-OPTICS-004"));
      }
      for (Tap tap : many) {
        tap.close();
      }
      Rig.await(() -> rig.fibre.status().get("connections").equals(0));
    }
  }

  @Test
  void runsOneBlockOrNone() throws Exception {
    try (Rig rig = new Rig(LOSSLESS);
        Tap hers = rig.tap(Role.ALICE, "alice");
        Tap his = rig.tap(Role.BOB, "bob")) {
      Future<Message> sending =
          rig.threads.submit(() -> hers.run(new UUID(1, 1), 10, b -> all(b, 0)));
      Message end = his.run(new UUID(1, 2), 10, b -> all(b, 0));
      assertTrue(((Message.Ended) end).reason().startsWith("BG-OPTICS-005"));
      assertTrue(((Message.Ended) Rig.get(sending)).reason().startsWith("BG-OPTICS-005"));
    }
  }

  @Test
  void refusesSettingsThatWereNotAskedFor() throws Exception {
    try (Rig rig = new Rig(LOSSLESS);
        Tap hers = rig.tap(Role.ALICE, "alice");
        Tap his = rig.tap(Role.BOB, "bob")) {
      Future<Message> sending =
          rig.threads.submit(() -> hers.run(BLOCK, 100_000, b -> new byte[1]));
      Message end = his.run(BLOCK, 100_000, b -> all(b, 0));
      assertTrue(((Message.Ended) end).reason().startsWith("BG-OPTICS-001"));
      assertTrue(((Message.Ended) Rig.get(sending)).reason().startsWith("BG-OPTICS-001"));
    }
  }

  /** Pulses take the time they take, on the clock that is given. */
  @Test
  void paces() throws Exception {
    long[] now = {0};
    Pace pace =
        new Pace() {
          @Override
          public long nanos() {
            return now[0];
          }

          @Override
          public void sleep(long nanos) {
            now[0] += Math.max(0, nanos);
          }
        };
    Light light = new Light(Source.IDEAL_SINGLE_PHOTON, .5, 0, .2, .5, 0, 0);
    Table table = new Table(light, 1_000, () -> SEED);
    AtomicInteger batches = new AtomicInteger();
    Station<Message.ToAlice> alice = answering(batches);
    Station<Message.ToBob> bob = answering(new AtomicInteger());
    BlockRun run =
        new BlockRun(
            new Message.Begin(BLOCK, 5_000), alice, bob, table, pace, new BlockRun.Counts());
    assertEquals(null, run.run(() -> {}));
    assertEquals(5_000_000_000L, now[0], 1_000);
    assertEquals(50, batches.get(), "ten batches a second");
  }

  private static <M extends Message> Station<M> answering(AtomicInteger batches) {
    List<Station<M>> self = new ArrayList<>();
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void write(byte[] frame) throws java.io.IOException {
            if (Wire.read(new ByteArrayInputStream(frame)) instanceof Message.Ask ask) {
              batches.incrementAndGet();
              self.get(0).answered(all(ask.batch(), 0));
            }
          }
        };
    self.add(new Station<>("site", out, () -> {}));
    return self.get(0);
  }

  /** An eavesdropper who comes in the middle of a block shows from the next batch. */
  @Test
  void changesInARunningBlock() throws Exception {
    try (Rig rig = new Rig(Map.of("seed", SEED, "lengthKm", 0.0, "detectorEfficiency", 1.0));
        Tap hers = rig.tap(Role.ALICE, "alice");
        Device bob = rig.device(Role.BOB)) {
      long[] since = {Long.MAX_VALUE};
      AtomicInteger batches = new AtomicInteger();
      Future<Message> sending =
          rig.threads.submit(
              () ->
                  hers.run(
                      BLOCK,
                      100_000,
                      b -> {
                        if (batches.incrementAndGet() == 10) {
                          command(rig, "eve", "intercept-resend");
                          since[0] = b.from();
                        }
                        return all(b, 1);
                      }));
      Detections found = bob.detect(BLOCK, 100_000, () -> 0);
      Rig.get(sending);
      int[] wrong = new int[2];
      int[] all = new int[2];
      for (int i = 0; i < found.pulses().length; i++) {
        int eve = found.pulses()[i] >= since[0] ? 1 : 0;
        all[eve]++;
        wrong[eve] += found.values()[i] == 0 ? 1 : 0;
      }
      System.out.println("seed=" + SEED + Arrays.toString(wrong) + " of " + Arrays.toString(all));
      assertEquals(0.01, (double) wrong[0] / all[0], 0.005);
      assertEquals(0.255, (double) wrong[1] / all[1], 0.01);
    }
  }

  private static String command(Rig rig, String... words) {
    return command(rig, Command.OK, words);
  }

  private static String command(Rig rig, int code, String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        rig.fibre.run(
            new Command.Call(
                List.of(words),
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out),
                new PrintStream(err)));
    assertEquals(code, exit, err::toString);
    return code == Command.OK ? out.toString() : err.toString();
  }

  @Test
  void isLookedAtAndChangedByItsCommand() throws Exception {
    try (Rig rig = new Rig(LOSSLESS)) {
      assertTrue(command(rig, "--help").contains("examples:"));
      assertTrue(command(rig, "status").startsWith("SIMULATED"));
      String json = command(rig, "eve", "intercept-resend", "--fraction", "0.2", "--json");
      var eve = Json.createReader(new StringReader(json)).readObject().getJsonObject("eve");
      assertEquals("intercept-resend", eve.getString("model"));
      assertEquals(0.2, eve.getJsonNumber("fraction").doubleValue());
      assertTrue(command(rig, "eve", "none").contains("model: none"));
      assertTrue(command(rig, "fibre", "--km", "50").contains("simulated fibre 50.0 km"));
      assertTrue(command(rig, Command.USAGE, "eve", "pns").contains("usage:"));
      assertTrue(command(rig, Command.USAGE, "fibre", "--km", "-1").contains("BG-OPTICS-008"));
      assertTrue(command(rig, Command.USAGE, "fibre", "--km", "far").contains("BG-OPTICS-008"));
      assertTrue(
          command(rig, Command.USAGE, "eve", "intercept-resend", "--fraction", "2")
              .contains("BG-OPTICS-008"));
    }
  }

  @Test
  void followsItsConfiguration() throws Exception {
    try (Rig rig = new Rig(LOSSLESS)) {
      rig.fibre.modified(Rig.settings(Fibre.Settings.class, Map.of("seed", SEED, "lengthKm", 7.0)));
      assertTrue(rig.fibre.status().get("description").toString().contains("7.0 km"));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              rig.fibre.modified(
                  Rig.settings(Fibre.Settings.class, Map.of("misalignmentError", 0.9))));
    }
  }

  @Test
  void hasABenchInLabModeOnly() {
    Bench.Settings settings =
        Rig.settings(
            Bench.Settings.class, Map.of("qkd_peer", "bob", "role", "alice", "link", "demo"));
    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> new Bench(false, "alice", settings));
    assertTrue(refused.getMessage().startsWith("BG-OPTICS-010"));
    QuantumChannel bench = new Bench(true, "alice", settings);
    assertTrue(bench.simulated());
    Bench.Settings wrong =
        Rig.settings(
            Bench.Settings.class, Map.of("qkd_peer", "bob", "role", "eve", "link", "demo"));
    assertThrows(IllegalArgumentException.class, () -> new Bench(true, "alice", wrong));
  }

  @Test
  void isATransmitterOrAReceiver() throws Exception {
    try (Rig rig = new Rig(LOSSLESS);
        Device alice = rig.device(Role.ALICE);
        Device bob = rig.device(Role.BOB)) {
      assertThrows(IllegalStateException.class, () -> bob.emit(BLOCK, 1, () -> 0));
      assertThrows(IllegalStateException.class, () -> alice.detect(BLOCK, 1, () -> 0));
    }
  }
}
