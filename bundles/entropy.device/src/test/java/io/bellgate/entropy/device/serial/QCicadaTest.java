package io.bellgate.entropy.device.serial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.api.entropy.NoiseSource.Reading;
import io.bellgate.entropy.device.serial.Emulator.Fault;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The driver of the QCicada against an emulation that enforces baud rate and frames. */
class QCicadaTest {
  private QCicadaEmulator device;

  private QCicadaEmulator device(Fault fault) throws Exception {
    device = new QCicadaEmulator(fault);
    device.start();
    return device;
  }

  @AfterEach
  void close() throws Exception {
    if (device != null) {
      device.close();
    }
  }

  private Reading open(String mode) throws IOException {
    return QCicada.of(mode, "", device.quick()).open(device.path());
  }

  private static void refuses(String code, org.junit.jupiter.api.function.Executable what) {
    String why = assertThrows(IOException.class, what).getMessage();
    assertTrue(why.startsWith(code), why);
  }

  /** What the emulation gives, which draws from a seed. */
  private static byte[] given(int octets) {
    byte[] given = new byte[octets];
    new Random(6).nextBytes(given);
    return given;
  }

  @Test
  void givesRawSamplesPieceByPiece() throws Exception {
    device(Fault.NONE);
    byte[] samples = new byte[20_000];
    try (Reading reading = open("samples")) {
      reading.read(samples);
    }
    assertArrayEquals(given(20_000), samples);
    assertEquals(3, device.pieces);
    assertEquals(Output.RAW, QCicada.of("samples", "", Timing.STANDARD).output());
    assertEquals(Output.RAW, QCicada.of("noise", "", Timing.STANDARD).output());
    assertEquals(Output.OPAQUE, QCicada.of("sha256", "", Timing.STANDARD).output());
  }

  @Test
  void setsItsConfigurationAndLeavesTheRestOfIt() throws Exception {
    device(Fault.NONE);
    byte[] before = device.configuration.clone();
    open("samples").close();
    byte[] after = device.configuration;
    assertEquals(2, after[0], "raw samples");
    assertEquals(0x1f, after[5], "all tests on, nothing given after an error");
    before[0] = after[0];
    before[5] = after[5];
    assertArrayEquals(before, after);
  }

  @Test
  void refusesADeviceThatGivesAfterAnError() throws Exception {
    device(Fault.NONE).generatesOnErrorForEver = true;
    refuses("BG-ENTROPY-040", () -> open("samples"));
  }

  @Test
  void refusesADeviceThatIsNotWell() throws Exception {
    device(Fault.NONE);
    for (int flags : new int[] {0, 1 | 2, 1 | 4, 1 | 8, 1 | 16, 1 | 32, 1 | 64, 1 | 128}) {
      device.flags = flags;
      refuses("BG-ENTROPY-037", () -> open("samples"));
    }
    device.flags = 1;
    open("samples").close();
  }

  @Test
  void givesNothingOfAPieceAfterWhichItIsNotWell() throws Exception {
    device(Fault.NONE).flagsAfterPiece = 1 | 64;
    byte[] samples = new byte[100];
    try (Reading reading = open("samples")) {
      refuses("BG-ENTROPY-037", () -> reading.read(samples));
    }
    assertArrayEquals(new byte[100], samples, "it is wiped");
  }

  @Test
  void seesAFailureThatCameAndWent() throws Exception {
    device(Fault.NONE);
    byte[] samples = new byte[100];
    try (Reading reading = open("samples")) {
      reading.read(samples);
      device.repetitionFailures = 1;
      refuses("BG-ENTROPY-037", () -> reading.read(samples));
    }
    assertArrayEquals(new byte[100], samples);
  }

  @Test
  void stopsAStreamThatAnEarlierReaderLeftOn() throws Exception {
    device(Fault.NONE).stream(true);
    try (Reading reading = open("samples")) {
      reading.read(new byte[1_000]);
    }
    assertEquals(1, device.pieces);
  }

