package io.bellgate.gateway.router;

import io.bellgate.api.message.Flow;
import io.bellgate.api.ops.Gone;
import io.bellgate.gateway.router.protect.Envelope;
import io.bellgate.gateway.router.protect.Malformed;
import io.bellgate.gateway.router.protect.ReceiveKeys;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * Takes messages from peers: verifies, stores once, acknowledges. An acknowledgement means that the
 * message is durable here and will be delivered.
 */
final class Arrivals {
  private final String site;
  private final Store store;
  private final Surroundings around;
  private final Deliveries deliveries;
  private final Counters counters;
  private final Map<String, ReceiveKeys> keys = new ConcurrentHashMap<>();

  Arrivals(
      String site, Store store, Surroundings around, Deliveries deliveries, Counters counters) {
    this.site = site;
    this.store = store;
    this.around = around;
    this.deliveries = deliveries;
    this.counters = counters;
  }

  CompletionStage<byte[]> handle(String peer, byte[] octets) {
    CompletionStage<Wire.Reply> reply;
    try {
      Wire.Request request = Wire.Request.decode(octets);
      reply = request.greeting() ? greeted(peer) : arrived(peer, request);
    } catch (Malformed e) {
      counters.count("malformed");
      reply = now(Wire.Answer.REFUSED, e.code() + " " + e.getMessage());
    } catch (Gone | RejectedExecutionException e) {
      counters.count("busy to peers");
      reply = now(Wire.Answer.BUSY, e.getMessage());
    }
    return reply
        .exceptionally(e -> new Wire.Reply(Wire.Answer.BUSY, String.valueOf(e.getMessage())))
        .thenApply(Wire.Reply::encode);
  }

  private static CompletionStage<Wire.Reply> now(Wire.Answer what, String text) {
    return CompletableFuture.completedFuture(new Wire.Reply(what, text));
  }

  private CompletionStage<Wire.Reply> greeted(String peer) {
    return store.write(() -> new Wire.Reply(Wire.Answer.STORED, highest(peer), ""));
  }

  private CompletionStage<Wire.Reply> arrived(String peer, Wire.Request request) {
    if (request.lowWater() < 0
        || request.lowWater() > request.transfer()
        || Series.of(request.lowWater()) != Series.of(request.transfer())) {
      throw new Malformed(
          "BG-ROUTE-013",
          "a low-water mark is of the transfer's series and not above it: transfer="
              + request.transfer()
              + " low-water="
              + request.lowWater());
    }
    Envelope envelope = Envelope.parse(request.envelope());
    if (envelope.oneTime()
        && seen(peer, Series.of(request.transfer())).known(request.transfer())
            != Ranges.Known.NEW) {
      // it was stored and its answer lost: its pad is gone, so it cannot be opened again
      counters.count("duplicates from peers");
      return now(Wire.Answer.DUPLICATE, "");
    }
    ReceiveKeys known = keys.computeIfAbsent(peer, p -> new ReceiveKeys(site, p, around));
    Optional<ReceiveKeys.Opened> opened = known.open(envelope, request.transfer(), this::checkRoom);
    if (opened.isEmpty()) {
      return now(Wire.Answer.UNKNOWN_KEY, Protector.joined(envelope.keys()));
    }
    Item sent = Item.decode(opened.get().plain());
    Item item = sent.arrived(peer, evidence(envelope, opened.get(), sent));
    return store
        .write(() -> stored(peer, request, item))
        .thenApply(r -> delivered(r, item, envelope, known));
  }

  private static Map<String, String> evidence(
      Envelope envelope, ReceiveKeys.Opened opened, Item item) {
    Map<String, String> evidence = new LinkedHashMap<>();
    evidence.put("rule", item.rule());
    evidence.put("protection", envelope.protection().word());
    evidence.put("key", Protector.joined(envelope.keys()));
    evidence.put("origin", Protector.joined(opened.origins()));
    evidence.put("epoch", Long.toString(envelope.epoch()));
    evidence.put("class", item.message().flow().text(Flow.DATA_CLASS));
    return evidence;
  }

  private Ranges seen(String peer, int series) {
    return Ranges.decode(store.named("seen.sites").get(Series.name(peer, series)));
  }

  private List<Long> highest(String peer) {
    return Series.ALL.stream().map(s -> seen(peer, s).highest()).filter(n -> n >= 0).toList();
  }

  /** On the store's thread. */
  private Wire.Reply stored(String peer, Wire.Request request, Item item) {
    int series = Series.of(request.transfer());
    Ranges seen = seen(peer, series);
    if (seen.known(request.transfer()) != Ranges.Known.NEW) {
      return new Wire.Reply(Wire.Answer.DUPLICATE, "");
    }
    if (deliveries.full(item.sink())) {
      return busy(noRoom(item));
    }
    if (!seen.add(request.transfer(), request.lowWater())) {
      return busy("BG-ROUTE-017 earlier transfers must come first: from=" + request.lowWater());
    }
    deliveries.put(item);
    store.named("seen.sites").put(Series.name(peer, series), seen.encode());
    return new Wire.Reply(Wire.Answer.STORED, "");
  }

  /** Before a one-time key is consumed: it would be for nothing. */
  private void checkRoom(byte[] plain) {
    Item item = Item.decode(plain);
    if (deliveries.full(item.sink())) {
      throw new RejectedExecutionException(noRoom(item));
    }
  }

  private static String noRoom(Item item) {
    return "BG-ROUTE-016 too much waits for a sink: sink=" + item.sink();
  }

  private static Wire.Reply busy(String text) {
    return new Wire.Reply(Wire.Answer.BUSY, text);
  }

  private Wire.Reply delivered(
      Wire.Reply reply, Item item, Envelope envelope, ReceiveKeys keysOfPeer) {
    if (reply.what() != Wire.Answer.BUSY) {
      keysOfPeer.settled(envelope);
    }
    switch (reply.what()) {
      case STORED -> {
        counters.count("received", item, envelope.protection().word());
        deliveries.wake(item.sink());
      }
      case BUSY -> counters.count("busy to peers");
      default -> counters.count("duplicates from peers");
    }
    return reply;
  }
}
