package io.bellgate.entropy.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.NoiseSource;
import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.entropy.device.serial.Pty;
import io.bellgate.entropy.device.serial.Uevents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Serial devices that come and go, as links to pseudo-terminals in a folder that is watched. */
class SerialSourceTest {
  @TempDir Path folder;
  private final Registry registry = new Registry();
  private SerialSource source;

  @AfterEach
  void stop() throws Exception {
    if (source != null) {
      source.stop();
    }
  }

  private void start(String path, Map<String, Object> more) throws IOException {
    Map<String, Object> values = new HashMap<>(more);
    values.put("path", path);
    values.putIfAbsent("kind", "truerng");
    values.putIfAbsent("mode", "mixed");
    source =
        new SerialSource(
            registry.context(),
            Registry.settings(SerialSettings.class, values),
            folder.resolve("sys"));
  }

  /** A USB device in a sysfs of our own, for the name of a pseudo-terminal. */
  private void usb(Path line, String vendor, String product, String serial) throws IOException {
    String name = line.toRealPath().getFileName().toString();
    Path device = Files.createDirectories(folder.resolve("sys/devices/usb1/1-" + name));
    Path port = Files.createDirectories(device.resolve("1-1:1.0/port"));
    Files.writeString(device.resolve("idVendor"), vendor + "\n");
    Files.writeString(device.resolve("idProduct"), product + "\n");
    Files.writeString(device.resolve("serial"), serial + "\n");
    Path tty = Files.createDirectories(folder.resolve("sys/class/tty/" + name));
    Files.deleteIfExists(tty.resolve("device"));
    Files.createSymbolicLink(tty.resolve("device"), port);
  }

  @Test
  void isThereAsLongAsItsDevice() throws Exception {
    Path path = folder.resolve("ttyACM0");
    start(path.toString(), Map.of());
    try (Pty pty = new Pty()) {
      usb(pty.path(), "04d8", "f5fe", "A1");
      Files.createSymbolicLink(path, pty.path());
      Registry.await(() -> registry.registered.get() != null, "it is offered");
      NoiseSource.Description description = registry.registered.get().description();
      assertEquals("usb:04d8:f5fe:A1", description.device());
      assertEquals("truerng:" + path, description.name());
      assertEquals(Output.OPAQUE, description.output());
      assertEquals("a test", description.claim());
      Files.delete(path);
      Registry.await(() -> registry.registered.get() == null, "it is withdrawn");
      Files.createSymbolicLink(path, pty.path());
      Registry.await(() -> registry.registered.get() != null, "it is offered again");
    }
  }

  /** The node is there before sysfs shows whose it is; its folder does not change any more. */
  @Test
  void isFoundWhenTheKernelSpeaksOfItsNode() throws Exception {
    Path path = folder.resolve("ttyACM0");
    try (Pty pty = new Pty()) {
      Files.createSymbolicLink(path, pty.path());
      start(path.toString(), Map.of());
      source.heard(new Uevents.Event("add", "pts/none"));
      assertNull(registry.registered.get());
      usb(pty.path(), "04d8", "f5fe", "A1");
      String node = pty.path().getParent().getFileName() + "/" + pty.path().getFileName();
      source.heard(new Uevents.Event("change", "pts/none"));
      assertNull(registry.registered.get(), "another node");
      source.heard(new Uevents.Event("bind", node));
      assertEquals("usb:04d8:f5fe:A1", registry.registered.get().description().device());
    }
  }

  @Test
  void changesWithTheLinkThatIsPutInItsPlace() throws Exception {
    Path path = folder.resolve("ttyACM0");
    start(path.toString(), Map.of("usb_required", false));
    try (Pty one = new Pty();
        Pty two = new Pty()) {
      Files.createSymbolicLink(path, one.path());
      Registry.await(() -> registry.registered.get() != null, "it is offered");
      String first = registry.registered.get().description().device();
      Path next = Files.createSymbolicLink(folder.resolve("next"), two.path());
      Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
      Registry.await(
          () -> {
            NoiseSource now = registry.registered.get();
            return now != null && !now.description().device().equals(first);
          },
          "the other one is offered");
      assertEquals(2, registry.registrations.get());
    }
  }

