package io.bellgate.entropy.device;

import io.bellgate.api.entropy.NoiseSource;
import io.bellgate.api.entropy.NoiseSource.Description;
import io.bellgate.entropy.device.serial.SerialKind;
import io.bellgate.entropy.device.serial.Uevents;
import io.bellgate.entropy.device.serial.UsbIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/** Offers a random number generator on a serial line for as long as it is there. */
@Component(
    configurationPid = "io.bellgate.entropy.device.serial",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    immediate = true,
    service = {})
@Designate(ocd = SerialSettings.class, factory = true)
public final class SerialSource {
  private static final System.Logger LOG = System.getLogger(SerialSource.class.getName());
  private static final int OCTET_BITS = 8;

  private final SerialSettings settings;
  private final SerialKind kind;
  private final Path sysfs;
  private final Presence presence;
  private final Optional<Uevents> uevents;

  /**
   * Checks the configuration and begins to watch.
   *
   * @param context registers the source
   * @param configured the device
   * @throws IOException if the folder of the line cannot be watched
   * @throws IllegalArgumentException with BG-ENTROPY-010 or -030 if the configuration cannot be
   */
  @Activate
  public SerialSource(BundleContext context, SerialSettings configured) throws IOException {
    this(context, configured, DeviceSource.SYSFS);
  }

  SerialSource(BundleContext context, SerialSettings configured, Path sysfs) throws IOException {
    this.settings = configured;
    this.sysfs = sysfs;
    kind = SerialKind.named(configured.kind(), configured.mode(), configured.public_key());
    boolean several = configured.path().endsWith("*");
    boolean shared = configured.usb_required() && kind.sharesIds();
    if (configured.usb_serial().isEmpty() && (several || shared)) {
      throw new IllegalArgumentException(
          "BG-ENTROPY-030 which of several devices is meant is told by usb.serial: path="
              + configured.path()
              + " kind="
              + configured.kind());
    }
    // refuses values out of range now, though the device may come later
    describe(configured.path(), "unknown");
    presence = new Presence(context, configured.path(), this::make);
    uevents = listen();
  }

  private Optional<Uevents> listen() {
    try {
      return Optional.of(new Uevents(this::heard));
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.INFO,
          "the folder of a device is watched alone: path={0} why={1}",
          settings.path(),
          e.getMessage());
      return Optional.empty();
    }
  }

  /** Each event of a node is a reason to look. */
  void heard(Uevents.Event event) {
    if (!event.node().isEmpty()) {
      presence.heard(event.node());
    }
  }

  private NoiseSource make(Path path, Runnable missed) throws IOException {
    return new SerialNoise(path, describe(path.toString(), identity(path)), kind, missed);
  }

  private String identity(Path path) throws IOException {
    Optional<UsbIdentity> usb = UsbIdentity.of(path, sysfs);
    if (usb.isEmpty() && !settings.usb_required() && settings.usb_serial().isEmpty()) {
      return CharacterDevice.identity(path, sysfs);
    }
    String serial = settings.usb_serial();
    return usb.filter(kind::mayBe)
        .filter(u -> serial.isEmpty() || serial.equals(u.serial()))
        .map(UsbIdentity::toString)
        .orElseThrow(
            () ->
                new IOException(
                    "BG-ENTROPY-038 this line is not the device that is configured: path="
                        + path
                        + " kind="
                        + settings.kind()
                        + " usb.serial="
                        + serial
                        + " is="
                        + usb.map(UsbIdentity::toString).orElse("no USB device")));
  }

  private Description describe(String path, String identity) {
    try {
      return new Description(
          settings.kind() + ":" + path,
          identity,
          kind.output(),
          OCTET_BITS,
          settings.min_entropy(),
          settings.claim(),
          settings.bits_per_second(),
          true,
          false);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("BG-ENTROPY-030 " + e.getMessage(), e);
    }
  }

  @Deactivate
  void stop() throws IOException {
    uevents.ifPresent(Uevents::close);
    presence.close();
  }
}
