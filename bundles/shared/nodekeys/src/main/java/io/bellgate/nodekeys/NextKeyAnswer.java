package io.bellgate.nodekeys;

import io.bellgate.api.bits.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;

/**
 * The answer to {@link NextKeyRequest}: version (u8), 1 if a key of the pool went into the next key
 * (u8), nonce of the gateway (8), generation (u32), when to ask again (u32 seconds), with a key of
 * the pool that key sealed (48), identity (16 characters).
 *
 * <p>The key of the pool is sealed by AES-256-CCM with a tag of 16 octets, under a key of this one
 * time ({@link Generations}) and the nonce of zeros; the request and the rest of the answer are
 * authenticated with it.
 *
 * @param pool whether a key of the pool is in it
 * @param nonce of the gateway, {@link Generations#NONCE_OCTETS}
 * @param generation of the next key
 * @param againSeconds the node is to ask for the one after it so long from now
 * @param sealed the key of the pool; empty without one
 * @param identity of the next key
 */
public record NextKeyAnswer(
    boolean pool, byte[] nonce, int generation, int againSeconds, byte[] sealed, String identity) {
  /** Characters of an identity that a gateway gives. */
  public static final int IDENTITY_OCTETS = 16;

  private static final int SEALED_OCTETS = Generations.POOL_OCTETS + Ccm.TAG_OCTETS;
  private static final int HEAD_OCTETS = 2 + Generations.NONCE_OCTETS + 4 + 4;

  /** The gateway's end: the same answer with a key of the pool sealed in it. */
  public NextKeyAnswer sealing(Secret before, Secret key, NextKeyRequest request, String node) {
    NextKeyAnswer with =
        new NextKeyAnswer(true, nonce, generation, againSeconds, new byte[0], identity);
    byte[] header = with.header(request);
    try (Secret sealing = Generations.seal(before, request.nonce(), nonce, node, generation)) {
      byte[] octets =
          sealing.lend(s -> key.lend(k -> Ccm.seal(s, new byte[Ccm.NONCE_OCTETS], header, k)));
      return new NextKeyAnswer(true, nonce, generation, againSeconds, octets, identity);
    }
  }

  /**
   * The node's end: the key that it has from now on.
   *
   * @param before the key that it asked under; lent
   * @param request what it asked
   * @param node its ID
   * @return 32 octets, which the caller owns
   * @throws AEADBadTagException if the answer was changed, or is none to this request
   */
  public Secret next(Secret before, NextKeyRequest request, String node)
      throws AEADBadTagException {
    if (!pool) {
      return Generations.next(before, request.nonce(), nonce, node, generation);
    }
    byte[] header = header(request);
    try (Secret sealing = Generations.seal(before, request.nonce(), nonce, node, generation);
        Secret key = open(sealing, header)) {
      return Generations.next(before, key, request.nonce(), nonce, node, generation);
    }
  }

  private Secret open(Secret sealing, byte[] header) throws AEADBadTagException {
    byte[] key = sealing.lend(byte[]::clone);
    try {
      return Secret.absorb(Ccm.open(key, new byte[Ccm.NONCE_OCTETS], header, sealed));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private byte[] header(NextKeyRequest request) {
    byte[] asked = request.encode();
    byte[] rest = encode(new byte[0]);
    return ByteBuffer.allocate(asked.length + rest.length).put(asked).put(rest).array();
  }

  /** The payload. */
  public byte[] encode() {
    return encode(sealed);
  }

  private byte[] encode(byte[] middle) {
    byte[] name = identity.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(HEAD_OCTETS + middle.length + name.length)
        .put(NextKeyRequest.VERSION)
        .put((byte) (pool ? 1 : 0))
        .put(nonce)
        .putInt(generation)
        .putInt(againSeconds)
        .put(middle)
        .put(name)
        .array();
  }

  /** Reads a payload; empty if it is none of this version. */
  public static Optional<NextKeyAnswer> decode(byte[] octets) {
    if (octets.length < HEAD_OCTETS
        || octets[0] != NextKeyRequest.VERSION
        || (octets[1] & ~1) != 0
        || octets.length != HEAD_OCTETS + (octets[1] == 1 ? SEALED_OCTETS : 0) + IDENTITY_OCTETS) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(octets, 2, octets.length - 2);
    byte[] nonce = new byte[Generations.NONCE_OCTETS];
    in.get(nonce);
    int generation = in.getInt();
    int again = in.getInt();
    byte[] sealed = new byte[octets[1] == 1 ? SEALED_OCTETS : 0];
    in.get(sealed);
    String identity = StandardCharsets.US_ASCII.decode(in).toString();
    return Optional.of(
            new NextKeyAnswer(octets[1] == 1, nonce, generation, again, sealed, identity))
        .filter(answer -> answer.identity().matches("[!-~]+"));
  }
}
