package io.bellgate.entropy.device;

import io.bellgate.api.entropy.NoiseSource;
import io.bellgate.api.entropy.NoiseSource.Description;
import io.bellgate.api.entropy.NoiseSource.Output;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Locale;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Offers a character device as a noise source for as long as it is there: its folder is watched,
 * not polled.
 */
@Component(
    configurationPid = "io.bellgate.entropy.device",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    immediate = true,
    service = {})
@Designate(ocd = Settings.class, factory = true)
public final class DeviceSource {
  private static final System.Logger LOG = System.getLogger(DeviceSource.class.getName());
  private static final Path SYSFS = Path.of("/sys");

  private final BundleContext context;
  private final Settings settings;
  private final Path path;
  private final WatchService watch;
  private final Thread thread;
  private ServiceRegistration<NoiseSource> registration;

  /**
   * Checks the configuration and begins to watch.
   *
   * @param context registers the source
   * @param configured the device
   * @throws IOException if the folder of the device cannot be watched
   * @throws IllegalArgumentException with BG-ENTROPY-010 if the configuration cannot be
   */
  @Activate
  public DeviceSource(BundleContext context, Settings configured) throws IOException {
    this.context = context;
    this.settings = configured;
    this.path = Path.of(configured.path());
    if (!path.isAbsolute() || path.getParent() == null) {
      throw new IllegalArgumentException(
          "BG-ENTROPY-010 a device has an absolute path: path=" + path);
    }
    describe("unknown"); // refuses values out of range now, though the device may come later
    watch = path.getFileSystem().newWatchService();
    path.getParent()
        .register(
            watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
    thread = new Thread(this::run, "entropy-device-" + path.getFileName());
    thread.setDaemon(true);
    thread.start();
  }

  private Description describe(String identity) {
    try {
      return new Description(
          "device:" + path,
          identity,
          Output.valueOf(settings.output().toUpperCase(Locale.ROOT)),
          settings.sample_bits(),
          settings.min_entropy(),
          settings.claim(),
          settings.bits_per_second(),
          settings.physical(),
          false);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("BG-ENTROPY-010 " + e.getMessage(), e);
    }
  }

  private void run() {
    try {
      look();
      while (true) {
        WatchKey key = watch.take();
        boolean ours =
            key.pollEvents().stream()
                .anyMatch(
                    e ->
                        e.kind() == StandardWatchEventKinds.OVERFLOW
                            || path.getFileName().equals(e.context()));
        if (ours) {
          look();
        }
        if (!key.reset()) {
          LOG.log(Level.WARNING, "the folder of a device is gone: path={0}", path);
          withdraw();
          return;
        }
      }
    } catch (InterruptedException | ClosedWatchServiceException stopped) {
      withdraw();
    }
  }

  /** Another device may have come under the name of the one that went. */
  private synchronized void look() {
    withdraw();
    if (!Files.exists(path)) {
      LOG.log(Level.INFO, "waiting for a device: path={0}", path);
      return;
    }
    try {
      Description description = describe(CharacterDevice.identity(path, SYSFS));
      Dictionary<String, Object> properties = new Hashtable<>();
      properties.put("entropy.source", description.name());
      properties.put("entropy.simulated", false);
      registration =
          context.registerService(
              NoiseSource.class, new CharacterDevice(path, description), properties);
      LOG.log(Level.INFO, "noise source: path={0} device={1}", path, description.device());
    } catch (IOException | IllegalStateException e) {
      LOG.log(Level.WARNING, "a device is not used: {0}", e.getMessage());
    }
  }

  private synchronized void withdraw() {
    if (registration != null) {
      try {
        registration.unregister();
      } catch (IllegalStateException e) {
        LOG.log(Level.DEBUG, "the bundle has stopped before", e);
      }
      registration = null;
    }
  }

  @Deactivate
  void stop() throws IOException, InterruptedException {
    watch.close();
    thread.join(2_000);
    withdraw();
  }
}
