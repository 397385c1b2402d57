package io.bellgate.coap.node.contexts;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The gateway's part of ID contexts (RFC 8613, Appendix B.2): R2, 8 random octets for an identity,
 * the same for a minute or until a request came under a context that begins with them. So whoever
 * repeats an old first request takes nothing from the node that is at it now, and a second request
 * that is repeated later begins no context anew. At most 1,000 at a time. Guarded by its user.
 */
final class IdContexts {
  private static final int MOST = 1_000;
  private static final int LEAST_OCTETS = 8;
  private static final int MOST_OCTETS = 64;
  private static final int SHORT = 24;
  private static final int BYTES = 0x40;
  private static final long OFFER_NANOS = 60_000_000_000L;

  private final Map<String, Offered> offers = new LinkedHashMap<>();

  private record Offered(byte[] octets, long atNanos) {
    boolean isOld() {
      return System.nanoTime() - atNanos > OFFER_NANOS;
    }
  }

  /** R2; empty if there are no random octets. */
  Optional<byte[]> offer(String identity, Supplier<Optional<byte[]>> random) {
    Offered known = offers.get(identity);
    if (known != null && !known.isOld()) {
      return Optional.of(known.octets());
    }
    offers.remove(identity);
    Optional<byte[]> drawn = random.get();
    drawn.ifPresent(octets -> offers.put(identity, new Offered(octets, System.nanoTime())));
    if (offers.size() > MOST) {
      offers.remove(offers.keySet().iterator().next());
    }
    return drawn;
  }

  /** Whether an ID context is an R2 that is good now, and 8 to 64 octets of the node. */
  boolean isOffered(String identity, byte[] id) {
    Offered offered = offers.get(identity);
    return offered != null
        && !offered.isOld()
        && id.length >= 2 * offered.octets().length
        && id.length <= offered.octets().length + MOST_OCTETS
        && Arrays.equals(
            id, 0, offered.octets().length, offered.octets(), 0, offered.octets().length);
  }

  /** A context begins with it: it is good for no other. */
  void taken(String identity) {
    offers.remove(identity);
  }

  static byte[] join(byte[] one, byte[] two) {
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    return both;
  }

  /** As a CBOR byte string (RFC 8949), which kid contexts are in this procedure. */
  static byte[] wrap(byte[] id) {
    return join(
        id.length < SHORT
            ? new byte[] {(byte) (BYTES | id.length)}
            : new byte[] {BYTES | SHORT, (byte) id.length},
        id);
  }

  /** What is in a byte string of 8 to 64 octets; empty if it is none. */
  static Optional<byte[]> unwrap(byte[] kidContext) {
    int head = kidContext.length - 1 < SHORT ? 1 : 2;
    if (kidContext.length < head + LEAST_OCTETS || kidContext.length > head + MOST_OCTETS) {
      return Optional.empty();
    }
    byte[] id = Arrays.copyOfRange(kidContext, head, kidContext.length);
    return Arrays.equals(wrap(id), kidContext) ? Optional.of(id) : Optional.empty();
  }
}
