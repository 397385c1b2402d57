package io.bellgate.keys.pool;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** How much key there is per peer and origin, kept up with every change. For one thread. */
final class Tally {
  private static final Comparator<KeyPool.Stock> STABLE =
      Comparator.comparing(KeyPool.Stock::peer)
          .thenComparing(s -> s.origin().kind())
          .thenComparing(s -> s.origin().simulated())
          .thenComparing(s -> s.origin().relayed());

  /** One peer and one origin. */
  private record Row(String peer, KeyOrigin origin) {}

  /** By origins without attributes, of which there are few. */
  private final Map<Row, KeyPool.Stock> kinds = new HashMap<>();

  /** Octets to take by origins with attributes; no entry means none. */
  private final Map<Row, Long> own = new HashMap<>();

  /** Counts a block in, as it is now. */
  void add(Block block) {
    count(block, 1);
  }

  /** Counts a block out, as it is now. */
  void subtract(Block block) {
    count(block, -1);
  }

  private void count(Block block, int sign) {
    long mine = sign * block.ownOctets();
    long peers = sign * block.peersOctets();
    if (block.confirmed) {
      sum(block, new long[] {mine, peers, 0, 0, 0});
      Row full = new Row(block.header.peer(), block.header.origin());
      own.merge(full, mine, (a, b) -> a + b == 0 ? null : Long.valueOf(a + b));
    } else {
      sum(block, new long[] {0, 0, mine + peers, 0, 0});
    }
  }

  void taken(Block block) {
    sum(block, new long[] {0, 0, 0, 1, 0});
  }

  void committed(Block block) {
    sum(block, new long[] {0, 0, 0, 0, 1});
  }

  private void sum(Block block, long[] d) {
    KeyOrigin o = block.header.origin();
    String peer = block.header.peer();
    KeyOrigin kind = new KeyOrigin(o.kind(), o.simulated(), o.relayed(), Map.of());
    kinds.merge(
        new Row(peer, kind),
        new KeyPool.Stock(peer, kind, d[0], d[1], d[2], d[3], d[4], KeyPool.State.READY, -1),
        (a, b) ->
            new KeyPool.Stock(
                peer,
                kind,
                a.own() + b.own(),
                a.peers() + b.peers(),
                a.unconfirmed() + b.unconfirmed(),
                a.taken() + b.taken(),
                a.committed() + b.committed(),
                KeyPool.State.READY,
                -1));
  }

  /** Per peer and kind, attributes left out, in a stable order. */
  List<KeyPool.Stock> stocks() {
    return kinds.values().stream().sorted(STABLE).toList();
  }

  /** The origins, with attributes, of which there is key to take, per peer. */
  Map<String, Set<KeyOrigin>> takeable() {
    return own.keySet().stream()
        .collect(
            Collectors.groupingBy(Row::peer, Collectors.mapping(Row::origin, Collectors.toSet())));
  }
}
