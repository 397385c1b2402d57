package io.bellgate.keys.pqc;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.crypto.AlgorithmRegistry.Use;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.keys.pqc.registry.Hkdf;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * What both ends derive from the shared secrets of a suite.
 *
 * <p>HKDF with SHA-384 (RFC 5869): PRK = Extract(salt = label, IKM = the secrets of the suite's
 * KEMs, 32 octets each, in the suite's order); every output is Expand(PRK, purpose || SHA-384 of
 * the context). The context is label, suite, block ID, initiator, responder, number of keys, each
 * offer and each reply, each with a length of 4 octets before it: it binds encapsulation key,
 * ciphertext, both X25519 shares, both identities and the roles. The joined secret keeps as long as
 * one of the KEMs holds (concatenation as in NIST SP 800-56C r2, section 2, and RFC 10024).
 */
final class Agreement implements AutoCloseable {
  /** Octets of a key confirmation. */
  static final int MAC_OCTETS = 48;

  private static final byte[] LABEL = "bellgate keys.pqc 1".getBytes(StandardCharsets.US_ASCII);

  private final Hkdf hkdf;
  private final Secret keys;
  private final Secret confirmation;

  /**
   * What the exchange is about.
   *
   * @param suite its suite
   * @param block ID of the block that it makes
   * @param initiator site that sent the offer
   * @param responder site that replied
   * @param count how many keys
   */
  record Terms(Suite suite, UUID block, String initiator, String responder, int count) {}

  /**
   * Derives.
   *
   * @param registry says who does HKDF, HMAC and SHA with 384 bits
   * @param use what they are for at this end
   * @param secrets one for each KEM of the suite; destroyed
   */
  Agreement(
      AlgorithmRegistry registry,
      Use use,
      Terms terms,
      List<byte[]> offers,
      List<byte[]> replies,
      List<Secret> secrets) {
    byte[] joined = new byte[32 * secrets.size()];
    byte[] prk = {};
    try {
      registry.require("HMAC-SHA-384", use);
      hkdf = new Hkdf(384, registry.require("HKDF-SHA-384", use).provider());
      Provider hashes = registry.require("SHA-384", use).provider();
      for (int i = 0; i < secrets.size(); i++) {
        int at = 32 * i;
        secrets.get(i).use(s -> System.arraycopy(s, 0, joined, at, 32));
      }
      byte[] context = context(hashes, terms, offers, replies);
      prk = hkdf.extract(LABEL, joined);
      keys = expand(prk, "keys", context, terms.count() * KeyPool.CHUNK_OCTETS);
      confirmation = expand(prk, "confirmation", context, MAC_OCTETS);
    } finally {
      secrets.forEach(Secret::destroy);
      Arrays.fill(joined, (byte) 0);
      Arrays.fill(prk, (byte) 0);
    }
  }

  private static byte[] context(
      Provider hashes, Terms terms, List<byte[]> offers, List<byte[]> replies) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    field(all, LABEL);
    field(all, terms.suite().id().getBytes(StandardCharsets.UTF_8));
    field(all, terms.block().toString().getBytes(StandardCharsets.US_ASCII));
    field(all, terms.initiator().getBytes(StandardCharsets.UTF_8));
    field(all, terms.responder().getBytes(StandardCharsets.UTF_8));
    field(all, ByteBuffer.allocate(4).putInt(terms.count()).array());
    offers.forEach(o -> field(all, o));
    replies.forEach(r -> field(all, r));
    try {
      return MessageDigest.getInstance("SHA-384", hashes).digest(all.toByteArray());
    } catch (NoSuchAlgorithmException tested) {
      throw new IllegalStateException("SHA-384 passed its self-test and is gone", tested);
    }
  }

  private static void field(ByteArrayOutputStream all, byte[] field) {
    all.writeBytes(ByteBuffer.allocate(4).putInt(field.length).array());
    all.writeBytes(field);
  }

  private Secret expand(byte[] prk, String purpose, byte[] context, int octets) {
    byte[] word = purpose.getBytes(StandardCharsets.US_ASCII);
    byte[] info = Arrays.copyOf(word, word.length + context.length);
    System.arraycopy(context, 0, info, word.length, context.length);
    return Secret.absorb(hkdf.expand(prk, info, octets));
  }

  /** The keys, one after the other; they belong to this object. */
  Secret keys() {
    return keys;
  }

  /**
   * Key confirmation: HMAC-SHA-384 under a key that only both ends can derive, over a word that
   * tells sender and step.
   */
  byte[] mac(String step) {
    byte[] word = step.getBytes(StandardCharsets.US_ASCII);
    return confirmation.lend(key -> hkdf.mac(key, word));
  }

  boolean confirms(String step, byte[] mac) {
    return MessageDigest.isEqual(mac, mac(step));
  }

  @Override
  public void close() {
    keys.destroy();
    confirmation.destroy();
  }
}
