package io.bellgate.entropy.device.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.api.entropy.NoiseSource.Reading;
import io.bellgate.entropy.device.serial.Emulator.Fault;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every kind of device, whatever it is spoken to. */
class SerialKindTest {
  private static final long SEED = 20_261_126;

  /** A kind that a device may be, and such a device that answers and then gives nothing. */
  record Case(String name, Function<Timing, SerialKind> kind, Device device) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Plugs a device in. */
  interface Device {
    Emulator plug() throws Exception;
  }

  static Stream<Case> kinds() {
    return Stream.of(
        new Case("qcicada", t -> QCicada.of("samples", "", t), SerialKindTest::quietQCicada),
        new Case(
            "qcicada-continuous",
            t -> QCicada.of("samples-continuous", "", t),
            SerialKindTest::quietQCicada),
        new Case("truerng", t -> TrueRng.of("mixed", t), Mute::new),
        new Case("truerng-pro", t -> TrueRngPro.of("raw1", t), Mute::new),
        new Case(
            "onerng",
            t -> OneRng.of("both", t),
            () -> {
              OneRngTest.Device device = new OneRngTest.Device(Fault.NONE);
              device.silent = true;
              return device;
            }),
        new Case(
            "swiftrng", t -> SwiftRng.of("raw0", t), () -> new SwiftRngTest.Device(Fault.SHORT)));
  }

  private static Emulator quietQCicada() throws Exception {
    QCicadaEmulator device = new QCicadaEmulator(Fault.SHORT);
    device.silent = true;
    return device;
  }

  /** Says nothing at all. */
  private static final class Mute extends Emulator {
    Mute() throws IOException {
      super(Fault.NONE);
    }

    @Override
    boolean understands(int baud) {
      return false;
    }

    @Override
    void command(byte first) {}
  }

  /** Answers whatever it hears, and what it does not, with chance. */
  private static final class Babbler extends Emulator {
    private final Random random;

    Babbler(long seed) throws IOException {
      super(Fault.NONE);
      random = new Random(seed);
    }

    @Override
    boolean understands(int baud) {
      return true;
    }

    @Override
    void command(byte first) throws IOException {
      byte[] answer = new byte[random.nextInt(80)];
      random.nextBytes(answer);
      if (answer.length > 0 && random.nextBoolean()) {
        answer[0] = plausible(first);
      }
      pty.master().write(answer, 20_000);
    }

    /** So that what follows the first octet is met, too. */
    private static byte plausible(byte command) {
      return switch (command) {
        case 0x01, 0x04, 0x05, 0x08 -> 0x11;
        case 0x07 -> 0x17;
        case 0x09 -> 0x19;
        case 0x0b -> 0x1b;
        default -> 'V';
      };
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void endsAReadThatWaitsWhenItIsClosed(Case of) throws Exception {
    try (Emulator device = of.device.plug().start()) {
      Reading reading = of.kind.apply(device.quick()).open(device.path());
      CompletableFuture<String> why = new CompletableFuture<>();
      Thread reader =
          new Thread(
              () ->
                  why.complete(
                      assertThrows(IOException.class, () -> reading.read(new byte[20_000]))
                          .getMessage()));
      reader.start();
      SerialLineTest.awaitWaiting(reader);
      reading.close();
      assertTrue(why.get(20, TimeUnit.SECONDS).contains("was closed"), why.get());
      reading.close();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void meetsAnythingWithAnErrorThatHasACode(Case of) throws Exception {
    System.out.println("seed=" + SEED + " kind=" + of.name);
    for (int round = 0; round < 10; round++) {
      try (Emulator device = new Babbler(SEED + round).start()) {
        byte[] samples = new byte[100];
        SerialKind kind = of.kind.apply(new Timing(2, 40, m -> {}));
        IOException met =
            assertThrows(
                IOException.class,
                () -> {
                  try (Reading reading = kind.open(device.path())) {
                    reading.read(samples);
                  }
                });
        assertTrue(met.getMessage().startsWith("BG-ENTROPY-03"), met.getMessage());
      }
    }
  }

  @Test
  void hasANameForEach() {
    Map<String, List<String>> modes =
        Map.of(
            "qcicada", List.of("samples", "noise", "noise-continuous"),
            "truerng", List.of(),
            "truerng-pro", List.of("raw1", "raw2"),
            "onerng", List.of("avalanche", "radio", "both"),
            "swiftrng", List.of("raw0", "raw1"));
    modes.forEach(
        (name, raw) ->
            raw.forEach(
                mode -> assertEquals(Output.RAW, SerialKind.named(name, mode, "").output())));
    assertEquals(Output.OPAQUE, SerialKind.named("truerng", "mixed", "").output());
    assertTrue(SerialKind.named("qcicada", "noise", "").sharesIds());
    assertFalse(SerialKind.named("truerng", "mixed", "").sharesIds());
  }
}
