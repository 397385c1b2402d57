package io.bellgate.entropy.device.serial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.api.entropy.NoiseSource.Reading;
import io.bellgate.entropy.device.serial.Emulator.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The driver of the SwiftRNG against an emulation that answers its commands of one octet. */
class SwiftRngTest {
  private Device device;

  /** A SwiftRNG; its status is what a test says. */
  static final class Device extends Emulator {
    volatile byte status;
    volatile byte lastCommand;
    volatile String model = "SWRNG-XL";

    Device(Fault fault) throws IOException {
      super(fault);
    }

    @Override
    boolean understands(int baud) {
      return true; // a USB line has no rate
    }

    @Override
    void command(byte first) throws IOException {
      lastCommand = first;
      switch (first) {
        case 'm' -> answer((model + (char) status).getBytes(StandardCharsets.ISO_8859_1));
        case 'x', '<', '>' -> {
          give(random(16_000));
          if (fault == Fault.NONE || fault == Fault.GARBAGE) {
            pty.master().write(new byte[] {status}, 20_000);
          }
        }
        default -> answer((byte) 1);
      }
    }
  }

  private Device device(Fault fault) throws IOException {
    device = new Device(fault);
    device.start();
    return device;
  }

  @AfterEach
  void close() throws Exception {
    device.close();
  }

  private Reading open(String mode, int silenceMillis) throws IOException {
    return SwiftRng.of(mode, new Timing(20, silenceMillis, m -> {})).open(device.path());
  }

  private static void refuses(String code, org.junit.jupiter.api.function.Executable what) {
    String why = assertThrows(IOException.class, what).getMessage();
    assertTrue(why.startsWith(code), why);
  }

  @Test
  void givesBlocksInPieces() throws Exception {
    device(Fault.NONE);
    byte[] given = new byte[32_000];
    Random same = new Random(6);
    for (int block = 0; block < 2; block++) {
      byte[] one = new byte[16_000];
      same.nextBytes(one);
      System.arraycopy(one, 0, given, block * 16_000, 16_000);
    }
    byte[] got = new byte[32_000];
    try (Reading reading = open("raw0", 20_000)) {
      for (int at = 0; at < got.length; at += 3_200) {
        byte[] piece = new byte[3_200];
        reading.read(piece);
        System.arraycopy(piece, 0, got, at, 3_200);
      }
    }
    assertArrayEquals(given, got);
    assertEquals('<', device.lastCommand);
  }

  @Test
  void asksTheSourceThatIsConfigured() throws Exception {
    device(Fault.NONE);
    for (String[] mode : new String[][] {{"raw0", "<"}, {"raw1", ">"}, {"hashed", "x"}}) {
      try (Reading reading = open(mode[0], 20_000)) {
        reading.read(new byte[10]);
      }
      assertEquals(mode[1].charAt(0), device.lastCommand);
      assertEquals(
          mode[0].equals("hashed") ? Output.OPAQUE : Output.RAW,
          SwiftRng.of(mode[0], Timing.STANDARD).output());
    }
  }

  @Test
  void refusesABlockThatTheDeviceDoesNotAnswerFor() throws Exception {
    device(Fault.NONE);
    byte[] samples = new byte[10];
    try (Reading reading = open("raw0", 20_000)) {
      device.status = 1;
      refuses("BG-ENTROPY-037", () -> reading.read(samples));
    }
    assertArrayEquals(new byte[10], samples);
    refuses("BG-ENTROPY-037", () -> open("raw0", 20_000));
  }

  @Test
  void refusesWhatIsNone() throws Exception {
    device(Fault.NONE).model = "\0\1\2\3\4\5\6\7";
    refuses("BG-ENTROPY-038", () -> open("raw0", 20_000));
  }

  @Test
  void refusesGarbage() throws Exception {
    device(Fault.GARBAGE);
    assertThrows(IOException.class, () -> open("raw0", 20_000));
  }

  @Test
  void saysThatABlockWasShortOrTheDevicePulled() throws Exception {
    device(Fault.SHORT);
    try (Reading reading = open("raw0", 500)) {
      refuses("BG-ENTROPY-035", () -> reading.read(new byte[10]));
    }
    device.close();
    device(Fault.UNPLUG);
    try (Reading reading = open("raw0", 20_000)) {
      refuses("BG-ENTROPY-034", () -> reading.read(new byte[10]));
    }
  }
}
