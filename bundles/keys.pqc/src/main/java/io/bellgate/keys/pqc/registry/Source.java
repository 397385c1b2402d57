package io.bellgate.keys.pqc.registry;

import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.pqc.jcajce.provider.BouncyCastlePQCProvider;

/** Where providers come from. None is registered in the JVM: each is an object of this bundle. */
interface Source {
  /** Bouncy Castle, the set that this bundle is wired to. */
  Source BOUNCY_CASTLE = service -> Optional.of(Made.BC);

  /** What Bouncy Castle has of algorithms without a standard. */
  Source EXPERIMENTAL = service -> Optional.of(Experimental.BC);

  /** Whichever provider of the JDK itself has the service. */
  Source JDK =
      service ->
          Arrays.stream(Security.getProviders())
              .filter(p -> p.getClass().getModule().getName() != null)
              .filter(p -> p.getService(type(service), algorithm(service)) != null)
              .findFirst();

  /**
   * The provider.
   *
   * @param service type and algorithm in JCA, for example {@code Mac.HmacSHA256}
   * @return empty if there is none with that service
   * @throws LinkageError if its classes do not fit together
   */
  Optional<Provider> find(String service);

  private static String type(String service) {
    return service.substring(0, service.indexOf('.'));
  }

  private static String algorithm(String service) {
    return service.substring(service.indexOf('.') + 1);
  }

  /** Made when first asked for. */
  final class Made {
    private static final Provider BC = new BouncyCastle();

    private Made() {}
  }

  /** Made when first asked for. */
  final class Experimental {
    private static final Provider BC = new BouncyCastlePQCProvider();

    private Experimental() {}
  }
}
