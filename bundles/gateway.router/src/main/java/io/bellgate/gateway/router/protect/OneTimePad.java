package io.bellgate.gateway.router.protect;

import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyPool;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * One message under one key that is used for nothing else: a one-time pad (Shannon 1949) and a
 * one-time tag (Wegman and Carter 1981) with the polynomial of Poly1305 (Bernstein 2005; RFC 8439,
 * 2.5), encrypt-then-MAC.
 *
 * <pre>
 * key        = r (16 octets) | s (16) | pad
 * padded     = length of the plaintext in 4 octets | plaintext | zeros, as long as the pad
 * ciphertext = padded XOR pad
 * tag        = Poly1305(r, s, part("Encrypt0") | part(protected header) | part(external_aad)
 *              | part(ciphertext)), part(x) = length of x in 4 octets | x
 * </pre>
 *
 * <p>Security: with a uniform key, ciphertext and plaintext are independent but for the length of
 * the padded plaintext; one attempt to change L octets under the tag passes with probability at
 * most 8 ceil(L/16) / 2^106, below 2^-92 for the longest message, whatever the attacker computes
 * (Bernstein, theorem 3.3). Nothing of it holds if a key is used twice.
 */
final class OneTimePad {
  static final int TAG_OCTETS = 16;
  private static final int TAG_KEY_OCTETS = 32;
  private static final int LENGTH_OCTETS = 4;
  private static final byte[] LABEL = "Encrypt0".getBytes(StandardCharsets.US_ASCII);

  private OneTimePad() {}

  /**
   * How long a key for a message is: a multiple of {@link KeyPool#CHUNK_OCTETS}. May be more than
   * the pool gives.
   *
   * @param plain octets of the plaintext
   * @param padding the padded plaintext is a multiple of it, rounded up to whole chunks
   */
  static long keyOctets(int plain, int padding) {
    long step = roundUp(Math.max(1, padding), KeyPool.CHUNK_OCTETS);
    return roundUp(LENGTH_OCTETS + (long) plain, step) + TAG_KEY_OCTETS;
  }

  private static long roundUp(long octets, long step) {
    return (octets + step - 1) / step * step;
  }

  /**
   * Protects.
   *
   * @param once used for nothing else, ever; lent for the call; at least {@link #keyOctets} long
   */
  static byte[] seal(Key once, byte[] header, byte[] external, byte[] plain) {
    ByteBuffer padded = ByteBuffer.allocate(once.secret().length() - TAG_KEY_OCTETS);
    padded.putInt(plain.length).put(plain);
    return once.secret()
        .lend(
            key -> {
              byte[] ciphertext = xorPad(key, padded.array());
              return ByteBuffer.allocate(ciphertext.length + TAG_OCTETS)
                  .put(ciphertext)
                  .put(tag(key, header, external, ciphertext))
                  .array();
            });
  }

  /**
   * Verifies and opens.
   *
   * @param once lent for the call
   * @throws Malformed with code BG-ROUTE-012 if it does not verify or is not as long as its key
   */
  static byte[] open(Key once, byte[] header, byte[] external, byte[] sealed) {
    if (sealed.length - TAG_OCTETS != once.secret().length() - TAG_KEY_OCTETS
        || sealed.length < TAG_OCTETS + LENGTH_OCTETS) {
      throw new Malformed(
          "BG-ROUTE-012", "a message is as long as its pad: octets=" + sealed.length);
    }
    byte[] ciphertext = Arrays.copyOf(sealed, sealed.length - TAG_OCTETS);
    byte[] tag = Arrays.copyOfRange(sealed, ciphertext.length, sealed.length);
    byte[] padded =
        once.secret()
            .lend(
                key ->
                    MessageDigest.isEqual(tag, tag(key, header, external, ciphertext))
                        ? xorPad(key, ciphertext)
                        : null);
    if (padded == null) {
      throw new Malformed("BG-ROUTE-012", "the message does not verify: key=" + once.id());
    }
    int length = ByteBuffer.wrap(padded).getInt();
    if (length < 0 || length > padded.length - LENGTH_OCTETS) {
      throw new Malformed("BG-ROUTE-012", "a plaintext is no longer than its padding");
    }
    return Arrays.copyOfRange(padded, LENGTH_OCTETS, LENGTH_OCTETS + length);
  }

  private static byte[] xorPad(byte[] key, byte[] octets) {
    byte[] result = new byte[octets.length];
    for (int i = 0; i < octets.length; i++) {
      result[i] = (byte) (octets[i] ^ key[TAG_KEY_OCTETS + i]);
    }
    return result;
  }

  private static byte[] tag(byte[] key, byte[]... parts) {
    KeyParameter tagKey = new KeyParameter(key, 0, TAG_KEY_OCTETS);
    Poly1305 mac = new Poly1305(); // without a cipher: s is used as it is
    mac.init(tagKey);
    part(mac, LABEL);
    for (byte[] part : parts) {
      part(mac, part);
    }
    byte[] tag = new byte[TAG_OCTETS];
    mac.doFinal(tag, 0);
    Arrays.fill(tagKey.getKey(), (byte) 0);
    mac.init(new KeyParameter(new byte[TAG_KEY_OCTETS])); // wipes its copy
    return tag;
  }

  private static void part(Poly1305 mac, byte[] part) {
    mac.update(ByteBuffer.allocate(4).putInt(part.length).array(), 0, 4);
    mac.update(part, 0, part.length);
  }
}
