package io.bellgate.coap.node.directory;

import io.bellgate.coap.node.keys.NodeKeys;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.core.server.resources.Resource;
import org.eclipse.californium.elements.EndpointContext;

/**
 * {@code /rd}: nodes register what they serve (RFC 9176, 5), and update and remove it.
 *
 * <p>A node that has a key registers under it, and under its own name: there it replaces whoever
 * has the name. Anybody else may take a name that no node with a key has, for as long as the
 * registration lasts; it is changed from the same address, which on its own proves little. Simple
 * registration (5.1) is left out: it would send a request to whatever source address a datagram
 * claims, and can be had once that is verified (RFC 9175).
 */
public final class Directory extends CoapResource {
  /** Of one registration's links: 4,096. */
  static final int MOST_OCTETS = 4_096;

  private final Registrations registrations;
  private final NodeKeys keys;
  private final InstantSource clock;

  /**
   * Makes it.
   *
   * @param registrations that it keeps
   * @param keys who has a key, and so a name
   * @param clock by which registrations end
   */
  public Directory(Registrations registrations, NodeKeys keys, InstantSource clock) {
    super("rd");
    this.registrations = registrations;
    this.keys = keys;
    this.clock = clock;
    getAttributes().addResourceType("core.rd");
    getAttributes().addContentType(MediaTypeRegistry.APPLICATION_LINK_FORMAT);
  }

  /**
   * All that there is to add to a server: this and the lookups.
   *
   * @return resources for its root
   */
  public Resource[] resources() {
    Resource lookups = new CoapResource("rd-lookup", false);
    lookups.add(new Lookup("ep", "core.rd-lookup-ep", Search::endpoints, this::shown));
    lookups.add(new Lookup("res", "core.rd-lookup-res", Search::resources, this::shown));
    return new Resource[] {this, lookups};
  }

  /** An unprotected source may have taken a name before its node was given a key. */
  private List<Registration> shown() {
    return registrations.active(clock.millis()).stream()
        .filter(r -> r.owner().hasKey() || !keys.knows(r.endpoint()))
        .toList();
  }

  @Override
  public Resource getChild(String name) {
    return this;
  }

  @Override
  public void handlePOST(CoapExchange exchange) {
    Answers.to(
        exchange,
        () -> {
          List<String> path = exchange.getRequestOptions().getUriPath();
          switch (path.size()) {
            case 1 -> register(exchange);
            case 2 -> update(exchange, path.get(1));
            default -> throw Refused.absent("registrations are /rd/ID");
          }
        });
  }

  @Override
  public void handleDELETE(CoapExchange exchange) {
    Answers.to(
        exchange,
        () -> {
          List<String> path = exchange.getRequestOptions().getUriPath();
          if (path.size() != 2) {
            throw Refused.absent("registrations are /rd/ID");
          }
          Owner owner = owner(exchange);
          registrations.change(
              path.get(1),
              r -> {
                checkOwned(r, owner);
                return Optional.empty();
              },
              clock.millis());
          exchange.respond(ResponseCode.DELETED);
        });
  }

  private void register(CoapExchange exchange) {
    Owner owner = owner(exchange);
    Parameters asked = Parameters.read(exchange.getRequestOptions().getUriQuery());
    String endpoint = endpoint(asked, owner);
    long lifetime = asked.lifetimeSeconds().orElse(Registration.LIFETIME_SECONDS);
    long now = clock.millis();
    Registration registered =
        registrations.register(
            new Registration(
                0,
                owner,
                endpoint,
                asked.sector().orElse(""),
                lifetime,
                now + lifetime * 1_000,
                asked.base().orElseGet(() -> base(exchange)),
                asked.base().isPresent(),
                asked.attributes(),
                links(exchange)),
            now);
    exchange.setLocationPath(registered.path().substring(1));
    exchange.respond(ResponseCode.CREATED);
  }

  /** RFC 9176, 5: who may use exactly one name need not give it, and may give no other. */
  private String endpoint(Parameters asked, Owner owner) {
    if (owner.hasKey()) {
      if (!asked.endpoint().orElse(owner.name()).equals(owner.name())) {
        throw Refused.foreign("a node with a key registers under its own name");
      }
      return owner.name();
    }
    String endpoint =
        asked.endpoint().orElseThrow(() -> Refused.malformed("a registration has a name: ep=NAME"));
    if (keys.knows(endpoint)) {
      throw Refused.foreign("the node of this name has a key: it registers under it");
    }
    return endpoint;
  }

