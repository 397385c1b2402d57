package io.bellgate.coap.node.admission;

import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeProfile;
import io.bellgate.coap.node.keys.NodeProfiles;
import io.bellgate.oscore.OscorePeer;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.elements.EndpointContext;

/**
 * Makes sure who speaks: a node that has a key speaks under it and for itself, and every node as
 * well protected as an operator demands. Thread safe.
 */
public final class Admission {
  /** {@link Admitted#ingress} of a node that nothing protects. */
  public static final String NONE = "none";

  private final NodeKeys keys;
  private final NodeProfiles profiles;
  private final Consumer<String> spoke;
  private final BiConsumer<String, InetSocketAddress> retired;

  /**
   * Makes it.
   *
   * @param spoke is told the identity under which a node speaks
   * @param retired is told of a connection whose key is not accepted any more: its identity, and
   *     where it is
   */
  public Admission(
      NodeKeys keys,
      NodeProfiles profiles,
      Consumer<String> spoke,
      BiConsumer<String, InetSocketAddress> retired) {
    this.keys = keys;
    this.profiles = profiles;
    this.spoke = spoke;
    this.retired = retired;
  }

  /**
   * How a node reached the gateway, and what an operator said of it.
   *
   * @param ingress {@link #NONE}, {@code DTLS-PSK} or {@code OSCORE}
   */
  public record Admitted(String ingress, NodeProfile profile) {}

  /**
   * Admits a request in the name of a node.
   *
   * @throws Refusal if it is not this node, or not protected enough
   */
  public Admitted admit(CoapExchange exchange, String node) {
    Optional<Principal> principal = Speaker.principal(exchange);
    String ingress = principal.map(Admission::ingress).orElse(NONE);
    checkKey(node, principal.map(Principal::getName));
    principal.map(Principal::getName).ifPresent(spoke);
    return new Admitted(ingress, profile(node, ingress));
  }

  /**
   * Makes sure, some time later, that a node would still be admitted.
   *
   * @param identity under which it spoke; empty without protection
   * @param ingress as it was admitted
   * @throws Refusal if it is not admitted any more
   */
  public void recheck(String node, Optional<String> identity, String ingress) {
    checkKey(node, identity);
    profile(node, ingress);
  }

  /**
   * Under what a node speaks now that spoke under an identity; empty if that is accepted still, or
   * an operator gave the node another key, or took it away.
   */
  public Optional<String> after(String node, String identity) {
    return keys.node(identity).isPresent() ? Optional.empty() : keys.renewed(node);
  }

  /**
   * The node under whose key a request came.
   *
   * @param why it has to come under one
   * @throws Refusal if it did not, or the key is not accepted any more
   */
  public Speaker speaker(CoapExchange exchange, String why) {
    return Speaker.of(exchange, keys)
        .orElseThrow(() -> new Refusal(ResponseCode.FORBIDDEN, "BG-COAP-008", why));
  }

  /** Answers that a request is refused; a connection whose key has ended is closed behind it. */
  public void refuse(CoapExchange exchange, Refusal refusal) {
    Response response = refusal.answer();
    closeIfRetired(exchange, response);
    exchange.respond(response);
  }

  private static String ingress(Principal principal) {
    return principal instanceof OscorePeer ? "OSCORE" : "DTLS-PSK";
  }

  private void checkKey(String node, Optional<String> identity) {
    if (identity.isEmpty() && keys.knows(node)) {
      throw new Refusal(
          ResponseCode.FORBIDDEN, "BG-COAP-007", "this node has a key: it speaks DTLS or OSCORE");
    }
    if (identity.isPresent() && !keys.node(identity.get()).equals(Optional.of(node))) {
      throw new Refusal(
          ResponseCode.FORBIDDEN,
          "BG-COAP-006",
          "a node speaks for itself, and as long as it has a key");
    }
  }

  private NodeProfile profile(String node, String ingress) {
    NodeProfile profile =
        profiles
            .of(node)
            .orElseThrow(
                () ->
                    new Refusal(
                        ResponseCode.SERVICE_UNAVAILABLE,
                        "BG-COAP-022",
                        "what nodes may do cannot be read"));
    if (!profile.level().metBy(ingress)) {
      throw new Refusal(
          ResponseCode.FORBIDDEN,
          "BG-COAP-020",
          "this node must be protected: level=" + profile.level().word());
    }
    return profile;
  }

  private void closeIfRetired(CoapExchange exchange, Response answer) {
    EndpointContext source = exchange.advanced().getRequest().getSourceContext();
    Principal principal = source.getPeerIdentity();
    if (principal != null && !(principal instanceof OscorePeer)) {
      answer.addMessageObserver(
          new MessageObserverAdapter() {
            @Override
            public void onSent(boolean retransmission) {
              closeIfRetired(principal.getName(), source.getPeerAddress());
            }
          });
    }
  }

  /** Closes a connection under DTLS if its key is not accepted any more, which tells its node. */
  public void closeIfRetired(String identity, InetSocketAddress at) {
    if (keys.node(identity).isEmpty()) {
      retired.accept(identity, at);
    }
  }
}
