package io.bellgate.ops.node;

import io.bellgate.api.bits.Secret;
import io.bellgate.nodekeys.NodeContext;
import io.bellgate.oscore.Aead;
import io.bellgate.oscore.Contexts;
import io.bellgate.oscore.NodeStackFactory;
import io.bellgate.oscore.SecurityContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.core.server.resources.Resource;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;

/** A real server on loopback that answers as a test says, also under OSCORE. */
final class ScriptedGateway implements AutoCloseable, Contexts {
  static {
    CoapConfig.register();
    UdpConfig.register();
  }

  private final List<SecurityContext> nodes = new ArrayList<>();
  private final AtomicLong own = new AtomicLong();
  private final CoapServer server = new CoapServer(new Configuration());
  private final CoapEndpoint endpoint;

  ScriptedGateway() {
    endpoint =
        CoapEndpoint.builder()
            .setConfiguration(new Configuration())
            .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .setCoapStackFactory(NodeStackFactory.oscore(this, Optional::empty))
            .build();
    server.addEndpoint(endpoint);
  }

  ScriptedGateway start() {
    server.start();
    return this;
  }

  String place() {
    return "coap://127.0.0.1:" + endpoint.getAddress().getPort();
  }

  /** Knows a key of a node. */
  ScriptedGateway with(String identity, Secret key) {
    try (Secret secret = NodeContext.masterSecret(key, identity)) {
      nodes.add(
          new SecurityContext(
              identity,
              secret,
              new SecurityContext.Parameters(
                  new byte[0],
                  Optional.empty(),
                  new byte[0],
                  NodeContext.kid(identity),
                  Aead.AES_CCM_16_64_256),
              own::getAndIncrement));
    }
    return this;
  }

  @Override
  public synchronized Optional<SecurityContext> of(byte[] kid, Optional<byte[]> kidContext) {
    return nodes.stream().filter(c -> Arrays.equals(kid, NodeContext.kid(c.name()))).findFirst();
  }

  @Override
  public Optional<SecurityContext> towards(EndpointContext destination) {
    return Optional.empty();
  }

  /** Answers posts to a path, and below it. */
  ScriptedGateway posted(String name, Consumer<CoapExchange> answer) {
    server.add(
        new CoapResource(name) {
          @Override
          public void handlePOST(CoapExchange exchange) {
            answer.accept(exchange);
          }

          @Override
          public Resource getChild(String below) {
            return this;
          }
        });
    return this;
  }

  /** A resource that answers who reads it. */
  CoapResource got(String name, Consumer<CoapExchange> answer) {
    CoapResource made =
        new CoapResource(name) {
          @Override
          public void handleGET(CoapExchange exchange) {
            answer.accept(exchange);
          }
        };
    server.add(made);
    return made;
  }

  /** A resource that counts how often it was read, and can be observed. */
  CoapResource counting(String name) {
    return counting(name, "");
  }

  /** One whose answers end with a filling. */
  CoapResource counting(String name, String filling) {
    AtomicLong reads = new AtomicLong();
    CoapResource counting =
        got(
            name,
            e -> e.respond(CoAP.ResponseCode.CONTENT, "read " + reads.incrementAndGet() + filling));
    counting.setObservable(true);
    return counting;
  }

  @Override
  public void close() {
    server.destroy();
  }
}