  @Test
  void goesWhenAReaderMissesItThoughALinkStays() throws Exception {
    Path path = folder.resolve("ttyACM0");
    Pty pty = new Pty();
    Files.createSymbolicLink(path, pty.path());
    start(path.toString(), Map.of("usb_required", false));
    Registry.await(() -> registry.registered.get() != null, "it is offered");
    try (NoiseSource.Reading reading = registry.registered.get().open()) {
      pty.close();
      String why = assertThrows(IOException.class, () -> reading.read(new byte[1])).getMessage();
      assertTrue(why.startsWith("BG-ENTROPY-034"), why);
    }
    Registry.await(() -> registry.registered.get() == null, "it is withdrawn");
  }

  @Test
  void isFoundByItsSerialNumberWhateverTheLine() throws Exception {
    start(folder.resolve("ttyACM") + "*", Map.of("usb_serial", "B2"));
    try (Pty other = new Pty();
        Pty meant = new Pty()) {
      usb(other.path(), "04d8", "f5fe", "A1");
      usb(meant.path(), "04d8", "f5fe", "B2");
      Path first = Files.createSymbolicLink(folder.resolve("ttyACM0"), other.path());
      Path second = Files.createSymbolicLink(folder.resolve("ttyACM7"), meant.path());
      Registry.await(() -> registry.registered.get() != null, "it is offered");
      NoiseSource offered = registry.registered.get();
      assertEquals("truerng:" + second, offered.description().name());
      Files.delete(first);
      Path third = Files.createSymbolicLink(folder.resolve("ttyACM1"), other.path());
      Files.delete(second);
      Registry.await(() -> registry.registered.get() == null, "it is withdrawn");
      Files.createSymbolicLink(folder.resolve("ttyACM2"), meant.path());
      Registry.await(() -> registry.registered.get() != null, "under another number");
      assertNotEquals(third.toString(), registry.registered.get().description().name());
    }
  }

  @Test
  void opensNoDeviceOfAnotherKind() throws Exception {
    try (Pty pty = new Pty()) {
      Path path = Files.createSymbolicLink(folder.resolve("ttyUSB0"), pty.path());
      start(path.toString(), Map.of());
      source.stop(); // its thread has looked
      assertEquals(0, registry.registrations.get(), "no USB device");
      usb(pty.path(), "0403", "6001", "C3");
      start(path.toString(), Map.of("usb_required", false));
      source.stop();
      assertEquals(0, registry.registrations.get(), "any FTDI adapter");
      start(path.toString(), Map.of("kind", "qcicada", "mode", "samples", "usb_serial", "C4"));
      source.stop();
      assertEquals(0, registry.registrations.get(), "another number");
      start(path.toString(), Map.of("kind", "qcicada", "mode", "samples", "usb_serial", "C3"));
      source.stop();
      assertEquals(1, registry.registrations.get(), "the one that is meant");
    }
  }

  @Test
  void refusesAConfigurationThatCannotBe() {
    String path = folder.resolve("tty0").toString();
    Map<String, Map<String, Object>> wrong =
        Map.of(
            "BG-ENTROPY-030 a kind", Map.of("kind", "geiger"),
            "BG-ENTROPY-030 a device of this kind has the modes", Map.of("mode", "raw"),
            "BG-ENTROPY-030 a sample", Map.of("min_entropy", 9.0),
            "BG-ENTROPY-030 only", Map.of("public_key", "00"));
    wrong.forEach(
        (start, values) -> {
          String why =
              assertThrows(IllegalArgumentException.class, () -> start(path, values)).getMessage();
          assertTrue(why.startsWith(start), why);
        });
    Map<String, Map<String, Object>> unclear =
        Map.of(path + "*", Map.of(), path, Map.of("kind", "qcicada", "mode", "samples"));
    unclear.forEach(
        (where, values) -> {
          String why =
              assertThrows(IllegalArgumentException.class, () -> start(where, values)).getMessage();
          assertTrue(why.startsWith("BG-ENTROPY-030 which"), why);
        });
  }
}
