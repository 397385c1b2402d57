package io.bellgate.gateway.router.protect;

import com.upokecenter.cbor.CBORException;
import com.upokecenter.cbor.CBORObject;
import com.upokecenter.cbor.CBORType;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.policy.Protection;
import java.util.ArrayList;
import java.util.List;

/**
 * The protected header of a message: a CBOR map under private labels, see docs/wire-format.md.
 *
 * @param protection what the sender claims it is
 * @param keys which pool keys, in the order of {@link Demand#positions}
 * @param epoch the sender's policy epoch
 * @param sequence count under this key, from 0; the nonce. 0 under a one-time key
 * @param commitment 32 octets; none under a one-time key
 */
record Header(
    Protection protection, List<KeyId> keys, long epoch, long sequence, byte[] commitment) {
  /** Of the envelope; the first one had no label for it. */
  static final int VERSION = 2;

  static final int COMMITMENT_OCTETS = 32;
  private static final int ALG = 1;
  private static final int A256GCM = 3;

  /** Private use (RFC 8152, 16.4: below -65536): one-time pad with one-time Poly1305. */
  private static final int ONE_TIME = -70010;

  private static final int VERSION_LABEL = -70000;
  private static final int KEYS = -70001;
  private static final int PROTECTION = -70002;
  private static final int EPOCH = -70003;
  private static final int SEQUENCE = -70004;
  private static final int COMMITMENT = -70005;

  /** Whether the key is for this message alone. */
  boolean oneTime() {
    return protection.oneTime();
  }

  byte[] encode() {
    CBORObject ids = CBORObject.NewArray();
    keys.forEach(id -> ids.Add(id.toString()));
    CBORObject map =
        CBORObject.NewMap()
            .Add(ALG, oneTime() ? ONE_TIME : A256GCM)
            .Add(VERSION_LABEL, VERSION)
            .Add(KEYS, ids)
            .Add(PROTECTION, protection.word())
            .Add(EPOCH, epoch);
    if (!oneTime()) {
      map.Add(SEQUENCE, sequence).Add(COMMITMENT, commitment);
    }
    return map.EncodeToBytes();
  }

  /**
   * Reads what came from outside; nothing in it is trusted yet.
   *
   * @throws Malformed with code BG-ROUTE-019 if it is of another version
   * @throws RuntimeException of some kind if it is no such map
   */
  static Header decode(byte[] octets) {
    CBORObject map = CBORObject.DecodeFromBytes(octets);
    rule(map.getType() == CBORType.Map, "a protected header is a map");
    CBORObject version = map.get(CBORObject.FromObject(VERSION_LABEL));
    if (version == null || version.AsInt32() != VERSION) {
      throw new Malformed(
          "BG-ROUTE-019",
          "a protected message has version "
              + VERSION
              + ": version="
              + (version == null ? "1" : version)
              + "; bring the older gateway up to date");
    }
    Protection protection =
        Protection.of(field(map, PROTECTION).AsString())
            .orElseThrow(() -> new IllegalArgumentException("an unknown protection"));
    boolean oneTime = protection.oneTime();
    rule(
        field(map, ALG).AsInt32() == (oneTime ? ONE_TIME : A256GCM),
        "the alg is that of the protection");
    rule(map.size() == (oneTime ? 5 : 7), "a protected header has its labels and no more");
    Header header =
        new Header(
            protection,
            ids(field(map, KEYS)),
            field(map, EPOCH).AsInt64Value(),
            oneTime ? 0 : field(map, SEQUENCE).AsInt64Value(),
            oneTime ? new byte[0] : field(map, COMMITMENT).GetByteString());
    header.check();
    return header;
  }

  private void check() {
    rule(
        keys.size() == Demand.of(protection).positions().size(),
        "a protection has its number of keys");
    rule(
        oneTime() || keys.stream().allMatch(id -> id.length() == KeyPool.CHUNK_OCTETS),
        "a key has 32 octets");
    rule(sequence >= 0, "a sequence is at least 0");
    rule(oneTime() || commitment.length == COMMITMENT_OCTETS, "a commitment has 32 octets");
  }

  private static List<KeyId> ids(CBORObject array) {
    List<KeyId> ids = new ArrayList<>();
    for (CBORObject id : array.getValues()) {
      ids.add(KeyId.parse(id.AsString()));
    }
    return List.copyOf(ids);
  }

  private static CBORObject field(CBORObject map, int label) {
    CBORObject value = map.get(CBORObject.FromObject(label));
    rule(value != null, "header " + label + " is there");
    return value;
  }

  private static void rule(boolean kept, String rule) {
    if (!kept) {
      throw new CBORException(rule);
    }
  }
}
