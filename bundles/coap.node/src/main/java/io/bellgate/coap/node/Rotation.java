package io.bellgate.coap.node;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.Key;
import io.bellgate.coap.node.admission.Admission;
import io.bellgate.coap.node.admission.Refusal;
import io.bellgate.coap.node.admission.Speaker;
import io.bellgate.coap.node.admission.Unanswered;
import io.bellgate.coap.node.blocks.Explained;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeProfile;
import io.bellgate.coap.node.keys.NodeProfiles;
import io.bellgate.coap.node.renewal.Intervals;
import io.bellgate.coap.node.renewal.PoolKeys;
import io.bellgate.coap.node.renewal.Renewal;
import io.bellgate.coap.node.renewal.Turn;
import io.bellgate.nodekeys.Generations;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.server.resources.CoapExchange;

/**
 * {@code POST /keys} under the protection of a node: gives it its next key, in one round trip.
 *
 * <pre>
 * request   version 1 (1 octet), nonce of the node (8)
 * 2.04      version 1 (1), nonce of the gateway (8), generation (4), identity (16 characters)
 * </pre>
 *
 * <p>or version 2, which may ask for a key of the pool ({@link
 * io.bellgate.nodekeys.NextKeyRequest}). Both ends derive the key; it is not sent. The node shakes
 * hands under the new identity; with the first request under it the key before gets an end, some
 * seconds later. The answer leaves when the key is on the disk: files are written by a thread of
 * its own.
 */
final class Rotation extends CoapResource {
  /** A node is given a key no more often. */
  static final long LEAST_MILLIS = 2_000;

  private static final System.Logger LOG = System.getLogger(Rotation.class.getName());
  private static final int LOOK_SECONDS = 10;
  private static final int MOST_REMEMBERED = 10_000;

  private final NodeKeys keys;
  private final NodeProfiles profiles;
  private final Admission admission;
  private final Unanswered unanswered;
  private final Renewal renewal;
  private final PoolKeys pool;
  private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();
  private final Set<String> spoken = ConcurrentHashMap.newKeySet();
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicLong rotations = new AtomicLong();
  private final AtomicLong pooled = new AtomicLong();
  private final AtomicLong dry = new AtomicLong();

  /** Whether the log says so since the pool is dry; on the writing thread alone. */
  private boolean dryTold;

  /** A request that waits for the writing thread. */
  private record Asked(CoapExchange exchange, Turn turn) {}

