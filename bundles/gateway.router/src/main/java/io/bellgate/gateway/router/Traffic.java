package io.bellgate.gateway.router;

import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Intake.Acceptance;
import io.bellgate.api.message.Message;
import io.bellgate.api.policy.Decision;
import io.bellgate.api.policy.Policy;
import io.bellgate.api.policy.Protection;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The router at work: everything between {@code open} and {@code close} of its store. All decisions
 * about acceptance are made on the store's thread, so identity, number and record of a message
 * become durable together.
 */
final class Traffic implements AutoCloseable {
  private final Settings settings;
  private final Surroundings around;
  private final InstantSource clock;
  private final Counters counters;
  private final Limit limit;
  private final Store store;
  private final Epoch epoch;
  private final Deliveries deliveries;
  private final Arrivals arrivals;
  private final Peers peers;

  Traffic(
      Settings settings,
      Surroundings around,
      Counters counters,
      InstantSource clock,
      LongSupplier nanos,
      RandomGenerator random) {
    this.settings = settings;
    this.around = around;
    this.counters = counters;
    this.clock = clock;
    limit = new Limit(settings.outbox_messages(), (long) settings.outbox_mebioctets() << 20);
    store = new Store(Path.of(settings.folder()), settings.power_durable());
    epoch = new Epoch(store, random);
    deliveries = new Deliveries(store, around, counters, epoch, limit);
    arrivals = new Arrivals(settings.site(), store, around, deliveries, counters);
    peers = new Peers(settings, around, store, epoch, counters, new Peers.Clocks(clock, nanos));
  }

  CompletionStage<byte[]> arrived(String peer, byte[] request) {
    return arrivals.handle(peer, request);
  }

  CompletionStage<Acceptance> offer(Message message) {
    Optional<Policy> policy = around.policy();
    if (policy.isEmpty()) {
      return answer("busy", new Acceptance.Busy(1));
    }
    Decision decision = policy.get().decide(message.flow(), peers.snapshot(), clock.instant());
    String ruleSet = policy.get().ruleSet();
    if (decision instanceof Decision.Refuse refuse) {
      counters.decided(message.id() + " rule=" + refuse.rule() + " -> refused: " + refuse.reason());
      return answer("refused", new Acceptance.Refused("BG-ROUTE-001", refuse.reason()));
    }
    Decision.Send send = (Decision.Send) decision;
    Item item = item(message, send);
    Optional<Acceptance> obstacle = obstacle(item, send);
    if (obstacle.isPresent()) {
      return answer(obstacle.get() instanceof Acceptance.Busy ? "busy" : "refused", obstacle.get());
    }
    try {
      return store
          .write(() -> accept(item, send, ruleSet))
          .thenApply(p -> announce(p, send))
          .exceptionally(e -> new Acceptance.Busy(2));
    } catch (RejectedExecutionException e) {
      return answer("busy", new Acceptance.Busy(1));
    }
  }

  private CompletionStage<Acceptance> answer(String count, Acceptance acceptance) {
    counters.count(count);
    return CompletableFuture.completedFuture(acceptance);
  }

  private boolean local(Decision.Send send) {
    return send.destination().equals(settings.site());
  }

  private Item item(Message message, Decision.Send send) {
    return new Item(
        message,
        settings.site(),
        send.sink(),
        send.rule(),
        send.priority(),
        send.acceptable(),
        Map.of());
  }

  private Optional<Acceptance> obstacle(Item item, Decision.Send send) {
    if (local(send)) {
      return Optional.empty();
    }
    peers.forwarder(send.destination()); // from now on the policy sees what this peer has
    if (send.otherwise() == Decision.Otherwise.REJECT && noneAvailable(item, send)) {
      List<String> words = send.acceptable().stream().map(Protection::word).toList();
      return Optional.of(
          new Acceptance.Refused(
              "BG-ROUTE-002",
              "none of the acceptable protections can be had: rule="
                  + send.rule()
                  + " acceptable="
                  + words
                  + " peer="
                  + send.destination()));
    }
    return Optional.empty();
  }

  private boolean noneAvailable(Item item, Decision.Send send) {
    int octets = item.travelling().encode().length;
    return peers.available(send.destination(), EnumSet.copyOf(send.acceptable()), octets).isEmpty();
  }

  private record Placed(Acceptance acceptance, Item item, long transfer) {}

  /** On the store's thread: identity, number and record become durable together. */
  private Placed accept(Item item, Decision.Send send, String ruleSet) {
    Message message = item.message();
    byte[] known = store.named("seen.nodes").get(message.id().node());
    if (known == null && store.named("seen.nodes").size() >= settings.nodes_most()) {
      String reason =
          "this gateway remembers at most nodes.most nodes: nodes.most=" + settings.nodes_most();
      return new Placed(new Acceptance.Refused("BG-ROUTE-004", reason), null, 0);
    }
    Ranges seen = Ranges.decode(known);
    switch (seen.known(message.id().sequence())) {
      case SEEN -> {
        return new Placed(new Acceptance.Duplicate(), null, 0);
      }
      case FORGOTTEN -> {
        return new Placed(
            new Acceptance.Refused(
                "BG-ROUTE-003",
                "the sequence lies under what is remembered of this node: id=" + message.id()),
            null,
            0);
      }
      case NEW -> seen.add(message.id().sequence());
    }
    if (local(send)
        ? deliveries.full(send.sink())
        : peers.forwarder(send.destination()).full(limit)) {
      return new Placed(new Acceptance.Busy(5), null, 0);
    }
    epoch.adopt(ruleSet);
    store.named("seen.nodes").put(message.id().node(), seen.encode());
    if (local(send)) {
      deliveries.put(item.arrived(settings.site(), localEvidence(item)));
      return new Placed(new Acceptance.Accepted(), item, 0);
    }
    long transfer = peers.forwarder(send.destination()).number(item);
    store.numbered("out." + send.destination()).put(transfer, item.encode());
    return new Placed(new Acceptance.Accepted(), item, transfer);
  }

  private Map<String, String> localEvidence(Item item) {
    return Map.of(
        "rule",
        item.rule(),
        "protection",
        "local",
        "epoch",
        Long.toString(epoch.number()),
        "class",
        item.message().flow().text(Flow.DATA_CLASS));
  }

  private Acceptance announce(Placed placed, Decision.Send send) {
    if (placed.acceptance() instanceof Acceptance.Accepted) {
      counters.count("accepted");
      counters.count("accepted/" + placed.item().message().flow().text(Flow.DATA_CLASS));
      if (local(send)) {
        deliveries.wake(send.sink());
      } else {
        peers.forwarder(send.destination()).enqueue(placed.transfer(), placed.item());
      }
    } else {
      counters.count(
          placed.acceptance() instanceof Acceptance.Duplicate
              ? "duplicates"
              : placed.acceptance() instanceof Acceptance.Busy ? "busy" : "refused");
    }
    return placed.acceptance();
  }

  void wake() {
    peers.wake();
  }

  Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("policyEpoch", epoch.number());
    status.put("counts", counters.status());
    status.putAll(counters.changes().status());
    status.put("outbox", peers.outbox());
    status.put("waitingForSink", deliveries.waiting());
    status.put("storeCommits", store.commits());
    if (!store.failure().isEmpty()) {
      status.put("storeFailure", store.failure());
    }
    status.put("lastDecisions", counters.lastDecisions());
    return status;
  }

  /** Stops sending and delivering, writes what is queued, closes the store. */
  @Override
  public void close() {
    peers.close();
    deliveries.close();
    store.close();
  }
}
