package io.bellgate.gateway.router;

import com.upokecenter.cbor.CBORException;
import com.upokecenter.cbor.CBORObject;
import com.upokecenter.cbor.CBORType;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.policy.Protection;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * A protected message: COSE_Encrypt0 (RFC 9052, section 5.2), alg A256GCM, the key derived outside
 * COSE ({@link MessageKey}).
 *
 * <p>The protected header, authenticated as received, carries under private labels the key ID,
 * protection, policy epoch, sequence and key commitment. external_aad = CBOR [label, sender,
 * receiver, transfer].
 *
 * @param header the protected header as received
 * @param keyId which pool key
 * @param protection what the sender claims it is
 * @param epoch the sender's policy epoch
 * @param sequence count under this key, from 0; the nonce
 * @param commitment 32 octets
 * @param sealed ciphertext and tag
 */
record Envelope(
    byte[] header,
    KeyId keyId,
    Protection protection,
    long epoch,
    long sequence,
    byte[] commitment,
    byte[] sealed) {
  private static final int COSE_ENCRYPT0 = 16;
  private static final int ALG = 1;
  private static final int A256GCM = 3;
  private static final int KEY_ID = -70001;
  private static final int PROTECTION = -70002;
  private static final int EPOCH = -70003;
  private static final int SEQUENCE = -70004;
  private static final int COMMITMENT = -70005;

  /**
   * Where a message goes: bound into the tag.
   *
   * @param sender site ID
   * @param receiver site ID
   * @param transfer the sender's number for this message
   */
  record Direction(String sender, String receiver, long transfer) {
    private byte[] aad(byte[] header) {
      byte[] external =
          CBORObject.NewArray()
              .Add("bellgate message 1")
              .Add(sender)
              .Add(receiver)
              .Add(transfer)
              .EncodeToBytes();
      return CBORObject.NewArray().Add("Encrypt0").Add(header).Add(external).EncodeToBytes();
    }
  }

  /** Protects; the sequence must never repeat under this key. */
  static byte[] seal(
      MessageKey key,
      Protection protection,
      long epoch,
      long sequence,
      Direction direction,
      byte[] plain) {
    byte[] header =
        CBORObject.NewMap()
            .Add(ALG, A256GCM)
            .Add(KEY_ID, key.id().toString())
            .Add(PROTECTION, protection.word())
            .Add(EPOCH, epoch)
            .Add(SEQUENCE, sequence)
            .Add(COMMITMENT, key.commitment())
            .EncodeToBytes();
    byte[] sealed = key.seal(nonce(sequence), direction.aad(header), plain);
    return CBORObject.FromObjectAndTag(
            CBORObject.NewArray().Add(header).Add(CBORObject.NewMap()).Add(sealed), COSE_ENCRYPT0)
        .EncodeToBytes();
  }

  /**
   * Reads the outside; nothing in it is trusted before {@link #open}.
   *
   * @throws Malformed with code BG-ROUTE-011 if it is no such structure
   */
  static Envelope parse(byte[] octets) {
    try {
      CBORObject cose = CBORObject.DecodeFromBytes(octets);
      if (!cose.HasMostOuterTag(COSE_ENCRYPT0)
          || cose.getType() != CBORType.Array
          || cose.size() != 3) {
        throw new Malformed("BG-ROUTE-011", "a protected message is a tagged COSE_Encrypt0");
      }
      byte[] header = cose.get(0).GetByteString();
      CBORObject map = CBORObject.DecodeFromBytes(header);
      if (map.get(CBORObject.FromObject(ALG)).AsInt32() != A256GCM
          || cose.get(1).getType() != CBORType.Map
          || cose.get(1).size() != 0) {
        throw new Malformed(
            "BG-ROUTE-011", "a protected message has alg A256GCM and no unprotected header");
      }
      return new Envelope(
          header,
          KeyId.parse(field(map, KEY_ID).AsString()),
          Protection.of(field(map, PROTECTION).AsString())
              .orElseThrow(() -> new IllegalArgumentException("an unknown protection")),
          field(map, EPOCH).AsInt64Value(),
          field(map, SEQUENCE).AsInt64Value(),
          field(map, COMMITMENT).GetByteString(),
          cose.get(2).GetByteString());
    } catch (CBORException
        | IllegalArgumentException
        | IllegalStateException
        | ArithmeticException
        | NullPointerException e) {
      throw new Malformed("BG-ROUTE-011", "a protected message cannot be read: " + e.getMessage());
    }
  }

  private static CBORObject field(CBORObject map, int label) {
    CBORObject value = map.get(CBORObject.FromObject(label));
    if (value == null) {
      throw new IllegalArgumentException("header " + label + " is missing");
    }
    return value;
  }

  /**
   * Verifies and opens.
   *
   * @throws Malformed with code BG-ROUTE-012 if commitment or tag is wrong
   */
  byte[] open(MessageKey key, Direction direction) {
    if (!MessageDigest.isEqual(commitment, key.commitment())) {
      throw new Malformed("BG-ROUTE-012", "the key commitment is wrong: key=" + keyId);
    }
    return key.open(nonce(sequence), direction.aad(header), sealed);
  }

  private static byte[] nonce(long sequence) {
    return ByteBuffer.allocate(MessageKey.NONCE_OCTETS).putInt(0).putLong(sequence).array();
  }
}
