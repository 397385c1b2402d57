package io.bellgate.qkd.link.distill;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * The polynomial hash of Poly1305 with a key of 32 octets, (r, s), used once (Wegman and Carter
 * 1981; Bernstein 2005, RFC 8439 section 2.5 without the cipher).
 *
 * <p>As a tag with a secret key used once: whoever sees one message with its tag finds a tag of
 * another with probability at most {@link #forgery}, whatever he can compute. As a hash with a
 * public key drawn after the inputs are fixed: two different inputs of that length agree with the
 * same probability at most.
 */
public final class OneTimeTag {
  /** Octets of a key: r and s. */
  public static final int KEY_OCTETS = 32;

  /** Octets of a tag. */
  public static final int TAG_OCTETS = 16;

  private OneTimeTag() {}

  /**
   * Computes.
   *
   * @param key 32 octets; the library's copy of it cannot be wiped
   * @param parts the message; each part goes in after its length in 4 octets
   * @return 16 octets
   */
  public static byte[] of(byte[] key, List<byte[]> parts) {
    Poly1305 poly = new Poly1305();
    poly.init(new KeyParameter(key));
    for (byte[] part : parts) {
      poly.update(ByteBuffer.allocate(4).putInt(part.length).array(), 0, 4);
      poly.update(part, 0, part.length);
    }
    byte[] tag = new byte[TAG_OCTETS];
    poly.doFinal(tag, 0);
    return tag;
  }

  /**
   * The hash of a key string under a public key.
   *
   * @param key 32 octets, public
   * @param words bits of the string; copied for the time of the call
   */
  static byte[] ofBits(byte[] key, long[] words) {
    byte[] octets = ToeplitzHash.octets(words, 64 * words.length);
    try {
      return of(key, List.of(octets));
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  /**
   * The chance of a forgery or a collision: 8 times the 16-octet blocks, over 2^106 (Bernstein
   * 2005, theorem 3.3).
   *
   * @param octets of the message with all lengths
   * @return in (0,1)
   */
  public static double forgery(long octets) {
    return 8.0 * ((octets + 15) / 16) * 0x1p-106;
  }
}
