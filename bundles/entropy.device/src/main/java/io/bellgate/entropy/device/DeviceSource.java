package io.bellgate.entropy.device;

import io.bellgate.api.entropy.NoiseSource;
import io.bellgate.api.entropy.NoiseSource.Description;
import io.bellgate.api.entropy.NoiseSource.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/** Offers a character device as a noise source for as long as it is there. */
@Component(
    configurationPid = "io.bellgate.entropy.device",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    immediate = true,
    service = {})
@Designate(ocd = Settings.class, factory = true)
public final class DeviceSource {
  static final Path SYSFS = Path.of("/sys");

  private final Settings settings;
  private final Path sysfs;
  private final Presence presence;

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
    this(context, configured, SYSFS);
  }

  DeviceSource(BundleContext context, Settings configured, Path sysfs) throws IOException {
    this.settings = configured;
    this.sysfs = sysfs;
    // refuses values out of range now, though the device may come later
    describe(configured.path(), "unknown");
    presence = new Presence(context, configured.path(), this::make);
  }

  private NoiseSource make(Path path, Runnable missed) throws IOException {
    Description description = describe(path.toString(), CharacterDevice.identity(path, sysfs));
    if (Quantis.isNamedSo(path)) {
      Quantis.refuseMode(path, description.output());
    }
    return new CharacterDevice(path, description);
  }

  private Description describe(String path, String identity) {
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

  @Deactivate
  void stop() throws IOException {
    presence.close();
  }
}
