package io.bellgate.coap.node.directory;

import io.bellgate.coap.node.directory.Link.Attribute;
import java.util.ArrayList;
import java.util.List;

/**
 * One endpoint's registration.
 *
 * @param id its number in the directory, in {@code /rd/ID}
 * @param owner who may change it
 * @param endpoint its name
 * @param sector empty for none
 * @param lifetimeSeconds that each update gives it anew
 * @param untilMillis when it ends, since the epoch
 * @param base against which its links are resolved
 * @param ownBase whether the endpoint named the base; else it is where it spoke from
 * @param attributes of the endpoint
 * @param links as given
 */
record Registration(
    long id,
    Owner owner,
    String endpoint,
    String sector,
    long lifetimeSeconds,
    long untilMillis,
    String base,
    boolean ownBase,
    List<Attribute> attributes,
    List<Link> links) {
  /** If nothing else is asked for (RFC 9176, 5): 25 hours. */
  static final long LIFETIME_SECONDS = 90_000;

  Registration {
    attributes = List.copyOf(attributes);
    links = List.copyOf(links);
  }

  String path() {
    return "/rd/" + Long.toString(id, Character.MAX_RADIX);
  }

  /** About what it takes, in characters. */
  int size() {
    int size = endpoint.length() + sector.length() + base.length() + owner.name().length();
    size += new Link("", attributes).toString().length();
    for (Link link : links) {
      size += link.toString().length();
    }
    return size;
  }

  /** As an endpoint lookup shows it (RFC 9176, 6.4). */
  Link shown() {
    List<Attribute> all = new ArrayList<>();
    all.add(new Attribute("ep", endpoint));
    if (!sector.isEmpty()) {
      all.add(new Attribute("d", sector));
    }
    all.add(new Attribute("base", base));
    all.add(new Attribute("rt", "core.rd-ep"));
    all.addAll(attributes);
    return new Link(path(), all);
  }

  /** A link of its own as a resource lookup shows it (RFC 9176, 6.1): resolved, with an anchor. */
  Link resolved(Link link) {
    List<Attribute> all = new ArrayList<>(link.attributes());
    all.removeIf(a -> a.name().equals("anchor"));
    all.add(new Attribute("anchor", anchor(link)));
    return new Link(target(link), all);
  }

  String target(Link link) {
    return resolved(link.target());
  }

  String anchor(Link link) {
    return link.attribute("anchor").map(this::resolved).orElse(base);
  }

  private String resolved(String reference) {
    return reference.startsWith("/") ? base + reference : reference;
  }
}
