package io.bellgate.gateway.router;

import io.bellgate.api.policy.Protection;
import io.bellgate.api.policy.Snapshot;
import io.bellgate.gateway.router.protect.KeyUse;
import io.bellgate.gateway.router.protect.SendKeys;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The gateways that this one sends to, each with its keys and its outbox, and what the policy may
 * know of them. Thread safe.
 */
final class Peers implements AutoCloseable {
  private static final long STATE_NANOS = 20_000_000;

  private record Peer(SendKeys keys, Forwarder forwarder) {}

  private record Dated(Snapshot state, long nanos) {}

  private final Settings settings;
  private final Surroundings around;
  private final Store store;
  private final Epoch epoch;
  private final Counters counters;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Map<String, Peer> peers = new ConcurrentHashMap<>();
  private volatile Dated snapshot;

  /** The clock tells when for people, the nanoseconds how long. */
  record Clocks(InstantSource clock, LongSupplier nanos) {}

  Peers(
      Settings settings,
      Surroundings around,
      Store store,
      Epoch epoch,
      Counters counters,
      Clocks clocks) {
    this.settings = settings;
    this.around = around;
    this.store = store;
    this.epoch = epoch;
    this.counters = counters;
    this.clock = clocks.clock();
    this.nanos = clocks.nanos();
    store.names("out.").forEach(this::forwarder);
  }

  /** The one to a peer; from the first call on the policy sees what this peer has. */
  Forwarder forwarder(String peer) {
    return peers.computeIfAbsent(peer, this::open).forwarder();
  }

  private Peer open(String peer) {
    KeyUse use =
        new KeyUse(
            settings.messages_per_key(), settings.seconds_per_key(), settings.otp_padding_octets());
    SendKeys keys = new SendKeys(settings.site(), peer, around, use, nanos);
    HoldDown holdDown = new HoldDown(settings.return_seconds(), nanos);
    Protector protector = new Protector(peer, keys, holdDown, epoch, counters, clock);
    return new Peer(
        keys,
        new Forwarder(
            peer, store, around, protector, counters, epoch, settings.in_flight_messages()));
  }

  /** What the policy may know, at most {@link #STATE_NANOS} old: it is costly to gather. */
  Snapshot snapshot() {
    Dated last = snapshot;
    long now = nanos.getAsLong();
    if (last == null || now - last.nanos() > STATE_NANOS) {
      last = new Dated(gather(), now);
      snapshot = last;
    }
    return last.state();
  }

  private Snapshot gather() {
    Map<String, Set<Protection>> available = new TreeMap<>();
    peers
        .keySet()
        .forEach(peer -> available.put(peer, available(peer, EnumSet.allOf(Protection.class), 0)));
    Set<String> connected = new TreeSet<>(peers.keySet());
    connected.removeIf(peer -> around.session(peer).isEmpty());
    return new Snapshot(connected, available);
  }

  /**
   * Which of some protections can be had now.
   *
   * @param octets of the message as it travels, or 0
   */
  Set<Protection> available(String peer, Set<Protection> of, int octets) {
    SendKeys keys = peers.computeIfAbsent(peer, this::open).keys();
    Set<Protection> available = EnumSet.noneOf(Protection.class);
    of.stream()
        .filter(protection -> keys.available(protection, epoch.number(), octets))
        .forEach(available::add);
    return available;
  }

  void wake() {
    peers.values().forEach(p -> p.forwarder().wake());
  }

  Map<String, Object> outbox() {
    Map<String, Object> held = new TreeMap<>();
    peers.forEach((peer, p) -> held.put(peer, heldBy(p.forwarder())));
    return held;
  }

  private static Map<String, Object> heldBy(Forwarder forwarder) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("messages", forwarder.size());
    one.put("inFlight", forwarder.inFlight());
    if (!forwarder.holdUp().isEmpty()) {
      one.put("holdUp", forwarder.holdUp());
    }
    return one;
  }

  /** Stops sending; what is not acknowledged stays in the outbox. */
  @Override
  public void close() {
    peers.values().forEach(p -> p.forwarder().close());
    peers.values().forEach(p -> p.keys().close());
  }
}
