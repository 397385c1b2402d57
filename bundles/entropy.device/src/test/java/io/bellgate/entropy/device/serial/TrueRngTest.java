package io.bellgate.entropy.device.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.api.entropy.NoiseSource.Reading;
import io.bellgate.entropy.device.serial.Emulator.Fault;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The drivers of TrueRNG and TrueRNG Pro against an emulation that wants the knock. */
class TrueRngTest {
  private TrueRngEmulator device;

  @BeforeEach
  void device() throws Exception {
    device = new TrueRngEmulator(Fault.NONE);
    device.start();
  }

  @AfterEach
  void close() throws Exception {
    device.close();
  }

  private TrueRngPro pro(String mode) {
    return TrueRngPro.of(mode, new Timing(20, 20_000, device::observe));
  }

  /** What is left of a mode before may be a sample: the count begins after it. */
  private static void counts(byte[] samples) {
    for (int i = 1; i < samples.length; i++) {
      assertEquals((byte) (samples[i - 1] + 1), samples[i], "sample " + i);
    }
  }

  @Test
  void knocksForRawSamples() throws Exception {
    byte[] samples = new byte[3_000];
    try (Reading reading = pro("raw1").open(device.path())) {
      reading.read(samples);
    }
    assertEquals(19_200, device.mode);
    counts(samples);
    assertEquals(Output.RAW, pro("raw1").output());
  }

  @Test
  void givesOneGeneratorAndLeavesTheOtherOut() throws Exception {
    byte[] samples = new byte[3_000];
    try (Reading reading = pro("raw2").open(device.path())) {
      reading.read(samples);
    }
    counts(samples);
  }

  @Test
  void comesBackFromRawSamples() throws Exception {
    pro("raw1").open(device.path()).close();
    byte[] octets = new byte[3_000];
    try (Reading reading = pro("whitened").open(device.path())) {
      reading.read(octets);
    }
    assertEquals(300, device.mode);
    assertEquals(Output.OPAQUE, pro("whitened").output());
  }

  @Test
  void refusesFramesThatAreBroken() throws Exception {
    byte[] samples = new byte[30_000];
    try (Reading reading = pro("raw1").open(device.path())) {
      reading.read(samples);
      device.dropsAnOctet = true;
      String why =
          assertThrows(
                  IOException.class,
                  () -> {
                    for (int i = 0; i < 20; i++) {
                      reading.read(samples);
                    }
                  })
              .getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-036"), why);
    }
    assertTrue(Arrays.equals(new byte[30_000], samples), "and wipes what it had");
  }

  @Test
  void refusesWhatDidNotHearTheKnock() throws Exception {
    // no pause comes to the emulation, so it stays as it was
    TrueRngPro deaf = TrueRngPro.of("raw1", new Timing(20, 20_000, millis -> {}));
    try (Reading reading = deaf.open(device.path())) {
      String why = assertThrows(IOException.class, () -> reading.read(new byte[500])).getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-036"), why);
    }
  }

  @Test
  void readsVersionsOneToThreeAsTheyTalk() throws Exception {
    TrueRng plain = TrueRng.of("mixed", new Timing(20, 20_000, millis -> {}));
    byte[] one = new byte[5_000];
    byte[] two = new byte[5_000];
    try (Reading reading = plain.open(device.path())) {
      reading.read(one);
      reading.read(two);
      device.unplug();
      String why =
          assertThrows(
                  IOException.class,
                  () -> {
                    for (int i = 0; i < 100; i++) {
                      reading.read(one); // what the line still held
                    }
                  })
              .getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-034"), why);
    }
    assertFalse(Arrays.equals(one, two));
    assertEquals(Output.OPAQUE, plain.output());
  }

  @Test
  void isKnownByItsUsbIds() {
    assertTrue(pro("raw1").mayBe(new UsbIdentity("16d0", "0aa0", "")));
    assertTrue(pro("raw1").mayBe(new UsbIdentity("04d8", "ebb5", "")));
    assertFalse(pro("raw1").mayBe(new UsbIdentity("04d8", "f5fe", "")));
    assertTrue(TrueRng.of("mixed", Timing.STANDARD).mayBe(new UsbIdentity("04d8", "f5fe", "")));
  }
}