  /** When a node was given a key last; on the writing thread alone. */
  private final Map<String, Long> lastNanos =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  private final ScheduledExecutorService writing =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "coap-keys");
            thread.setDaemon(true);
            return thread;
          });

  Rotation(
      NodeKeys keys,
      NodeProfiles profiles,
      Admission admission,
      Unanswered unanswered,
      Renewal renewal) {
    super("keys");
    this.admission = admission;
    this.unanswered = unanswered;
    this.keys = keys;
    this.profiles = profiles;
    this.renewal = renewal;
    pool = new PoolKeys(renewal.pool(), renewal.rules());
    writing.scheduleWithFixedDelay(this::look, 0, LOOK_SECONDS, TimeUnit.SECONDS);
    getAttributes().setTitle("POST a nonce under the present key: the next key of this node");
  }

  private void look() {
    try {
      pool.look(System.nanoTime());
    } catch (RuntimeException broken) {
      LOG.log(Level.DEBUG, "the pool is looked at the next time", broken); // or never again
    }
  }

  /** Files that are not written yet. */
  int pending() {
    return pending.get();
  }

  /** Keys that nodes were given by this endpoint. */
  long rotations() {
    return rotations.get();
  }

  /** When a node is to ask for its next key. */
  int againSeconds(String node, boolean fromPool) {
    Intervals intervals = renewal.rules().intervals();
    int deviceClass = profiles.of(node).orElse(NodeProfile.DEFAULT).deviceClass();
    return fromPool
        ? intervals.seconds(deviceClass, pool.octetsPerSecond(), keys.nodes())
        : intervals.seconds(deviceClass);
  }

  /** What rotations did and how often nodes are told to ask. */
  Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("given", rotations.get());
    status.put("fromPool", pooled.get());
    status.put("poolWasDry", dry.get());
    double rate = pool.octetsPerSecond();
    status.put("poolBitsPerSecond", rate < 0 ? "not measured yet" : Math.round(8 * rate));
    Map<String, Object> seconds = new LinkedHashMap<>();
    for (int i = 0; i < NodeProfile.CLASSES; i++) {
      Intervals intervals = renewal.rules().intervals();
      seconds.put(
          "class" + i,
          Map.of("nonces", intervals.seconds(i), "pool", intervals.seconds(i, rate, keys.nodes())));
    }
    status.put("seconds", seconds);
    return status;
  }

  @Override
  public void handlePOST(CoapExchange exchange) {
    Speaker speaker;
    try {
      speaker = admission.speaker(exchange, "a key is given under the key before");
    } catch (Refusal e) {
      admission.refuse(exchange, e);
      return;
    }
    Optional<Turn> turn =
        Turn.read(speaker.node(), speaker.identity(), Telemetry.payload(exchange));
    if (turn.isEmpty()) {
      exchange.respond(
          new Explained(
              ResponseCode.BAD_REQUEST,
              "BG-COAP-009",
              "version 1 and a nonce are posted, or version 2, 0 or 1 and a nonce: octets="
                  + Generations.NONCE_OCTETS));
    } else {
      unanswered.begin();
      asked.add(new Asked(exchange, turn.get()));
      writing.execute(this::give);
    }
  }

  /** All that wait get their keys in one writing: a file is written as often as the disk can. */
  private void give() {
    List<Asked> now = new ArrayList<>();
    for (Asked next = asked.poll(); next != null; next = asked.poll()) {
      now.add(next);
    }
    RandomBits bits = renewal.random().get();
    List<Asked> served = now.stream().filter(a -> bits != null && isTime(a.turn().node())).toList();
    now.stream().filter(a -> !served.contains(a)).forEach(a -> respond(a, later()));
    if (!served.isEmpty()) {
      give(served, bits);
    }
  }

  private void respond(Asked asked, Response response) {
    unanswered.answer(asked.exchange(), response);
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
    List<Asked> open = new ArrayList<>(served);
    Map<Asked, Optional<Key>> drawn = new LinkedHashMap<>();
    try {
      for (Asked one : served) {
        Optional<Key> key = one.turn().wantsPool() ? fromPool(one.turn()) : Optional.empty();
        if (one.turn().wantsPool() && key.isEmpty() && !fallsBack(one)) {
          open.remove(one); // it was told to wait
        } else {
          drawn.put(one, key);
        }
      }
      List<NodeKeys.Ask> asks = new ArrayList<>();
      drawn.forEach((one, key) -> asks.add(ask(one.turn(), key, bits)));
      List<OptionalInt> generations = keys.succeed(asks);
      for (OptionalInt generation : generations) {
        answer(open.remove(0), generation);
      }
    } catch (IOException | RuntimeException failed) {
      LOG.log(
          Level.WARNING,
          "nodes are given no keys now: nodes={0} why={1}",
          open.stream().map(a -> a.turn().node()).toList(),
          failed);
      open.forEach(a -> respond(a, later()));
    } finally {
      drawn.values().forEach(key -> key.ifPresent(k -> k.secret().destroy()));
    }
  }

  private NodeKeys.Ask ask(Turn turn, Optional<Key> key, RandomBits bits) {
    return turn.ask(bits, key, againSeconds(turn.node(), turn.wantsPool()));
  }

  /** A key of the pool is not used up for somebody who will not be given one. */
  private Optional<Key> fromPool(Turn turn) {
    Optional<Key> key = keys.renewable(turn.identity()) ? pool.take() : Optional.empty();
    dryTold &= key.isEmpty();
    return key;
  }

  /** The pool has no key: whether the node is given one without, or was told to wait. */
  private boolean fallsBack(Asked one) {
    if (!keys.renewable(one.turn().identity())) {
      return true; // it is refused for another reason
    }
    dry.incrementAndGet();
    boolean fallsBack = renewal.rules().fallBack();
    if (!dryTold) {
      dryTold = true;
      LOG.log(
          Level.WARNING,
          "the pool has no key for nodes: node={0} rotation.dry={1}",
          one.turn().node(),
          fallsBack ? "nonces" : "wait");
    }
    if (!fallsBack) {
      Response response =
          new Explained(
              ResponseCode.SERVICE_UNAVAILABLE, "BG-COAP-023", "the pool has no key for it now");
      response.getOptions().setMaxAge(pool.drySeconds());
      respond(one, response);
    }
    return fallsBack;
  }

  private void answer(Asked asked, OptionalInt generation) {
    if (generation.isEmpty()) {
      respond(
          asked,
          new Explained(ResponseCode.FORBIDDEN, "BG-COAP-008", "a later key is in use already"));
    } else {
      rotations.incrementAndGet();
      pooled.addAndGet(asked.turn().pooled() ? 1 : 0);
      Response response = new Response(ResponseCode.CHANGED);
      response.setPayload(asked.turn().answer(generation.getAsInt()));
      respond(asked, response);
    }
  }

  private static Response later() {
    Response response = new Response(ResponseCode.SERVICE_UNAVAILABLE);
    response.getOptions().setMaxAge(LEAST_MILLIS / 1_000);
    return response;
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
        keys.used(now, renewal.rules().overlapSeconds());
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
