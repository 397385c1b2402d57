package io.bellgate.entropy.remote;

import io.bellgate.api.entropy.NoiseSource.Description;
import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.entropy.remote.feed.Endpoint;
import io.bellgate.entropy.remote.feed.Pins;
import io.bellgate.entropy.remote.feed.PublicValue;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Offers a beacon or a cloud service as a noise source that is never credited: it says that it is
 * not physical, whatever is behind it, since others know what it gives.
 */
@Component(
    configurationPid = "io.bellgate.entropy.remote.public",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    immediate = true,
    service = {})
@Designate(ocd = PublicSettings.class, factory = true)
public final class PublicSource {
  /** With it the health tests see total failure and nothing else. */
  private static final double FLOOR_BITS = 1;

  private final Presence presence;

  /**
   * Checks the configuration and begins to try.
   *
   * @param context registers the source
   * @param configured the service
   * @throws IllegalArgumentException with BG-ENTROPY-050 if the configuration cannot be
   */
  @Activate
  public PublicSource(BundleContext context, PublicSettings configured) {
    this(context, configured, Access.USUAL, Presence.Pauses.USUAL);
  }

  PublicSource(
      BundleContext context,
      PublicSettings configured,
      Endpoint.Patience patience,
      Presence.Pauses pauses) {
    presence =
        Access.checked(
            () -> {
              URI url = URI.create(configured.url());
              Endpoint endpoint =
                  new Endpoint(
                      url.getScheme() + "://" + url.getRawAuthority(),
                      new Pins(List.of(configured.pins())),
                      Access.key(context, configured.key_header(), configured.key_file()),
                      patience);
              String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
              PublicValue value =
                  new PublicValue(endpoint, url.getRawPath() + query, shape(configured));
              return new Presence(
                  context, value, identity -> describe(configured, endpoint, identity), pauses);
            });
  }

  private static PublicValue.Shape shape(PublicSettings configured) {
    return new PublicValue.Shape(
        configured.pointer(),
        PublicValue.Encoding.valueOf(configured.encoding().toUpperCase(Locale.ROOT)),
        configured.answer_octets(),
        1_000L * configured.seconds_between());
  }

  private static Description describe(
      PublicSettings configured, Endpoint endpoint, String identity) {
    return new Description(
        "public:" + endpoint.place(),
        identity,
        Output.OPAQUE,
        8,
        FLOOR_BITS,
        "none: others know these octets",
        Math.max(1, 8L * configured.answer_octets() / Math.max(1, configured.seconds_between())),
        false,
        false);
  }

  @Deactivate
  void stop() {
    presence.close();
  }
}
