package io.bellgate.entropy.remote;

import io.bellgate.api.entropy.NoiseSource.Description;
import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.entropy.remote.feed.Tpm;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/** Offers the generator of a TPM 2.0 as an opaque noise source while it answers. */
@Component(
    configurationPid = "io.bellgate.entropy.remote.tpm",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    immediate = true,
    service = {})
@Designate(ocd = TpmSettings.class, factory = true)
public final class TpmSource {
  private final Presence presence;

  /**
   * Checks the configuration and begins to try.
   *
   * @param context registers the source
   * @param configured the TPM
   * @throws IllegalArgumentException with BG-ENTROPY-050 if the configuration cannot be
   */
  @Activate
  public TpmSource(BundleContext context, TpmSettings configured) {
    this(context, configured, Presence.Pauses.USUAL);
  }

  TpmSource(BundleContext context, TpmSettings configured, Presence.Pauses pauses) {
    presence =
        Access.checked(
            () -> {
              Tpm tpm = new Tpm(configured.tpm());
              return new Presence(
                  context, tpm, identity -> describe(configured, tpm, identity), pauses);
            });
  }

  private static Description describe(TpmSettings configured, Tpm tpm, String identity) {
    return new Description(
        "tpm:" + configured.tpm(),
        identity,
        Output.OPAQUE,
        8,
        configured.min_entropy(),
        configured.claim(),
        configured.bits_per_second(),
        configured.physical() && tpm.device(),
        false);
  }

  @Deactivate
  void stop() {
    presence.close();
  }
}
