package io.bellgate.qkd.link;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.ops.Command;
import io.bellgate.api.qkd.Plan;
import io.bellgate.api.qkd.QkdProtocol;
import io.bellgate.api.qkd.QuantumChannel;
import io.bellgate.api.qkd.Reconciler;
import io.bellgate.qkd.link.distill.Budget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * The command {@code qkd}: runs a link without gateways. It needs no gateway: the launcher starts
 * its feature, and this command configures the simulated fibre and both benches as a site's
 * configuration would, with a socket of its own between them.
 */
@Component(property = Command.NAME + "=qkd")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=qkd",
      "summary=\"Simulate a quantum link without gateways\"",
      "feature=qkd-simulate",
      "local=true"
    })
public final class SimulateCommand implements Command {
  private static final String FIBRE = "io.bellgate.qkd.optics.fibre";
  private static final String BENCH = "io.bellgate.qkd.optics.bench";
  private static final String SOCKET = "optics";
  private static final long FOUND_WITHIN_MILLIS = 30_000;

  private final BundleContext context;
  private volatile Thread runner;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile ConfigurationAdmin configurations;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile RandomBits random;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile QkdProtocol protocol;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile Reconciler reconciler;

  /**
   * Takes the way to the registry.
   *
   * @param context this bundle's
   */
  @Activate
  public SimulateCommand(BundleContext context) {
    this.context = context;
  }

  /** An operator's Ctrl-C stops this bundle. */
  @Deactivate
  void stop() {
    Thread running = runner;
    if (running != null) {
      running.interrupt();
    }
  }

  @Override
  public int run(Call call) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(call.arguments());
    if (words.contains("--help") || words.contains("-h")) {
      call.out().print(SimulateOptions.HELP);
      return OK;
    }
    if (words.isEmpty() || !words.remove(0).equals("simulate")) {
      call.err().print(SimulateOptions.HELP);
      return USAGE;
    }
    SimulateOptions options;
    try {
      options = SimulateOptions.parse(words);
    } catch (IllegalArgumentException wrong) {
      call.err().println(wrong.getMessage());
      call.err().println("see: bellgate qkd simulate --help");
      return USAGE;
    }
    runner = Thread.currentThread();
    try (Lent lent = new Lent()) {
      return simulate(options, lent, call);
    } finally {
      runner = null;
    }
  }

  /** A socket on loopback between the benches and the fibre, lent as a launcher would. */
  private final class Lent implements Function<String, Object>, AutoCloseable {
    private final ServerSocketChannel channel = ServerSocketChannel.open();
    private final ServiceRegistration<?> registration;

    Lent() throws IOException {
      channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Dictionary<String, Object> properties = new Hashtable<>();
      properties.put("bellgate.sockets", true);
      registration = context.registerService(Function.class, this, properties);
    }

    int port() throws IOException {
      return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    @Override
    public Object apply(String name) {
      if (!name.equals(SOCKET)) {
        throw new IllegalArgumentException("there is no such socket: name=" + name);
      }
      return channel;
    }

    @Override
    public void close() throws IOException {
      registration.unregister();
      channel.close();
    }
  }

  private int simulate(SimulateOptions options, Lent lent, Call call)
      throws IOException, InterruptedException {
    configure(options, lent.port());
    if (!found()) {
      call.err()
          .println("a part of the link did not appear; see: bellgate feature check qkd-simulate");
      return FAILED;
    }
    if (options.eve() > 0) {
      listen(options.eve(), call);
    }
    try (Simulation simulation =
        new Simulation(
            new Simulation.Parts(
                proposal(options), protocol, reconciler, device("bob"), device("alice"), random))) {
      return blocks(simulation, options, call);
    } catch (ExecutionException failed) {
      call.err().println("the simulation failed: " + failed.getCause());
      return FAILED;
    }
  }

  private void configure(SimulateOptions options, int port) throws IOException {
    put(
        configurations.getConfiguration(FIBRE, "?"),
        Map.of(
            "lengthKm",
            options.km(),
            "misalignmentError",
            options.misalignment(),
            "source",
            options.source(),
            "seed",
            options.seed()));
    for (String role : List.of("alice", "bob")) {
      put(
          configurations.getFactoryConfiguration(BENCH, role, "?"),
          Map.of(
              "site",
              role,
              "role",
              role,
              "qkd.peer",
              role.equals("alice") ? "bob" : "alice",
              "link",
              "simulation",
              "port",
              port));
    }
  }

  private static void put(org.osgi.service.cm.Configuration where, Map<String, Object> values)
      throws IOException {
    where.update(new Hashtable<>(values));
  }

  /** Eve is the optics' own command's business. */
  private void listen(double fraction, Call call) throws IOException, InterruptedException {
    List<String> words =
        List.of("eve", "intercept-resend", "--fraction", Double.toString(fraction));
    Command optics = find(Command.class, "(" + Command.NAME + "=optics)");
    if (optics != null) {
      optics.run(new Call(words, call.in(), call.err(), call.err()));
    }
  }

  /** A service of what this command has configured, for as long as the process lives; or null. */
  private <T> T find(Class<T> type, String filter) {
    try {
      return context.getServiceReferences(type, filter).stream()
          .findFirst()
          .map(context::getService)
          .orElse(null);
    } catch (InvalidSyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private QuantumChannel device(String peer) {
    return find(QuantumChannel.class, "(" + QuantumChannel.PEER + "=" + peer + ")");
  }

  private boolean found() throws InterruptedException {
    long end = System.nanoTime() + FOUND_WITHIN_MILLIS * 1_000_000;
    while (System.nanoTime() < end) {
      if (device("alice") != null
          && device("bob") != null
          && protocol != null
          && reconciler != null
          && random != null) {
        return true;
      }
      Thread.sleep(20);
    }
    return false;
  }

  private static Proposal proposal(SimulateOptions options) {
    Plan plan =
        new Plan(
            options.pulses(),
            (double) SimulateOptions.standard("key_basis_probability"),
            (int) SimulateOptions.standard("key_bits"),
            (int) SimulateOptions.standard("test_bits"),
            (double) SimulateOptions.standard("qber_tolerance"),
            (double) SimulateOptions.standard("epsilon_secrecy"));
    Budget budget =
        Budget.of(
            plan,
            (double) SimulateOptions.standard("qber_expected"),
            (double) SimulateOptions.standard("reconciliation_efficiency"));
    return new Proposal(Proposal.Kind.BLOCK, "bb84", "cascade", plan, budget);
  }

  private static int blocks(Simulation simulation, SimulateOptions options, Call call)
      throws InterruptedException, ExecutionException {
    int agreed = 0;
    long secretBits = 0;
    for (int i = 1; i <= options.blocks(); i++) {
      call.err().printf("block %d of %d ...%n", i, options.blocks());
      Simulation.Result result = simulation.run();
      agreed += result.agreed() ? 1 : 0;
      secretBits += result.bob().secretBits();
      call.out()
          .println(options.json() ? RecordFile.json(result.bob()) : RecordLine.of(result.bob()));
      call.out().flush();
    }
    call.err()
        .printf(
            "SIMULATED: %d blocks, both ends agreed about %d of them, %d secret bits%n",
            options.blocks(), agreed, secretBits);
    return agreed == options.blocks() ? OK : FAILED;
  }
}
