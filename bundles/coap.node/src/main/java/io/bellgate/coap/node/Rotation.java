package io.bellgate.coap.node;

import io.bellgate.api.entropy.EntropyFailure;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.ops.Gone;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.nodekeys.Generations;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.server.resources.CoapExchange;

/**
 * {@code POST /keys} under DTLS: gives a node its next key, in one round trip.
 *
 * <pre>
 * request   version 1 (1 octet), nonce of the node (8)
 * 2.04      version 1 (1), nonce of the gateway (8), generation (4), identity (16 characters)
 * </pre>
 *
 * <p>Both derive the key ({@link Generations}); it is not sent. The node shakes hands under the new
 * identity; with the first request under it the key before gets an end, some seconds later. The
 * answer leaves when the key is on the disk: files are written by a thread of its own.
 */
final class Rotation extends CoapResource {
  /** A node is given a key no more often. */
  static final long LEAST_MILLIS = 2_000;

  private static final System.Logger LOG = System.getLogger(Rotation.class.getName());
  private static final byte VERSION = 1;
  private static final int MOST_REMEMBERED = 10_000;

  private final NodeKeys keys;
  private final Supplier<RandomBits> random;
  private final long overlapSeconds;
  private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();
  private final Set<String> spoken = ConcurrentHashMap.newKeySet();
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicLong rotations = new AtomicLong();

  /** A request that waits for the writing thread. */
  private record Asked(CoapExchange exchange, String node, String identity, byte[] nonce) {}

  /** What a node is given. */
  private record Given(String identity, byte[] nonce) {}

  /** When a node was given a key last; on the writing thread alone. */
  private final Map<String, Long> lastNanos =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  private final ExecutorService writing =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "coap-keys");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Makes it.
   *
   * @param overlapSeconds a key is accepted so long after the next one was first used
   */
  Rotation(NodeKeys keys, Supplier<RandomBits> random, long overlapSeconds) {
    super("keys");
    this.overlapSeconds = overlapSeconds;
    this.keys = keys;
    this.random = random;
    getAttributes().setTitle("POST a nonce under DTLS: the next key of this node");
  }

  /** Requests that are not answered, and files that are not written yet. */
  int pending() {
    return pending.get();
  }

  /** Keys that nodes were given by this endpoint. */
  long rotations() {
    return rotations.get();
  }

  @Override
  public void handlePOST(CoapExchange exchange) {
    Principal principal = exchange.advanced().getRequest().getSourceContext().getPeerIdentity();
    Optional<String> node = principal == null ? Optional.empty() : keys.node(principal.getName());
    byte[] payload = exchange.getRequestPayload();
    if (node.isEmpty()) {
      Telemetry.refuse(
          exchange, ResponseCode.FORBIDDEN, "BG-COAP-008", "a key is given under the key before");
    } else if (payload == null
        || payload.length != 1 + Generations.NONCE_OCTETS
        || payload[0] != VERSION) {
      Telemetry.refuse(
          exchange,
          ResponseCode.BAD_REQUEST,
          "BG-COAP-009",
          "version 1 and a nonce of " + Generations.NONCE_OCTETS + " octets are posted");
    } else {
      byte[] nonce = Arrays.copyOfRange(payload, 1, payload.length);
      pending.incrementAndGet();
      asked.add(new Asked(exchange, node.get(), principal.getName(), nonce));
      writing.execute(this::give);
    }
  }

  /** All that wait get their keys in one writing: a file is written as often as the disk can. */
  private void give() {
    List<Asked> now = new ArrayList<>();
    for (Asked next = asked.poll(); next != null; next = asked.poll()) {
      now.add(next);
    }
    try {
      RandomBits bits = random.get();
      List<Asked> served = now.stream().filter(a -> bits != null && isTime(a.node())).toList();
      now.stream().filter(a -> !served.contains(a)).forEach(a -> a.exchange().respond(later()));
      if (!served.isEmpty()) {
        give(served, bits);
      }
    } finally {
      pending.addAndGet(-now.size());
    }
  }

  private boolean isTime(String node) {
    long now = System.nanoTime();
    Long last = lastNanos.get(node);
    boolean time = last == null || now - last >= LEAST_MILLIS * 1_000_000;
    if (time) {
      lastNanos.put(node, now);
    }
    return time;
  }

  private void give(List<Asked> served, RandomBits bits) {
    try {
      List<Given> drawn = new ArrayList<>();
      List<NodeKeys.Ask> asks = new ArrayList<>();
      for (Asked one : served) {
        byte[] own = new byte[Generations.NONCE_OCTETS];
        byte[] name = new byte[Generations.NONCE_OCTETS];
        bits.fill(own);
        bits.fill(name);
        String identity = HexFormat.of().formatHex(name); // opaque: it is sent in clear text
        drawn.add(new Given(identity, own));
        asks.add(
            new NodeKeys.Ask(
                one.identity(),
                identity,
                NodeKeys.NodeKey.ROTATED,
                (now, generation) ->
                    Generations.next(now.key(), one.nonce(), own, now.node(), generation)));
      }
      List<OptionalInt> generations = keys.succeed(asks);
      for (int i = 0; i < served.size(); i++) {
        answer(served.get(i).exchange(), drawn.get(i), generations.get(i));
      }
    } catch (IOException | EntropyFailure | Gone failed) {
      LOG.log(
          Level.WARNING,
          "nodes are given no keys now: nodes={0} why={1}",
          served.stream().map(Asked::node).toList(),
          failed.getMessage());
      served.forEach(a -> a.exchange().respond(later()));
    }
  }

  private void answer(CoapExchange exchange, Given given, OptionalInt generation) {
    if (generation.isEmpty()) {
      Telemetry.refuse(
          exchange, ResponseCode.FORBIDDEN, "BG-COAP-008", "a later key is in use already");
    } else {
      rotations.incrementAndGet();
      exchange.respond(ResponseCode.CHANGED, payload(given, generation.getAsInt()));
    }
  }

  private static Response later() {
    Response response = new Response(ResponseCode.SERVICE_UNAVAILABLE);
    response.getOptions().setMaxAge(LEAST_MILLIS / 1_000);
    return response;
  }

  private static byte[] payload(Given given, int generation) {
    byte[] identity = given.identity().getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(1 + given.nonce().length + 4 + identity.length)
        .put(VERSION)
        .put(given.nonce())
        .putInt(generation)
        .put(identity)
        .array();
  }

  /** A node spoke under an identity: if it is a new one, the key before gets an end. */
  void spoke(String identity) {
    if (keys.supersedes(identity) && spoken.add(identity)) {
      pending.incrementAndGet();
      writing.execute(this::retire);
    }
  }

  private void retire() {
    Set<String> now = Set.copyOf(spoken);
    try {
      if (!now.isEmpty()) {
        keys.used(now, overlapSeconds);
      }
    } catch (IOException failed) {
      LOG.log(Level.WARNING, "keys before are not retired yet: {0}", failed.getMessage());
    } finally {
      spoken.removeAll(now);
      pending.decrementAndGet();
    }
  }

  void stop() {
    writing.shutdown();
  }
}
