package io.bellgate.entropy.device.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.api.entropy.NoiseSource.Reading;
import io.bellgate.entropy.device.serial.Emulator.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The driver of the OneRNG against an emulation that knows its command lines. */
class OneRngTest {
  private Device device;

  /** A OneRNG that streams the number of its mode. */
  static final class Device extends Emulator {
    final List<String> commands = new CopyOnWriteArrayList<>();
    volatile byte mode = '0';
    volatile boolean silent;
    volatile String version = "Version 3\n";

    Device(Fault fault) throws IOException {
      super(fault);
      stream(true);
    }

    @Override
    boolean understands(int baud) {
      return true; // a USB line has no rate
    }

    @Override
    byte[] streamed() {
      return silent || mode == '4'
          ? new byte[0]
          : ("" + (char) mode).repeat(256).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    void command(byte first) throws IOException {
      StringBuilder line = new StringBuilder().append((char) first);
      for (byte next = next(); next != '\n'; next = next()) {
        line.append((char) next);
      }
      commands.add(line.toString());
      switch (line.toString()) {
        case "cmdO" -> stream(true);
        case "cmdo" -> stream(false);
        case "cmdw" -> {}
        case "cmdv" -> text(version);
        case "cmdI" -> text("___0123456789abcdef___\n");
        default -> mode = (byte) line.charAt(3);
      }
    }

    private void text(String text) throws IOException {
      answer(text.getBytes(StandardCharsets.US_ASCII));
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

  private OneRng kind(String mode) {
    return OneRng.of(mode, device.quick());
  }

  @Test
  void givesTheModeThatIsConfigured() throws Exception {
    device(Fault.NONE);
    Map<String, String> modes =
        Map.of("avalanche", "1", "radio", "7", "both", "3", "whitened", "0");
    for (Map.Entry<String, String> mode : modes.entrySet()) {
      byte[] samples = new byte[10_000];
      try (Reading reading = kind(mode.getKey()).open(device.path())) {
        reading.read(samples);
      }
      assertEquals(mode.getValue().repeat(10_000), new String(samples, StandardCharsets.US_ASCII));
    }
    assertEquals(Output.RAW, kind("avalanche").output());
    assertEquals(Output.OPAQUE, kind("whitened").output());
  }

  @Test
  void pausesItWhenItIsClosed() throws Exception {
    device(Fault.NONE);
    try (Reading reading = kind("both").open(device.path())) {
      reading.read(new byte[1]);
    }
    kind("both").open(device.path()).close();
    List<String> heard = List.copyOf(device.commands);
    int run = heard.indexOf("cmd3");
    assertEquals(List.of("cmd3", "cmdw", "cmdO", "cmdo", "cmdo"), heard.subList(run, run + 5));
  }

  @Test
  void refusesAnotherDevice() throws Exception {
    device(Fault.NONE).version = "OK\n";
    String why =
        assertThrows(IOException.class, () -> kind("both").open(device.path())).getMessage();
    assertTrue(why.startsWith("BG-ENTROPY-036"), why);
  }

  @Test
  void refusesGarbage() throws Exception {
    device(Fault.GARBAGE);
    String why =
        assertThrows(IOException.class, () -> kind("both").open(device.path())).getMessage();
    assertTrue(why.startsWith("BG-ENTROPY-036"), why);
  }

  @Test
  void saysThatItIsSilentOrPulled() throws Exception {
    device(Fault.NONE);
    OneRng impatient = OneRng.of("both", device.impatient());
    try (Reading reading = impatient.open(device.path())) {
      device.mode = '4';
      String why =
          assertThrows(
                  IOException.class,
                  () -> {
                    for (int i = 0; i < 100; i++) {
                      reading.read(new byte[10_000]);
                    }
                  })
              .getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-035"), why);
      device.unplug();
      why = assertThrows(IOException.class, () -> reading.read(new byte[1])).getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-034"), why);
    }
  }
}