  @Test
  void givesAStreamAndLooksAfterIt() throws Exception {
    device(Fault.NONE);
    byte[] samples = new byte[100_000];
    try (Reading reading = open("samples-continuous")) {
      int before = device.stops;
      reading.read(samples);
      assertEquals(0, device.pieces);
      assertEquals(1, device.stops - before, "once in 65,536 octets");
      device.repetitionFailures = 1;
      refuses("BG-ENTROPY-037", () -> reading.read(samples));
    }
  }

  @Test
  void verifiesWhatItSigns() throws Exception {
    device(Fault.NONE);
    QCicada signing = QCicada.of("samples", device.publicKey(), device.quick());
    byte[] samples = new byte[10_000];
    try (Reading reading = signing.open(device.path())) {
      reading.read(samples);
      assertFalse(Arrays.equals(new byte[10_000], samples));
      assertEquals(2, device.signedPieces);
      assertEquals(0, device.pieces);
      device.forges = true;
      refuses("BG-ENTROPY-039", () -> reading.read(samples));
      assertArrayEquals(new byte[10_000], samples);
    }
  }

  @Test
  void refusesTheSignatureOfAnotherDevice() throws Exception {
    String other;
    try (QCicadaEmulator another = new QCicadaEmulator(Fault.NONE)) {
      other = another.publicKey();
    }
    device(Fault.NONE);
    try (Reading reading = QCicada.of("samples", other, device.quick()).open(device.path())) {
      refuses("BG-ENTROPY-039", () -> reading.read(new byte[10]));
    }
  }

  @Test
  void refusesAnotherDevice() throws Exception {
    device(Fault.NONE).hardware = "FIREFLY-1.0";
    refuses("BG-ENTROPY-038", () -> open("samples"));
  }

  @Test
  void refusesGarbage() throws Exception {
    device(Fault.GARBAGE);
    refuses("BG-ENTROPY-036", () -> open("samples"));
  }

  @Test
  void givesNothingOfAShortPiece() throws Exception {
    device(Fault.SHORT);
    byte[] samples = new byte[1_000];
    try (Reading reading = QCicada.of("samples", "", device.impatient()).open(device.path())) {
      refuses("BG-ENTROPY-035", () -> reading.read(samples));
    }
    assertArrayEquals(new byte[1_000], samples);
  }

  @Test
  void saysThatItWasPulled() throws Exception {
    device(Fault.UNPLUG);
    byte[] samples = new byte[1_000];
    try (Reading reading = open("samples")) {
      refuses("BG-ENTROPY-034", () -> reading.read(samples));
    }
    assertArrayEquals(new byte[1_000], samples);
  }

  @Test
  void isNotHeardAtAnotherRate() throws Exception {
    device(Fault.NONE);
    try (SerialLine line = SerialLine.open(device.path(), 115_200)) {
      line.write(new byte[] {0x0b}, 20_000);
      byte[] one = new byte[1];
      line.read(one, 0, 1, 20_000);
      assertEquals((byte) 0xfe, one[0], "a framing error, as the emulation has it");
    }
  }

  @Test
  void stopsTheStreamWhenItIsClosed() throws Exception {
    device(Fault.NONE);
    Reading reading = open("samples-continuous");
    reading.read(new byte[100]);
    int before = device.stops;
    reading.close();
    open("samples").close();
    assertTrue(device.stops >= before + 2, "one at the close, one at the next open");
  }

  @Test
  void refusesAConfigurationThatCannotBe() {
    String key = "00".repeat(64);
    for (String[] wrong :
        new String[][] {
          {"raw", ""}, {"samples", "abc"}, {"samples", key}, {"noise-continuous", key}
        }) {
      String why =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> QCicada.of(wrong[0], wrong[1], Timing.STANDARD))
              .getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-030"), why);
    }
  }
}
