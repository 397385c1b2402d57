package io.bellgate.coap.node.renewal;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.Key;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import io.bellgate.nodekeys.Generations;
import io.bellgate.nodekeys.NextKeyAnswer;
import io.bellgate.nodekeys.NextKeyRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * One node that asks for its next key, from payload to payload: by nonces (version 1), or by nonces
 * or a key of the pool (version 2, {@link NextKeyRequest}). Used by one thread.
 */
public final class Turn {
  private static final byte FIRST_VERSION = 1;

  private final String node;
  private final String identity;
  private final byte[] nonce;
  private final Optional<NextKeyRequest> second;
  private final byte[] own = new byte[Generations.NONCE_OCTETS];
  private String next = "";
  private Optional<Key> key = Optional.empty();
  private int againSeconds;
  private byte[] sealed = {};

  private Turn(String node, String identity, byte[] nonce, Optional<NextKeyRequest> second) {
    this.node = node;
    this.identity = identity;
    this.nonce = nonce;
    this.second = second;
  }

  /**
   * Reads a request.
   *
   * @param node that asks
   * @param identity under which it does
   * @return empty if it is none of either version
   */
  public static Optional<Turn> read(String node, String identity, byte[] payload) {
    if (payload.length == 1 + Generations.NONCE_OCTETS && payload[0] == FIRST_VERSION) {
      byte[] nonce = Arrays.copyOfRange(payload, 1, payload.length);
      return Optional.of(new Turn(node, identity, nonce, Optional.empty()));
    }
    return NextKeyRequest.decode(payload)
        .map(request -> new Turn(node, identity, request.nonce(), Optional.of(request)));
  }

  /** The node that asks. */
  public String node() {
    return node;
  }

  /** Under which it asks. */
  public String identity() {
    return identity;
  }

  /** Whether it wants a key of the pool. */
  public boolean wantsPool() {
    return second.isPresent() && second.get().pool();
  }

  /** Whether it is given one. */
  public boolean pooled() {
    return key.isPresent();
  }

  /** An identity that says nothing: it is sent in clear text. */
  static String opaque(RandomBits bits) {
    byte[] name = new byte[NextKeyAnswer.IDENTITY_OCTETS / 2];
    bits.fill(name);
    return HexFormat.of().formatHex(name);
  }

  /**
   * Draws what the gateway adds.
   *
   * @param pool a key of the pool, lent until the key is derived
   * @param seconds when the node is to ask again
   */
  public NodeKeys.Ask ask(RandomBits bits, Optional<Key> pool, int seconds) {
    key = pool;
    againSeconds = seconds;
    bits.fill(own);
    next = opaque(bits);
    String origin = pool.map(k -> NodeKey.POOL + k.origin()).orElse(NodeKey.ROTATED);
    return new NodeKeys.Ask(identity, next, origin, this::derive);
  }

  private Secret derive(NodeKey now, int generation) {
    if (key.isEmpty()) {
      return Generations.next(now.key(), nonce, own, now.node(), generation);
    }
    Secret pool = key.get().secret();
    sealed =
        answer(generation, new byte[0])
            .sealing(now.key(), pool, second.orElseThrow(), now.node())
            .sealed();
    return Generations.next(now.key(), pool, nonce, own, now.node(), generation);
  }

  private NextKeyAnswer answer(int generation, byte[] with) {
    return new NextKeyAnswer(pooled(), own, generation, againSeconds, with, next);
  }

  /** The payload of the answer. */
  public byte[] answer(int generation) {
    if (second.isPresent()) {
      return answer(generation, sealed).encode();
    }
    byte[] name = next.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(1 + own.length + 4 + name.length)
        .put(FIRST_VERSION)
        .put(own)
        .putInt(generation)
        .put(name)
        .array();
  }
}
