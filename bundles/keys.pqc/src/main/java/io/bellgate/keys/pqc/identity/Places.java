package io.bellgate.keys.pqc.identity;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.BundleContext;

/**
 * Where an identity keeps its things.
 *
 * @param site this site's ID
 * @param secrets folder of the identity's keys
 * @param identity folder where the public identity is exported
 * @param trust folders of trusted identities; new ones go to the first
 * @param machine file with this machine's ID; empty: identities are not bound to machines
 * @param token seals the keys; empty: their files do
 */
public record Places(
    String site,
    Path secrets,
    Path identity,
    List<Path> trust,
    Optional<Path> machine,
    Optional<Token> token) {

  static Places of(IdentityConfiguration configuration, BundleContext context) {
    String site = site(configuration.site(), context);
    Path data = Path.of(property(context, "bellgate.data"));
    Path secrets =
        configuration.secrets().isEmpty()
            ? data.resolve("secrets")
            : Path.of(configuration.secrets()).toAbsolutePath();
    List<Path> trust =
        configuration.trust().length == 0
            ? List.of(data.resolve("trust"), shipped(context, site))
            : Arrays.stream(configuration.trust()).map(t -> Path.of(t).toAbsolutePath()).toList();
    Optional<Path> machine =
        Optional.of(configuration.machineId()).filter(m -> !m.isEmpty()).map(Path::of);
    return new Places(
        site, secrets, data.resolve("identity"), trust, machine, token(configuration));
  }

  /**
   * This site's ID.
   *
   * @param configured as configured, empty for the gateway's
   * @param context where the gateway's is known
   * @return the ID
   */
  public static String site(String configured, BundleContext context) {
    return configured.isEmpty() ? property(context, "bellgate.site") : configured;
  }

  private static Optional<Token> token(IdentityConfiguration configuration) {
    if (configuration.pkcs11Library().isEmpty()) {
      return Optional.empty();
    }
    if (configuration.pkcs11PinFile().isEmpty()) {
      throw new IllegalArgumentException(
          "BG-IDENT-016 a PKCS#11 token is unlocked by a PIN in a file: missing=pkcs11PinFile");
    }
    return Optional.of(
        new Token(
            Path.of(configuration.pkcs11Library()),
            configuration.pkcs11SlotListIndex(),
            Path.of(configuration.pkcs11PinFile()),
            configuration.pkcs11Key()));
  }

  private static Path shipped(BundleContext context, String site) {
    String home = context.getProperty("bellgate.home");
    return Path.of(home == null ? "." : home).resolve("config").resolve(site).resolve("trust");
  }

  private static String property(BundleContext context, String name) {
    String value = context.getProperty(name);
    if (value == null || value.isEmpty()) {
      throw new IllegalArgumentException(
          "what the configuration leaves empty comes from the framework: missing=" + name);
    }
    return value;
  }

  /** The public identity of this site. */
  Path exported() {
    return identity.resolve(site + IdentityFile.SUFFIX);
  }

  /** What is known of peers' identities and only moves forward. */
  Path known() {
    return identity.resolve("known.json");
  }
}
