package io.bellgate.entropy.remote;

import io.bellgate.api.entropy.NoiseSource.Description;
import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.entropy.remote.feed.Pkcs11;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/** Offers the generator of a PKCS#11 token as an opaque noise source while it answers. */
@Component(
    configurationPid = "io.bellgate.entropy.remote.pkcs11",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    immediate = true,
    service = {})
@Designate(ocd = Pkcs11Settings.class, factory = true)
public final class Pkcs11Source {
  private final Presence presence;

  /**
   * Checks the configuration and begins to try.
   *
   * @param context registers the source
   * @param configured the token
   * @throws IllegalArgumentException with BG-ENTROPY-050 if the configuration cannot be
   */
  @Activate
  public Pkcs11Source(BundleContext context, Pkcs11Settings configured) {
    this(context, configured, Presence.Pauses.USUAL);
  }

  Pkcs11Source(BundleContext context, Pkcs11Settings configured, Presence.Pauses pauses) {
    presence =
        Access.checked(
            () -> {
              Pkcs11 token = new Pkcs11(configured.library(), configured.slot_index());
              return new Presence(
                  context, token, identity -> describe(configured, token, identity), pauses);
            });
  }

  private static Description describe(Pkcs11Settings configured, Pkcs11 token, String identity) {
    return new Description(
        "pkcs11:" + configured.library() + "#" + configured.slot_index(),
        identity,
        Output.OPAQUE,
        8,
        configured.min_entropy(),
        configured.claim(),
        configured.bits_per_second(),
        configured.physical() && token.hardware(),
        false);
  }

  @Deactivate
  void stop() {
    presence.close();
  }
}
