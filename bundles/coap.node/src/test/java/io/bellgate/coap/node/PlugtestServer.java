package io.bellgate.coap.node;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.message.Intake;
import io.bellgate.coap.node.contexts.NodeContexts;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import io.bellgate.coap.node.keys.NodeProfiles;
import io.bellgate.coap.node.renewal.Renewal;
import io.bellgate.coap.node.renewal.SomeRules;
import io.bellgate.coap.node.served.NodeResources;
import io.bellgate.oscore.Aead;
import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.eclipse.californium.core.server.resources.Resource;

/**
 * Bellgate's endpoint, set up as in the field, with the resources of the plugtests beside its own.
 */
final class PlugtestServer implements AutoCloseable {
  final PlugtestResources resources = new PlugtestResources();
  private final List<RawClient> clients = new ArrayList<>();
  private final DatagramSocket socket = new LentSocket();
  private final Nodes nodes = new Nodes();
  private final Function<byte[], Endpoint> opening;
  private Endpoint endpoint;

  /** Without DTLS. */
  PlugtestServer() throws IOException {
    NodeKeys none = new NodeKeys(Path.of("no-such-file"));
    opening = state -> endpoint(Optional.empty(), Optional.empty(), none);
    endpoint = opening.apply(new byte[0]);
  }

  /** With DTLS for one node. */
  PlugtestServer(DatagramSocket secure, Path folder, String identity, byte[] key)
      throws IOException {
    NodeKeys keys = keys(folder, identity, key);
    opening =
        state ->
            endpoint(Optional.of(new Endpoint.Secure(secure, new byte[0])), Optional.empty(), keys);
    endpoint = opening.apply(new byte[0]);
  }

  /** With OSCORE for one node. */
  PlugtestServer(Aead aead, Path folder, String identity, byte[] key) throws IOException {
    NodeKeys keys = keys(folder, identity, key);
    Path epochs = folder.resolve("oscore-epoch");
    opening =
        state ->
            endpoint(
                Optional.empty(),
                Optional.of(new NodeContexts(keys, aead, epochs, InstantSource.system(), state)),
                keys);
    endpoint = opening.apply(new byte[0]);
  }

  /** Closes, and goes on with what was handed over, but for DTLS. */
  void swap() {
    endpoint.close(Duration.ofSeconds(2));
    nodes.exchanges(endpoint.exchanges(), endpoint.secureExchanges());
    Nodes handed = StateFormat1.read(StateFormat1.write(nodes));
    nodes.exchanges(handed.exchanges(), handed.secureExchanges());
    endpoint = opening.apply(endpoint.contexts());
  }

  private static NodeKeys keys(Path folder, String identity, byte[] key) throws IOException {
    NodeKeys keys = new NodeKeys(folder.resolve("nodes.csv"));
    keys.change(
        now -> {
          now.put(identity, new NodeKey("n1", identity, Secret.copyOf(key)));
          return true;
        });
    return keys;
  }

  private Endpoint endpoint(
      Optional<Endpoint.Secure> secure, Optional<NodeContexts> contexts, NodeKeys keys) {
    RandomBits challenges = new SeededBits(8613);
    Endpoint opened =
        new Endpoint(
            socket,
            secure,
            contexts,
            keys,
            new NodeProfiles(Path.of("no-such-file")),
            () -> message -> CompletableFuture.completedFuture(new Intake.Acceptance.Accepted()),
            new Renewal(
                () -> contexts.isPresent() ? challenges : null,
                () -> null,
                () -> null,
                SomeRules.waiting()),
            Map.of(),
            nodes,
            new NodeResources(),
            InstantSource.system());
    opened.add(resources.all());
    return opened;
  }

  /** Serves more. */
  void add(Resource resource) {
    endpoint.add(resource);
  }

  int port() {
    return socket.getLocalPort();
  }

  /** One more node. */
  RawClient client() throws IOException {
    RawClient client = new RawClient(port());
    clients.add(client);
    return client;
  }

  @Override
  public void close() {
    clients.forEach(RawClient::close);
    endpoint.close(Duration.ofSeconds(2));
  }
}
