package io.bellgate.entropy.remote.server;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.ops.StatusSource;
import io.bellgate.entropy.remote.feed.SecretFile;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.osgi.annotation.bundle.Requirement;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Gives random bits of the hub to applications, by the QRNG Open API. Off without a configuration;
 * whoever asks shows a token.
 *
 * <p>In a swap the new version runs beside the old one and waits for its port, so a client is
 * refused for the moment between; while the hub is swapped it reads 503. One lock, on this object,
 * around the listener.
 */
@Component(
    immediate = true,
    configurationPid = "io.bellgate.entropy.remote.server",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = StatusSource.SECTION + "=entropy.server")
@Designate(ocd = ServerSettings.class)
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.entropy.RandomBits)",
    effective = "active")
public final class OpenApiServer implements StatusSource {
  private static final System.Logger LOG = System.getLogger(OpenApiServer.class.getName());
  private static final int MOST_OCTETS = 65_536;
  private static final int LEAST_TOKEN_OCTETS = 16;
  private static final int BURST_SECONDS = 10;
  private static final long RETRY_MILLIS = 100;
  private static final long STOP_MILLIS = 2_000;
  private static final Duration EXCHANGE = Duration.ofSeconds(10);

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile RandomBits bits;

  private final ServerSettings settings;
  private final InetSocketAddress address;
  private final SSLContext tls;
  private final Requests requests;
  private final Duration bound;
  private final Tally tally = new Tally();
  private final Thread thread;
  private Listener listener;
  private String problem = "";
  private boolean closed;

  /**
   * Checks the configuration and opens the port, or waits for it.
   *
   * @param context knows where secrets are
   * @param configured where and how much
   * @throws IOException with BG-ENTROPY-058 if a file of secrets cannot be read
   * @throws IllegalArgumentException with BG-ENTROPY-050 if the configuration cannot be
   */
  @Activate
  public OpenApiServer(BundleContext context, ServerSettings configured) throws IOException {
    this(context, configured, EXCHANGE);
  }

  OpenApiServer(BundleContext context, ServerSettings configured, Duration bound)
      throws IOException {
    this.settings = configured;
    this.bound = bound;
    Path secrets = Path.of(String.valueOf(context.getProperty("bellgate.data")), "secrets");
    try {
      address = address(configured);
      tls =
          configured.tls_file().isEmpty()
              ? null
              : TlsFile.context(new SecretFile(secrets.toAbsolutePath(), configured.tls_file()));
      requests = requests(new SecretFile(secrets.toAbsolutePath(), configured.token_file()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("BG-ENTROPY-050 " + e.getMessage(), e);
    }
    thread = new Thread(this::openWhenFree, "entropy-server-port");
    thread.setDaemon(true);
    if (!open()) {
      thread.start();
    }
  }

  private static InetSocketAddress address(ServerSettings configured) {
    if (configured.port() < 0 || configured.port() > 65_535) {
      throw new IllegalArgumentException("a port is 0 to 65535: port=" + configured.port());
    }
    try {
      InetAddress address = InetAddress.getByName(configured.address());
      if (configured.address().isEmpty()
          || !address.isLoopbackAddress() && configured.tls_file().isEmpty()) {
        throw new IllegalArgumentException(
            "random bits leave this machine over TLS only: set tls.file, or address=127.0.0.1;"
                + " address="
                + configured.address());
      }
      return new InetSocketAddress(address, configured.port());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("no such address: address=" + configured.address(), e);
    }
  }

  private Requests requests(SecretFile file) throws IOException {
    int blocks = settings.block_count();
    int size = settings.block_octets();
    if (size < 1 || size > MOST_OCTETS || blocks < 1 || blocks > 1_024) {
      throw new IllegalArgumentException(
          "a block has 1 to 65536 octets, a request 1 to 1024 blocks: block.octets="
              + size
              + " block.count="
              + blocks);
    }
    if (settings.octets_per_second() < 1 || settings.requests_per_second() < 1) {
      throw new IllegalArgumentException("rates are at least 1 a second");
    }
    int burst = (int) Math.min(MOST_OCTETS, (long) BURST_SECONDS * settings.octets_per_second());
    int most = (int) Math.min(burst, (long) size * blocks);
    if (size > most) {
      throw new IllegalArgumentException(
          "a block is not more than ten seconds' worth: block.octets="
              + size
              + " octets.per.second="
              + settings.octets_per_second());
    }
    try (Secret token = file.read()) {
      if (token.length() < LEAST_TOKEN_OCTETS) {
        throw new IllegalArgumentException(
            "a token has at least " + LEAST_TOKEN_OCTETS + " characters: length=" + token.length());
      }
      return new Requests(
          () -> bits,
          token,
          new Requests.Limits(size, blocks, most),
          new Budget(
              settings.requests_per_second(), settings.requests_per_second(), System::nanoTime),
          new Budget(settings.octets_per_second(), burst, System::nanoTime),
          tally);
    }
  }

  private synchronized boolean open() {
    if (closed || listener != null) {
      return true;
    }
    try {
      listener = new Listener(address, tls, requests, bound);
      problem = "";
      LOG.log(
          Level.INFO,
          "QRNG Open API: address={0} port={1} tls={2}",
          address.getAddress().getHostAddress(),
          Integer.toString(listener.port()),
          tls != null);
      return true;
    } catch (IOException e) {
      if (problem.isEmpty()) {
        problem =
            "BG-ENTROPY-057 the QRNG Open API waits for its port: port="
                + address.getPort()
                + " why="
                + e.getMessage();
        LOG.log(Level.WARNING, problem);
      }
      return false;
    }
  }

  private void openWhenFree() {
    try {
      while (!open()) {
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      }
    } catch (InterruptedException stopped) {
      LOG.log(Level.DEBUG, "no longer waits for its port");
    }
  }

  /** For tests: what the framework sets. */
  void bits(RandomBits now) {
    bits = now;
  }

  @Override
  public synchronized Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("listening", listener != null);
    status.put("address", address.getAddress().getHostAddress());
    status.put("port", listener == null ? address.getPort() : listener.port());
    status.put("tls", tls != null);
    status.putAll(tally.status());
    status.put("hungUpOnSlowClients", listener == null ? 0 : listener.hungUp());
    status.put("problems", problem.isEmpty() ? List.of() : List.of(problem));
    return status;
  }

  /** Entered calls have two seconds. */
  @Deactivate
  void stop() throws InterruptedException {
    bits = null; // whoever comes now reads 503
    Listener open;
    synchronized (this) {
      closed = true;
      open = listener;
      listener = null;
    }
    thread.interrupt();
    if (open != null) {
      try {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
        while (open.busy() && System.nanoTime() < until) {
          TimeUnit.MILLISECONDS.sleep(1);
        }
      } finally {
        open.close();
      }
    }
  }
}
