package io.bellgate.coap.node.directory;

import io.bellgate.coap.node.directory.Link.Attribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a lookup asks for (RFC 9176, 6.2).
 *
 * @param criteria all of which must match
 * @param from the first result that is wanted
 * @param count how many are wanted
 */
record Search(List<Criterion> criteria, long from, long count) {
  private static final int MOST_CRITERIA = 8;

  /**
   * One criterion.
   *
   * @param name of an attribute, or {@code href}
   * @param value to be equal to, or to begin with if it ends in *
   */
  record Criterion(String name, String value) {
    /** As a link is shown, which costs more to make than to compare. */
    private boolean matches(Registration of, Link link) {
      return switch (name) {
        case "href" -> Attribute.matches(of.target(link), value);
        case "anchor" -> Attribute.matches(of.anchor(link), value);
        default -> matches(link.attributes());
      };
    }

    private boolean matches(Link shown) {
      return name.equals("href")
          ? Attribute.matches(shown.target(), value)
          : matches(shown.attributes());
    }

    private boolean matches(List<Attribute> attributes) {
      for (Attribute attribute : attributes) {
        if (attribute.name().equals(name) && attribute.matches(value)) {
          return true;
        }
      }
      return false;
    }
  }

  static Search read(List<String> query) {
    Optional<Long> page = Optional.empty();
    Optional<Long> count = Optional.empty();
    List<Criterion> criteria = new ArrayList<>();
    for (String parameter : query) {
      int equals = parameter.indexOf('=');
      if (equals < 1 || criteria.size() == MOST_CRITERIA) {
        throw Refused.malformed(
            "a lookup has at most " + MOST_CRITERIA + " criteria, each name=value");
      }
      String name = parameter.substring(0, equals);
      String value = parameter.substring(equals + 1);
      if (name.equals("page")) {
        page = Optional.of(number(page, value));
      } else if (name.equals("count")) {
        count = Optional.of(number(count, value));
      } else {
        criteria.add(new Criterion(name, value));
      }
    }
    if (page.isPresent() && count.isEmpty()) {
      throw Refused.malformed("page comes with count");
    }
    return new Search(
        criteria, page.orElse(0L) * count.orElse(0L), count.orElse((long) Integer.MAX_VALUE));
  }

  private static long number(Optional<Long> before, String text) {
    if (before.isPresent() || !text.matches("[0-9]{1,6}")) {
      throw Refused.malformed("page and count are whole numbers of at most 6 digits, given once");
    }
    return Long.parseLong(text);
  }

  /** Endpoints that match, themselves or by one of their links. */
  Stream<Link> endpoints(Stream<Registration> all) {
    return page(all.filter(this::matches).map(Registration::shown));
  }

  private boolean matches(Registration registration) {
    Link shown = registration.shown();
    return criteria.stream()
        .allMatch(
            c ->
                c.matches(shown)
                    || registration.links().stream().anyMatch(l -> c.matches(registration, l)));
  }

  /** Links that match, themselves or by their endpoint. */
  Stream<Link> resources(Stream<Registration> all) {
    return page(
        all.flatMap(
            registration -> {
              Link shown = registration.shown();
              List<Criterion> left = criteria.stream().filter(c -> !c.matches(shown)).toList();
              return registration.links().stream()
                  .filter(link -> left.stream().allMatch(c -> c.matches(registration, link)))
                  .map(registration::resolved);
            }));
  }

  private Stream<Link> page(Stream<Link> links) {
    return links.skip(from).limit(count);
  }
}
