package io.bellgate.keys.pqc;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.KeyPool;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.params.KeyParameter;

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
   * @param secrets one for each KEM of the suite; destroyed
   */
  Agreement(Terms terms, List<byte[]> offers, List<byte[]> replies, List<Secret> secrets) {
    byte[] joined = new byte[32 * secrets.size()];
    for (int i = 0; i < secrets.size(); i++) {
      int at = 32 * i;
      secrets.get(i).use(s -> System.arraycopy(s, 0, joined, at, 32));
      secrets.get(i).destroy();
    }
    byte[] context = context(terms, offers, replies);
    byte[] prk = new HKDFBytesGenerator(new SHA384Digest()).extractPRK(LABEL, joined);
    Arrays.fill(joined, (byte) 0);
    keys = expand(prk, "keys", context, terms.count() * KeyPool.CHUNK_OCTETS);
    confirmation = expand(prk, "confirmation", context, MAC_OCTETS);
    Arrays.fill(prk, (byte) 0);
  }

  private static byte[] context(Terms terms, List<byte[]> offers, List<byte[]> replies) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    field(all, LABEL);
    field(all, terms.suite().id().getBytes(StandardCharsets.UTF_8));
    field(all, terms.block().toString().getBytes(StandardCharsets.US_ASCII));
    field(all, terms.initiator().getBytes(StandardCharsets.UTF_8));
    field(all, terms.responder().getBytes(StandardCharsets.UTF_8));
    field(all, ByteBuffer.allocate(4).putInt(terms.count()).array());
    offers.forEach(o -> field(all, o));
    replies.forEach(r -> field(all, r));
    SHA384Digest digest = new SHA384Digest();
    digest.update(all.toByteArray(), 0, all.size());
    byte[] hash = new byte[digest.getDigestSize()];
    digest.doFinal(hash, 0);
    return hash;
  }

  private static void field(ByteArrayOutputStream all, byte[] field) {
    all.writeBytes(ByteBuffer.allocate(4).putInt(field.length).array());
    all.writeBytes(field);
  }

  private static Secret expand(byte[] prk, String purpose, byte[] context, int octets) {
    byte[] word = purpose.getBytes(StandardCharsets.US_ASCII);
    byte[] info = Arrays.copyOf(word, word.length + context.length);
    System.arraycopy(context, 0, info, word.length, context.length);
    HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA384Digest());
    hkdf.init(HKDFParameters.skipExtractParameters(prk, info));
    byte[] out = new byte[octets];
    hkdf.generateBytes(out, 0, octets);
    return Secret.absorb(out);
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
    return confirmation.lend(
        key -> {
          HMac mac = new HMac(new SHA384Digest());
          mac.init(new KeyParameter(key));
          byte[] word = step.getBytes(StandardCharsets.US_ASCII);
          mac.update(word, 0, word.length);
          byte[] out = new byte[MAC_OCTETS];
          mac.doFinal(out, 0);
          return out;
        });
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
