package io.bellgate.keys.pqc;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.AlgorithmRegistry.Use;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.keys.pqc.identity.BitsRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * One exchange, seen from the end that offers. It deposits once the responder has proven that it
 * derived the same, and confirms once the responder has. For one thread.
 */
final class Initiation {
  private final Surroundings around;
  private final String peer;
  private final Agreement.Terms terms;
  private final List<Kem> kems;
  private final List<Kem.Offered> offered = new ArrayList<>();
  private Agreement agreement;
  private boolean deposited;

  /**
   * Makes fresh key pairs.
   *
   * @throws io.bellgate.api.crypto.NotAllowed if the registry refuses an algorithm of the suite
   */
  Initiation(Surroundings around, String peer, Suite suite) {
    this.around = around;
    this.peer = peer;
    Settings settings = around.settings().get();
    BitsRandom random = new BitsRandom(around.random());
    this.terms =
        new Agreement.Terms(
            suite,
            BlockIds.draw(around.random()),
            settings.site(),
            peer,
            settings.keysPerExchange());
    this.kems = suite.kems(around.algorithms(), Use.MAKE);
    kems.forEach(kem -> offered.add(kem.offer(random)));
  }

  UUID block() {
    return terms.block();
  }

  Suite suite() {
    return terms.suite();
  }

  /** True if the peer may confirm the block without hearing from this end again. */
  boolean deposited() {
    return deposited;
  }

  byte[] offer() {
    Wire.Writer message =
        new Wire.Writer(Wire.Type.OFFER)
            .id(terms.block())
            .text(terms.suite().id())
            .number(terms.count());
    offered.forEach(o -> message.octets(o.offer()));
    return message.done();
  }

  /**
   * Takes the reply.
   *
   * @return the confirmation to send
   * @throws IllegalArgumentException if the reply is malformed or the ends derived different keys
   */
  byte[] confirmation(byte[] reply) {
    Wire.Reader message = new Wire.Reader(reply).expect(Wire.Type.REPLY);
    UUID block = message.id();
    List<byte[]> replies = new ArrayList<>();
    kems.forEach(kem -> replies.add(message.octets(kem.replyOctets())));
    byte[] mac = message.octets(Agreement.MAC_OCTETS);
    message.end();
    List<byte[]> offers = offered.stream().map(Kem.Offered::offer).toList();
    List<Secret> secrets = new ArrayList<>();
    try {
      for (int i = 0; i < offered.size(); i++) {
        secrets.add(offered.get(i).secret(replies.get(i)));
      }
    } catch (RuntimeException refused) {
      secrets.forEach(Secret::destroy);
      throw refused;
    }
    offered.clear();
    agreement = new Agreement(around.algorithms(), Use.MAKE, terms, offers, replies, secrets);
    if (!block.equals(terms.block()) || !agreement.confirms("reply", mac)) {
      throw new IllegalArgumentException("BG-PQC-006 the two ends derived different keys");
    }
    Settings settings = around.settings().get();
    around
        .pool()
        .deposit(
            new KeyBlock(block, peer, terms.suite().origin(), agreement.keys(), settings.life()));
    deposited = true;
    return new Wire.Writer(Wire.Type.CONFIRM).id(block).octets(agreement.mac("confirm")).done();
  }

  /**
   * Takes the peer's last word: the block is takeable here from now on.
   *
   * @throws IllegalArgumentException if it is malformed; the block is resolved by ID later
   */
  void confirmed(byte[] answer) {
    Wire.Reader message = new Wire.Reader(answer).expect(Wire.Type.CONFIRMED);
    UUID block = message.id();
    byte[] mac = message.octets(Agreement.MAC_OCTETS);
    message.end();
    if (!block.equals(terms.block()) || !agreement.confirms("confirmed", mac)) {
      throw new IllegalArgumentException("BG-PQC-006 the two ends derived different keys");
    }
    around.pool().confirm(peer, block);
    around.algorithms().negotiated(peer, KeyEstablishment.SERVICE, terms.suite().algorithms());
  }

  void close() {
    offered.clear();
    if (agreement != null) {
      agreement.close();
    }
  }
}
