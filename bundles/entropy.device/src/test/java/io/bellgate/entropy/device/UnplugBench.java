package io.bellgate.entropy.device;

import io.bellgate.api.entropy.NoiseSource;
import io.bellgate.entropy.device.serial.Pty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How long after a device was pulled its service is gone. A main, no test: {@code java -cp
 * bundles/entropy.device/target/classes:...test-classes:... UnplugBench [PULLS]}; docs/entropy.md
 * has the command.
 *
 * <p>Two ways to learn of it, each alone: the node leaves its folder, as under udev or devtmpfs, or
 * a reader that waits is told by the line while a link to the node stays.
 */
public final class UnplugBench {
  private UnplugBench() {}

  /**
   * Measures and prints.
   *
   * @param arguments how often, 100 unless told
   */
  public static void main(String[] arguments) throws Exception {
    int pulls = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100;
    Path folder = Files.createTempDirectory("unplug");
    print("node leaves its folder", pulls, folder, true);
    print("reader told by the line", pulls, folder, false);
    Files.delete(folder);
  }

  private static void print(String what, int pulls, Path folder, boolean node) throws Exception {
    double[] millis = new double[pulls];
    for (int i = 0; i < pulls; i++) {
      millis[i] = node ? pullNode(folder) : pullLine(folder);
    }
    Arrays.sort(millis);
    System.out.printf(
        "unplug to service gone, %s: pulls=%d p50=%.2f ms p99=%.2f ms max=%.2f ms%n",
        what,
        pulls,
        millis[pulls / 2],
        millis[Math.min(pulls - 1, (int) Math.ceil(pulls * 0.99) - 1)],
        millis[pulls - 1]);
  }

  private static SerialSource plugged(Registry registry, Path path) throws Exception {
    Map<String, Object> values = new HashMap<>();
    values.put("path", path.toString());
    values.put("kind", "truerng");
    values.put("mode", "mixed");
    values.put("usb_required", false);
    SerialSource source =
        new SerialSource(registry.context(), Registry.settings(SerialSettings.class, values));
    Registry.await(() -> registry.registered.get() != null, "it is offered");
    return source;
  }

  private static double gone(Registry registry, long pulledNanos) {
    while (registry.registered.get() != null) {
      Thread.onSpinWait();
    }
    return (System.nanoTime() - pulledNanos) / 1e6;
  }

  private static double pullNode(Path folder) throws Exception {
    Registry registry = new Registry();
    Path path = folder.resolve("ttyACM0");
    try (Pty pty = new Pty()) {
      Files.createSymbolicLink(path, pty.path());
      SerialSource source = plugged(registry, path);
      long pulledNanos = System.nanoTime();
      Files.delete(path);
      double millis = gone(registry, pulledNanos);
      source.stop();
      return millis;
    }
  }

  private static double pullLine(Path folder) throws Exception {
    Registry registry = new Registry();
    Path path = folder.resolve("ttyACM0");
    Pty pty = new Pty();
    Files.createSymbolicLink(path, pty.path());
    SerialSource source = plugged(registry, path);
    AtomicReference<IOException> told = new AtomicReference<>();
    NoiseSource.Reading reading = registry.registered.get().open();
    Thread reader = new Thread(() -> read(reading, told), "reader");
    reader.start();
    Registry.await(() -> reader.getState() == Thread.State.RUNNABLE, "it reads");
    Thread.sleep(5); // it is in its wait
    long pulledNanos = System.nanoTime();
    pty.close();
    double millis = gone(registry, pulledNanos);
    reader.join();
    reading.close();
    source.stop();
    Files.delete(path);
    if (told.get() == null || !told.get().getMessage().startsWith("BG-ENTROPY-034")) {
      throw new IllegalStateException("not told by the line", told.get());
    }
    return millis;
  }

  private static void read(NoiseSource.Reading reading, AtomicReference<IOException> told) {
    try {
      reading.read(new byte[1]);
    } catch (IOException e) {
      told.set(e);
    }
  }
}
