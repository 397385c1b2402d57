package io.bellgate.gateway.router.protect;

import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyCombiner;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.keys.MemoryCombiner;
import io.bellgate.api.policy.Protection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The keys of alice and bob without routers: alice seals, bob opens. Time stands still. */
final class KeyEnds {
  static final byte[] PLAIN = "1016.6 hPa".getBytes(StandardCharsets.UTF_8);
  static final int PADDING = 64;

  final FakePool alicePool = new FakePool();
  final FakePool bobPool = new FakePool();
  final List<KeyOrigin.Kind> wanted = new ArrayList<>();
  boolean combinerAbsent;
  boolean poolAbsent;
  long nowNanos;
  final SendKeys alice =
      new SendKeys(
          "alice", "bob", new Services(alicePool), new KeyUse(10, 60, PADDING), () -> nowNanos);
  final ReceiveKeys bob = new ReceiveKeys("bob", "alice", new Services(bobPool));

  private final class Services implements KeyServices {
    private final FakePool pool;

    Services(FakePool pool) {
      this.pool = pool;
    }

    @Override
    public Optional<KeyPool> pool() {
      return poolAbsent ? Optional.empty() : Optional.of(pool);
    }

    @Override
    public Optional<KeyCombiner> combiner() {
      return combinerAbsent ? Optional.empty() : Optional.of(new MemoryCombiner());
    }

    @Override
    public void wanted(String peer, KeyOrigin.Kind kind) {
      wanted.add(kind);
    }
  }

  /** Another sender over alice's pool. */
  SendKeys sender(KeyUse limits) {
    return new SendKeys("alice", "bob", new Services(alicePool), limits, () -> nowNanos);
  }

  KeyEnds fill(KeyOrigin.Kind kind, int keys) {
    FakePool.fill(alicePool, bobPool, kind, keys);
    return this;
  }

  KeyEnds fill(KeyOrigin origin, int octets) {
    FakePool.fill(alicePool, bobPool, origin, octets);
    return this;
  }

  /** Enough for any protection but pqc-pure and classical. */
  KeyEnds fillAll() {
    fill(KeyOrigin.Kind.PQC, 20);
    return fill(FakePool.origin(KeyOrigin.Kind.QKD), 256 * KeyPool.CHUNK_OCTETS);
  }

  void pass(long seconds) {
    nowNanos += TimeUnit.SECONDS.toNanos(seconds);
  }

  Optional<SendKeys.Sealed> seal(Protection protection, long epoch, long transfer) {
    return alice.seal(protection, epoch, transfer, PLAIN);
  }

  /** A message that has to be there. */
  SendKeys.Sealed sealed(Protection protection, long transfer) {
    return seal(protection, 1, transfer).orElseThrow();
  }

  Optional<ReceiveKeys.Opened> open(byte[] envelope, long transfer) {
    return bob.open(Envelope.parse(envelope), transfer, plain -> {});
  }

  /** A key that alice has no right to use so: the pool gives it whatever it is. */
  Key any(KeyOrigin.Kind kind, int octets) {
    return alicePool
        .take("bob", KeyPool.Purpose.AUTHENTICATION, octets, o -> o.kind() == kind)
        .orElseThrow();
  }

  /** What somebody seals who heeds no {@link Demand}. */
  static byte[] forged(Protection protection, long transfer, Key... keys) {
    Direction direction = new Direction("alice", "bob", transfer);
    if (protection.oneTime()) {
      return Envelope.seal(protection, keys[0], 1, direction, PLAIN);
    }
    MessageKey.Scope scope = new MessageKey.Scope(protection, "alice", "bob", 1);
    MessageKey key = MessageKey.derive(new MemoryCombiner(), scope, List.of(keys));
    return Envelope.seal(key, 0, direction, PLAIN);
  }

  /** An origin with everything that may matter. */
  static KeyOrigin origin(KeyOrigin.Kind kind, boolean simulated, boolean relayed, String hybrid) {
    return new KeyOrigin(
        kind, simulated, relayed, hybrid.isEmpty() ? Map.of() : Map.of("hybrid", hybrid));
  }

  /** How many octets alice's pool has given out. */
  int takenOctets() {
    return alicePool.taken.stream().mapToInt(KeyId::length).sum();
  }
}
