package io.bellgate.keys.pqc;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.AlgorithmRegistry.Use;
import io.bellgate.api.crypto.NotAllowed;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.keys.pqc.identity.BitsRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The end that replies: it deposits before it replies, and confirms once the initiator has proven
 * that it derived the same. For one thread.
 */
final class Responder {
  /** The peer may try another suite. */
  static final String NOT_ENABLED = "BG-PQC-002 this suite is not enabled here";

  private static final int MOST_OPEN = 4;
  private static final long CONFIRM_MILLIS = 20_000;

  private final Surroundings around;
  private final String peer;
  private final Map<UUID, Open> open = new LinkedHashMap<>();

  /** Waits for the initiator's confirmation until a moment. */
  private record Open(Agreement agreement, long deadline) {}

  Responder(Surroundings around, String peer) {
    this.around = around;
    this.peer = peer;
  }

  /** Blocks whose confirmation is still on its way; nobody resolves them yet. */
  Set<UUID> open() {
    return open.keySet();
  }

  /** Answers an offer. */
  byte[] offer(Wire.Reader message) {
    UUID block = message.id();
    String suiteId = message.text();
    int count = message.number();
    Settings settings = around.settings().get();
    Suite suite =
        Suite.of(suiteId, settings.suites())
            .orElseThrow(() -> new IllegalArgumentException(NOT_ENABLED));
    List<Kem> kems = kems(suite);
    List<byte[]> offers = new ArrayList<>();
    kems.forEach(kem -> offers.add(message.octets(kem.offerOctets())));
    message.end();
    if (!BlockIds.isOurs(block)
        || count < 2
        || count > Settings.MOST_KEYS
        || around.pool().unconfirmed(peer).contains(block)) {
      throw new IllegalArgumentException("BG-PQC-003 an offer names a new block of 2 to 256 keys");
    }
    Agreement.Terms terms = new Agreement.Terms(suite, block, peer, settings.site(), count);
    return reply(terms, kems, offers, settings);
  }

  private List<Kem> kems(Suite suite) {
    try {
      return suite.kems(around.algorithms(), Use.ACCEPT);
    } catch (NotAllowed refused) {
      throw new IllegalArgumentException(NOT_ENABLED, refused);
    }
  }

  private byte[] reply(
      Agreement.Terms terms, List<Kem> kems, List<byte[]> offers, Settings settings) {
    RandomBits random = around.random();
    List<byte[]> replies = new ArrayList<>();
    List<Secret> secrets = new ArrayList<>();
    try {
      for (int i = 0; i < offers.size(); i++) {
        Kem.Replied replied = kems.get(i).reply(offers.get(i), new BitsRandom(random));
        replies.add(replied.reply());
        secrets.add(replied.secret());
      }
    } catch (RuntimeException refused) {
      secrets.forEach(Secret::destroy);
      throw refused;
    }
    Agreement agreement =
        new Agreement(around.algorithms(), Use.ACCEPT, terms, offers, replies, secrets);
    try {
      around
          .pool()
          .deposit(
              new KeyBlock(
                  terms.block(), peer, terms.suite().origin(), agreement.keys(), settings.life()));
    } catch (RuntimeException failed) {
      agreement.close();
      throw failed;
    }
    remember(terms.block(), agreement);
    Wire.Writer reply = new Wire.Writer(Wire.Type.REPLY).id(terms.block());
    replies.forEach(reply::octets);
    return reply.octets(agreement.mac("reply")).done();
  }

  private void remember(UUID block, Agreement agreement) {
    agreement.keys().destroy();
    open.put(block, new Open(agreement, around.inMillis(CONFIRM_MILLIS)));
    while (open.size() > MOST_OPEN) {
      forget(open.keySet().iterator().next());
    }
  }

  private void forget(UUID block) {
    Open forgotten = open.remove(block);
    if (forgotten != null) {
      forgotten.agreement().close();
    }
  }

  /** Answers a confirmation: the block is takeable here from now on. */
  byte[] confirm(Wire.Reader message) {
    UUID block = message.id();
    byte[] mac = message.octets(Agreement.MAC_OCTETS);
    message.end();
    Open waiting = open.get(block);
    if (waiting == null || !waiting.agreement().confirms("confirm", mac)) {
      throw new IllegalArgumentException("BG-PQC-004 no such exchange is open");
    }
    if (!around.pool().confirm(peer, block)) {
      forget(block);
      throw new IllegalArgumentException("BG-PQC-005 the block is gone");
    }
    byte[] answer = waiting.agreement().mac("confirmed");
    forget(block);
    return new Wire.Writer(Wire.Type.CONFIRMED).id(block).octets(answer).done();
  }

  /** The initiator gave up before it deposited, and will never confirm. */
  void abandon(UUID block) {
    if (open.containsKey(block)) {
      forget(block);
      around.pool().discard(peer, block);
    }
  }

  /** Stops waiting for confirmations that are overdue: their blocks are resolved by ID. */
  void expire() {
    for (Map.Entry<UUID, Open> entry : List.copyOf(open.entrySet())) {
      if (around.reached(entry.getValue().deadline())) {
        forget(entry.getKey());
      }
    }
  }

  void forgetAll() {
    List.copyOf(open.keySet()).forEach(this::forget);
  }
}
