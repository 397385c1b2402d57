package io.bellgate.qkd.optics;

import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.StatusSource;
import io.bellgate.api.qkd.QuantumChannel.Source;
import java.nio.channels.ServerSocketChannel;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * The simulated fibre between two benches, in a process of its own, on a lent socket: neither
 * gateway can reach the other's raw bits, and the eavesdropper lives here.
 *
 * <p>It keeps counters and nothing else; a swap or a change of source ends running blocks, which
 * their links run again. One lock, on this object, for its life.
 */
@Component(
    immediate = true,
    configurationPid = "io.bellgate.qkd.optics.fibre",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    service = {Command.class, StatusSource.class},
    property = {Command.NAME + "=optics", StatusSource.SECTION + "=optics"})
@Designate(ocd = Fibre.Settings.class)
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=optics",
      "summary=\"Look at and change the simulated fibre and its eavesdropper\"",
      "feature=lab-optics"
    })
public final class Fibre implements Command, StatusSource {
  /** The configuration. */
  @ObjectClassDefinition(
      name = "Simulated fibre",
      description = "Physics of a simulated quantum channel; no photon is involved")
  public @interface Settings {
    /**
     * The socket to borrow.
     *
     * @return its name in the site's sockets
     */
    @AttributeDefinition(description = "Name of the TCP socket in site.json")
    String socket() default "optics";

    /**
     * What Alice sends.
     *
     * @return {@code ideal-single-photon} or {@code weak-coherent}
     */
    @AttributeDefinition(
        description = "ideal-single-photon, or weak-coherent: without decoys, which gives no key",
        options = {@Option("ideal-single-photon"), @Option("weak-coherent")})
    String source() default "ideal-single-photon";

    /**
     * Mean photons of a weak coherent pulse.
     *
     * @return mu
     */
    @AttributeDefinition(description = "Mean number of photons of a weak coherent pulse")
    double meanPhotons() default 0.5;

    /**
     * Length of the fibre.
     *
     * @return kilometres
     */
    @AttributeDefinition(description = "Length of the fibre, in km")
    double lengthKm() default 25;

    /**
     * Loss of the fibre.
     *
     * @return decibels per kilometre
     */
    @AttributeDefinition(description = "Loss of the fibre, in dB/km")
    double lossDecibelsPerKm() default 0.2;

    /**
     * Efficiency of either detector.
     *
     * @return in [0,1]
     */
    @AttributeDefinition(description = "Probability that a photon at a detector clicks")
    double detectorEfficiency() default 0.2;

    /**
     * Dark counts.
     *
     * @return probability for a pulse and a detector
     */
    @AttributeDefinition(description = "Probability of a dark count, per pulse and detector")
    double darkCountProbability() default 1e-6;

    /**
     * Misalignment.
     *
     * @return e_d, in [0, 0.5]
     */
    @AttributeDefinition(description = "Probability that a photon goes to the wrong detector")
    double misalignmentError() default 0.01;

    /**
     * How fast pulses follow.
     *
     * @return pulses per second; 0 is as fast as possible
     */
    @AttributeDefinition(description = "Pulses per second; 0 is as fast as possible")
    double pulseRateHz() default 0;

    /**
     * Seed of the simulation's chance, for tests. Secret bits come from the benches, never from
     * here.
     *
     * @return 0 for one from the operating system
     */
    @AttributeDefinition(description = "Seed of the simulation, for tests; 0 is a random one")
    long seed() default 0;
  }

  @Reference(target = "(bellgate.sockets=true)")
  private Function<String, Object> sockets;

  private volatile Settings settings;
  private volatile Table table;
  private volatile Server server;

  /** Starts with what the component runtime binds. */
  public Fibre() {}

  @Activate
  synchronized void activate(Settings configured) {
    start(configured, sockets);
  }

  void start(Settings configured, Function<String, Object> lender) {
    sockets = lender;
    settings = configured;
    SecureRandom secure = new SecureRandom();
    AtomicLong seeds = new AtomicLong(configured.seed());
    table =
        new Table(
            light(configured),
            configured.pulseRateHz(),
            configured.seed() == 0 ? secure::nextLong : seeds::getAndIncrement);
    if (!(sockets.apply(configured.socket()) instanceof ServerSocketChannel listen)) {
      throw new IllegalArgumentException(
          "BG-OPTICS-008 the fibre needs a tcp socket: socket=" + configured.socket());
    }
    server = new Server(listen, table, Pace.REAL);
  }

  private static Light light(Settings configured) {
    return new Light(
        source(configured.source()),
        configured.meanPhotons(),
        configured.lengthKm(),
        configured.lossDecibelsPerKm(),
        configured.detectorEfficiency(),
        configured.darkCountProbability(),
        configured.misalignmentError());
  }

  private static Source source(String name) {
    return switch (name) {
      case "ideal-single-photon" -> Source.IDEAL_SINGLE_PHOTON;
      case "weak-coherent" -> Source.WEAK_COHERENT;
      default ->
          throw new IllegalArgumentException(
              "BG-OPTICS-008 a source is ideal-single-photon or weak-coherent: source=" + name);
    };
  }

  /** What benches were told at their hello ends with the connection; all else follows at once. */
  @Modified
  synchronized void modified(Settings changed) {
    Light light = light(changed);
    if (!changed.socket().equals(settings.socket())
        || !changed.source().equals(settings.source())
        || changed.seed() != settings.seed()) {
      deactivate();
      start(changed, sockets);
    } else {
      table.change(light, changed.pulseRateHz());
      settings = changed;
    }
  }

  @Deactivate
  synchronized void deactivate() {
    Server open = server;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public int run(Call call) {
    return new OpticsCommand(table, this::status).run(call);
  }

  @Override
  public Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>(table.status());
    status.put("seeded", settings.seed() != 0);
    status.putAll(server.status());
    return status;
  }
}
