package io.bellgate.coap.node.directory;

import io.bellgate.coap.node.directory.Link.Attribute;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The query of a registration or of its update (RFC 9176, 5 and 5.3.1), each parameter once.
 *
 * @param endpoint name of the endpoint
 * @param sector of the endpoint
 * @param lifetimeSeconds of the registration
 * @param base URI against which links are resolved: a scheme and an authority
 * @param attributes of the endpoint, beyond those
 */
record Parameters(
    Optional<String> endpoint,
    Optional<String> sector,
    OptionalLong lifetimeSeconds,
    Optional<String> base,
    List<Attribute> attributes) {
  static final long LEAST_SECONDS = 60;
  static final long MOST_SECONDS = 4_294_967_295L;
  static final int MOST_ATTRIBUTES = 8;
  private static final int MOST_NAME_OCTETS = 63;

  /** They mean something else in a lookup. */
  private static final Set<String> RESERVED =
      Set.of("href", "anchor", "rt", "rel", "page", "count");

  static Parameters read(List<String> query) {
    Map<String, String> given = new LinkedHashMap<>();
    for (String parameter : query) {
      int equals = parameter.indexOf('=');
      String name = equals < 0 ? parameter : parameter.substring(0, equals);
      String value = equals < 0 ? "" : parameter.substring(equals + 1);
      if (!LinkFormat.name(name)
          || RESERVED.contains(name)
          || value.chars().anyMatch(LinkFormat::control)
          || given.put(name, value) != null) {
        throw Refused.malformed(
            "a parameter is name=value, once, without control characters, and none of " + RESERVED);
      }
    }
    Optional<String> endpoint = Optional.ofNullable(given.remove("ep")).map(Parameters::name);
    Optional<String> sector = Optional.ofNullable(given.remove("d")).map(Parameters::name);
    Optional<String> lifetime = Optional.ofNullable(given.remove("lt"));
    Optional<String> base = Optional.ofNullable(given.remove("base")).map(Parameters::base);
    if (given.size() > MOST_ATTRIBUTES) {
      throw Refused.large("an endpoint has at most " + MOST_ATTRIBUTES + " attributes of its own");
    }
    List<Attribute> attributes = new ArrayList<>();
    given.forEach((name, value) -> attributes.add(new Attribute(name, value)));
    return new Parameters(
        endpoint,
        sector,
        lifetime.map(Parameters::seconds).map(OptionalLong::of).orElse(OptionalLong.empty()),
        base,
        attributes);
  }

  /** A name of an endpoint or a sector. */
  static String name(String text) {
    if (text.isEmpty()
        || text.chars().anyMatch(LinkFormat::control)
        || text.getBytes(StandardCharsets.UTF_8).length > MOST_NAME_OCTETS) {
      throw Refused.malformed(
          "ep and d have 1 to " + MOST_NAME_OCTETS + " octets, without control characters");
    }
    return text;
  }

  private static long seconds(String text) {
    if (text.matches("[0-9]{1,10}")) {
      long seconds = Long.parseLong(text);
      if (lasts(seconds)) {
        return seconds;
      }
    }
    throw Refused.malformed(
        "lt is a number of seconds from " + LEAST_SECONDS + " to " + MOST_SECONDS);
  }

  static boolean lasts(long seconds) {
    return seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS;
  }

  /** A scheme and an authority, with no address that means nothing elsewhere. */
  static String base(String text) {
    try {
      URI uri = new URI(text).parseServerAuthority();
      if (uri.isAbsolute()
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getRawPath().isEmpty()
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null
          && uri.toASCIIString().equals(text)
          && !text.contains("%")
          && !linkLocal(uri.getHost())) {
        return text;
      }
    } catch (URISyntaxException e) {
      // is refused as the others are
    }
    throw Refused.malformed(
        "base is SCHEME://HOST[:PORT], and no link-local address: who looks it up may be on"
            + " another link");
  }

  private static boolean linkLocal(String host) {
    return host.startsWith("169.254.") || host.toLowerCase(Locale.ROOT).matches("\\[fe[89ab].*");
  }
}
