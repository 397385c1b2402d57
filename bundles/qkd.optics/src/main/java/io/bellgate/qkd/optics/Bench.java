package io.bellgate.qkd.optics;

import io.bellgate.api.ops.StatusSource;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.QuantumChannel;
import io.bellgate.api.qkd.Role;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntSupplier;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * This gateway's bench on the simulated fibre: a transmitter or a receiver. In lab mode only.
 *
 * <p>The service is there whether the fibre is or not; without one a block ends with {@link
 * ChannelBroken.Reason#DEVICE}. It keeps nothing between blocks but a connection, so a swap ends a
 * running block and no more.
 */
@Component(
    immediate = true,
    configurationPid = "io.bellgate.qkd.optics.bench",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    service = {QuantumChannel.class, StatusSource.class},
    property = StatusSource.SECTION + "=bench")
@Designate(ocd = Bench.Settings.class)
public final class Bench implements QuantumChannel, StatusSource {
  /** The configuration. */
  @ObjectClassDefinition(
      name = "Simulated optical bench",
      description = "This gateway's end of a simulated quantum channel; lab mode only")
  public @interface Settings {
    /**
     * The site at the other end of the fibre; the service property of the same name.
     *
     * @return its ID
     */
    @AttributeDefinition(name = "qkd.peer", description = "The site at the other end")
    String qkd_peer();

    /**
     * This site.
     *
     * @return its ID; empty for the gateway's
     */
    @AttributeDefinition(description = "This site's ID; empty: the gateway's")
    String site() default "";

    /**
     * Which end this is.
     *
     * @return {@code alice} or {@code bob}
     */
    @AttributeDefinition(
        description = "alice prepares pulses, bob measures them",
        options = {@Option("alice"), @Option("bob")})
    String role();

    /**
     * Where the process of the fibre listens.
     *
     * @return a host
     */
    @AttributeDefinition(description = "Host of the simulated fibre")
    String host() default "127.0.0.1";

    /**
     * Where the process of the fibre listens.
     *
     * @return a port
     */
    @AttributeDefinition(description = "Port of the simulated fibre")
    int port() default 7410;

    /**
     * The fibre, the same at both ends.
     *
     * @return its name
     */
    @AttributeDefinition(description = "Name of the link, the same at both ends")
    String link();

    /**
     * How long to wait for the fibre, and in a block for the other end.
     *
     * @return milliseconds
     */
    @AttributeDefinition(
        description = "How long to wait for the fibre and the other end, in milliseconds",
        min = "100")
    int waitMilliseconds() default 30_000;
  }

  private final Device device;
  private final Settings settings;

  /**
   * Makes the device; connects when it is needed.
   *
   * @param context for the mode and the site
   * @param settings the configuration
   * @throws IllegalStateException outside lab mode
   * @throws IllegalArgumentException if a value is outside its range
   */
  @Activate
  public Bench(BundleContext context, Settings settings) {
    this(
        Boolean.parseBoolean(context.getProperty("bellgate.lab")),
        settings.site().isEmpty() ? context.getProperty("bellgate.site") : settings.site(),
        settings);
  }

  Bench(boolean lab, String site, Settings settings) {
    if (!lab) {
      throw new IllegalStateException(
          "BG-OPTICS-010 a simulated bench runs in lab mode only: bellgate.lab=false; run with"
              + " --lab to try, use a real device otherwise");
    }
    Role role = role(settings.role());
    for (String name : new String[] {String.valueOf(site), settings.link(), settings.qkd_peer()}) {
      if (name == null || !name.matches("[a-z0-9-]{1,40}")) {
        throw new IllegalArgumentException(
            "BG-OPTICS-008 site, link and qkd.peer are names of [a-z0-9-]: name=" + name);
      }
    }
    this.settings = settings;
    this.device =
        new Device(
            InetSocketAddress.createUnresolved(settings.host(), settings.port()),
            new Message.Hello(Message.VERSION, settings.link(), role, site),
            settings.waitMilliseconds(),
            Pace.REAL);
  }

  private static Role role(String name) {
    for (Role role : Role.values()) {
      if (role.name().toLowerCase(Locale.ROOT).equals(name)) {
        return role;
      }
    }
    throw new IllegalArgumentException("BG-OPTICS-008 a role is alice or bob: role=" + name);
  }

  @Deactivate
  void deactivate() {
    device.close();
  }

  @Override
  public Emission emit(UUID block, long pulses, IntSupplier choices)
      throws ChannelBroken, InterruptedException {
    return device.emit(block, pulses, choices);
  }

  @Override
  public Detections detect(UUID block, long pulses, IntSupplier choices)
      throws ChannelBroken, InterruptedException {
    return device.detect(block, pulses, choices);
  }

  @Override
  public Source source() {
    return device.source();
  }

  @Override
  public boolean simulated() {
    return true;
  }

  @Override
  public String description() {
    return device.description();
  }

  @Override
  public Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("simulated", true);
    status.put("peer", settings.qkd_peer());
    status.put("role", settings.role());
    status.put("link", settings.link());
    status.put("address", settings.host() + ":" + settings.port());
    status.put("connected", device.connected());
    status.put("description", device.description());
    status.put("lastError", device.lastError());
    return status;
  }
}
