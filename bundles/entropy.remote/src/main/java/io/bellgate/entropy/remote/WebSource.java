package io.bellgate.entropy.remote;

import io.bellgate.api.entropy.NoiseSource.Description;
import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.entropy.remote.feed.Appliance;
import io.bellgate.entropy.remote.feed.Endpoint;
import io.bellgate.entropy.remote.feed.OpenApi;
import io.bellgate.entropy.remote.feed.Pins;
import io.bellgate.entropy.remote.feed.Remote;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Offers a quantum generator in the network as a noise source while it answers. It is opaque, since
 * nobody outside can look behind it: the hub credits it only where a site names it, and another
 * gateway never.
 */
@Component(
    configurationPid = "io.bellgate.entropy.remote.web",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    immediate = true,
    service = {})
@Designate(ocd = WebSettings.class, factory = true)
public final class WebSource {
  private final Presence presence;

  /**
   * Checks the configuration and begins to try.
   *
   * @param context registers the source
   * @param configured the server
   * @throws IllegalArgumentException with BG-ENTROPY-050 if the configuration cannot be
   */
  @Activate
  public WebSource(BundleContext context, WebSettings configured) {
    this(context, configured, Access.USUAL, Presence.Pauses.USUAL);
  }

  WebSource(
      BundleContext context,
      WebSettings configured,
      Endpoint.Patience patience,
      Presence.Pauses pauses) {
    presence =
        Access.checked(
            () -> {
              Pins pins = new Pins(List.of(configured.pins()));
              if (pins.isEmpty() && configured.url().startsWith("https:")) {
                throw new IllegalArgumentException(
                    "a secret source is pinned: pins= url=" + configured.url());
              }
              Endpoint endpoint =
                  new Endpoint(
                      configured.url(),
                      pins,
                      Access.key(context, configured.key_header(), configured.key_file()),
                      patience);
              Remote remote = remote(configured, endpoint);
              return new Presence(
                  context,
                  remote,
                  identity -> describe(configured, endpoint.place(), remote, identity),
                  pauses);
            });
  }

  private static Remote remote(WebSettings configured, Endpoint endpoint) {
    switch (configured.protocol()) {
      case "open-api":
        return new OpenApi(endpoint, configured.entropy_type());
      case "appliance":
        return new Appliance(endpoint);
      default:
        throw new IllegalArgumentException(
            "a protocol is open-api or appliance: protocol=" + configured.protocol());
    }
  }

  private static Description describe(
      WebSettings configured, String place, Remote remote, String identity) {
    boolean gateway = remote instanceof OpenApi api && api.gateway();
    return new Description(
        configured.protocol() + ":" + place,
        identity,
        Output.OPAQUE,
        8,
        configured.min_entropy(),
        configured.claim(),
        configured.bits_per_second(),
        configured.physical() && !gateway,
        false);
  }

  @Deactivate
  void stop() {
    presence.close();
  }
}