  private void update(CoapExchange exchange, String id) {
    Owner owner = owner(exchange);
    Parameters asked = Parameters.read(exchange.getRequestOptions().getUriQuery());
    if (asked.endpoint().isPresent()
        || asked.sector().isPresent()
        || exchange.getRequestOptions().hasContentFormat()
        || exchange.getRequestPayload() != null && exchange.getRequestPayload().length > 0) {
      throw Refused.malformed("an update has no payload, and neither ep nor d");
    }
    registrations.change(
        id,
        before -> {
          checkOwned(before, owner);
          return Optional.of(updated(before, asked, exchange));
        },
        clock.millis());
    exchange.respond(ResponseCode.CHANGED);
  }

  private void checkOwned(Registration registration, Owner owner) {
    if (!registration.owner().equals(owner)
        || !owner.hasKey() && keys.knows(registration.endpoint())) {
      throw Refused.foreign("a registration is changed by who made it");
    }
  }

  private Registration updated(Registration before, Parameters asked, CoapExchange exchange) {
    long lifetime = asked.lifetimeSeconds().orElse(before.lifetimeSeconds());
    boolean ownBase = before.ownBase() || asked.base().isPresent();
    List<Link.Attribute> attributes = new ArrayList<>(before.attributes());
    attributes.removeIf(a -> asked.attributes().stream().anyMatch(b -> b.name().equals(a.name())));
    attributes.addAll(asked.attributes());
    if (attributes.size() > Parameters.MOST_ATTRIBUTES) {
      throw Refused.large(
          "an endpoint has at most " + Parameters.MOST_ATTRIBUTES + " attributes of its own");
    }
    return new Registration(
        before.id(),
        before.owner(),
        before.endpoint(),
        before.sector(),
        lifetime,
        clock.millis() + lifetime * 1_000,
        asked.base().orElseGet(() -> ownBase ? before.base() : base(exchange)),
        ownBase,
        attributes,
        before.links());
  }

  private Owner owner(CoapExchange exchange) {
    EndpointContext source = exchange.advanced().getRequest().getSourceContext();
    Principal principal = source.getPeerIdentity();
    if (principal == null) {
      return new Owner(source.getPeerAddress().getAddress().getHostAddress(), false);
    }
    return keys.node(principal.getName())
        .map(node -> new Owner(node, true))
        .orElseThrow(() -> Refused.foreign("a node registers as long as it has a key"));
  }

  /** Where a request came from, as a URI (RFC 9176, 5). */
  private static String base(CoapExchange exchange) {
    Request request = exchange.advanced().getRequest();
    InetSocketAddress source = request.getSourceContext().getPeerAddress();
    String address = source.getAddress().getHostAddress();
    String scheme = request.getScheme().equals("coaps") ? "coaps" : "coap"; // not that of OSCORE
    int port = source.getPort();
    boolean usual = port == (scheme.equals("coaps") ? 5684 : 5683);
    return Parameters.base(
        scheme
            + "://"
            + (source.getAddress() instanceof Inet6Address ? "[" + address + "]" : address)
            + (usual ? "" : ":" + port));
  }

  private static List<Link> links(CoapExchange exchange) {
    byte[] payload =
        exchange.getRequestPayload() == null ? new byte[0] : exchange.getRequestPayload();
    if (payload.length > MOST_OCTETS) {
      throw Refused.large("a registration has at most " + MOST_OCTETS + " octets of links");
    }
    if (exchange.getRequestOptions().hasContentFormat()
        && exchange.getRequestOptions().getContentFormat()
            != MediaTypeRegistry.APPLICATION_LINK_FORMAT) {
      throw Refused.format(ResponseCode.UNSUPPORTED_CONTENT_FORMAT);
    }
    try {
      return LinkFormat.read(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString());
    } catch (CharacterCodingException e) {
      throw Refused.malformed("links are UTF-8");
    }
  }
}
