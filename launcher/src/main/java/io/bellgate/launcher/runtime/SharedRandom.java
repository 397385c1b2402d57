package io.bellgate.launcher.runtime;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.SecureRandomParameters;
import java.security.SecureRandomSpi;
import java.security.Security;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * The gateway's random bits for whoever asks the JVM, on request: a provider that stays for the
 * life of the process and asks the provider <em>service</em> of the moment at every call. It keeps
 * nothing of that, so it pins no class loader of a bundle that is swapped; without the service it
 * fails.
 *
 * <p>It comes last in the JVM's list: it is used by its names, and is nobody's default. The JDK
 * itself wants random numbers before the gateway has any.
 */
final class SharedRandom extends Provider {
  /** Framework property: {@code true} registers it. */
  static final String PROPERTY = "bellgate.jvm.random";

  private static final long serialVersionUID = 1L;
  private static final String NAME = "Bellgate";
  private static final String SERVICE = "(provider.name=" + NAME + ")";
  private static final List<String> ALGORITHMS = List.of("Bellgate-RBG2", "Bellgate-RBG3");

  private SharedRandom(BundleContext context) {
    super(NAME, "0.1", "random bits of this gateway, asked of it at each call");
    ALGORITHMS.forEach(name -> putService(new Algorithm(this, name, context)));
  }

  /** Registers it in the JVM, in place of one of an earlier framework. */
  static void register(BundleContext context) {
    Security.removeProvider(NAME);
    Security.addProvider(new SharedRandom(context));
  }

  private static final class Algorithm extends Service {
    private final BundleContext context;

    Algorithm(Provider provider, String name, BundleContext context) {
      super(
          provider,
          "SecureRandom",
          name,
          Asking.class.getName(),
          List.of(),
          Map.of("ThreadSafe", "true"));
      this.context = context;
    }

    @Override
    public Object newInstance(Object parameters) throws NoSuchAlgorithmException {
      if (parameters instanceof SecureRandomParameters) {
        throw new NoSuchAlgorithmException(getAlgorithm() + " takes no parameters");
      }
      return new Asking(context, getAlgorithm());
    }
  }

  /** Keeps no state of its own; a seed changes nothing. */
  private static final class Asking extends SecureRandomSpi {
    private static final long serialVersionUID = 1L;

    private final transient BundleContext context;
    private final String algorithm;

    Asking(BundleContext context, String algorithm) {
      this.context = context;
      this.algorithm = algorithm;
    }

    @Override
    protected void engineSetSeed(byte[] seed) {
      // the gateway seeds itself
    }

    @Override
    protected void engineNextBytes(byte[] octets) {
      try {
        // of two the better one; once more if it went between being found and being asked for
        for (ServiceReference<?> found = best(); found != null; found = best()) {
          if (filled(found, octets)) {
            return;
          }
        }
      } catch (GeneralSecurityException | IllegalStateException e) {
        throw new IllegalStateException(absent() + ": " + e.getMessage(), e);
      }
      throw new IllegalStateException(absent());
    }

    private String absent() {
      return "BG-ENTROPY-009 the gateway's random bits are not there now: algorithm=" + algorithm;
    }

    private boolean filled(ServiceReference<?> reference, byte[] octets)
        throws GeneralSecurityException {
      if (!(context.getService(reference) instanceof Provider provider)) {
        return false;
      }
      try {
        SecureRandom.getInstance(algorithm, provider).nextBytes(octets);
        return true;
      } finally {
        context.ungetService(reference);
      }
    }

    private ServiceReference<?> best() {
      try {
        ServiceReference<?>[] found =
            context.getAllServiceReferences(Provider.class.getName(), SERVICE);
        return found == null
            ? null
            : Arrays.stream(found).max(Comparator.naturalOrder()).orElse(null);
      } catch (InvalidSyntaxException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    @Override
    protected byte[] engineGenerateSeed(int octets) {
      byte[] seed = new byte[octets];
      engineNextBytes(seed);
      return seed;
    }
  }
}
