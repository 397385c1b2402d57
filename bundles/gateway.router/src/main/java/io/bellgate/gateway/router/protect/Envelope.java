package io.bellgate.gateway.router.protect;

import com.upokecenter.cbor.CBORException;
import com.upokecenter.cbor.CBORObject;
import com.upokecenter.cbor.CBORType;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.policy.Protection;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;

/**
 * A protected message: COSE_Encrypt0 (RFC 9052, section 5.2), the key derived outside COSE: alg
 * A256GCM under a {@link MessageKey}, or a private alg under a {@link OneTimePad}.
 *
 * @param octets the protected header as received, which is what the tag authenticates
 * @param header what it says
 * @param sealed ciphertext and tag
 */
public record Envelope(byte[] octets, Header header, byte[] sealed) {
  private static final int COSE_ENCRYPT0 = 16;

  /** What the sender claims it is. */
  public Protection protection() {
    return header.protection();
  }

  /** Which pool keys. */
  public List<KeyId> keys() {
    return header.keys();
  }

  /** The sender's policy epoch. */
  public long epoch() {
    return header.epoch();
  }

  /** Whether the key is for this message alone, and so is gone once it was opened. */
  public boolean oneTime() {
    return header.oneTime();
  }

  /** Protects; the sequence must never repeat under this key. */
  static byte[] seal(MessageKey key, long sequence, Direction direction, byte[] plain) {
    byte[] header =
        new Header(key.protection(), key.ids(), key.epoch(), sequence, key.commitment()).encode();
    return encode(header, key.seal(nonce(sequence), aad(header, direction), plain));
  }

  /** Protects with a key that is for this message alone; the caller destroys it. */
  static byte[] seal(
      Protection protection, Key once, long epoch, Direction direction, byte[] plain) {
    byte[] header = new Header(protection, List.of(once.id()), epoch, 0, new byte[0]).encode();
    return encode(header, OneTimePad.seal(once, header, direction.external(), plain));
  }

  private static byte[] encode(byte[] header, byte[] sealed) {
    return CBORObject.FromObjectAndTag(
            CBORObject.NewArray().Add(header).Add(CBORObject.NewMap()).Add(sealed), COSE_ENCRYPT0)
        .EncodeToBytes();
  }

  /**
   * Reads the outside; nothing in it is trusted before it was opened.
   *
   * @throws Malformed with code BG-ROUTE-011 if it is no such structure, BG-ROUTE-019 if it is of
   *     another version
   */
  public static Envelope parse(byte[] octets) {
    try {
      CBORObject cose = CBORObject.DecodeFromBytes(octets);
      if (!cose.HasMostOuterTag(COSE_ENCRYPT0)
          || cose.getType() != CBORType.Array
          || cose.size() != 3
          || cose.get(1).getType() != CBORType.Map
          || cose.get(1).size() != 0) {
        throw new Malformed(
            "BG-ROUTE-011",
            "a protected message is a tagged COSE_Encrypt0 without unprotected header");
      }
      byte[] header = cose.get(0).GetByteString();
      return new Envelope(header, Header.decode(header), cose.get(2).GetByteString());
    } catch (CBORException
        | IllegalArgumentException
        | IllegalStateException
        | ArithmeticException
        | NullPointerException e) {
      throw new Malformed("BG-ROUTE-011", "a protected message cannot be read: " + e.getMessage());
    }
  }

  /**
   * Verifies and opens.
   *
   * @throws Malformed with code BG-ROUTE-012 if commitment or tag is wrong, BG-ROUTE-015 if the key
   *     is for another protection or epoch
   */
  byte[] open(MessageKey key, Direction direction) {
    if (protection() != key.protection() || epoch() != key.epoch()) {
      throw new Malformed(
          "BG-ROUTE-015",
          "a key gives one protection in one epoch, those of its first message: protection="
              + protection().word()
              + " epoch="
              + epoch());
    }
    if (!MessageDigest.isEqual(header.commitment(), key.commitment())) {
      throw new Malformed("BG-ROUTE-012", "the key commitment is wrong: keys=" + keys());
    }
    return key.open(nonce(header.sequence()), aad(octets, direction), sealed);
  }

  /**
   * Verifies and opens.
   *
   * @throws Malformed with code BG-ROUTE-012 if the tag is wrong or the key is not as long as the
   *     message
   */
  byte[] open(Key once, Direction direction) {
    return OneTimePad.open(once, octets, direction.external(), sealed);
  }

  /** The Enc_structure (RFC 9052, 5.3). */
  private static byte[] aad(byte[] header, Direction direction) {
    return CBORObject.NewArray()
        .Add("Encrypt0")
        .Add(header)
        .Add(direction.external())
        .EncodeToBytes();
  }

  private static byte[] nonce(long sequence) {
    return ByteBuffer.allocate(MessageKey.NONCE_OCTETS).putInt(0).putLong(sequence).array();
  }
}
