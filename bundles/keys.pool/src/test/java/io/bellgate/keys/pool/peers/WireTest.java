package io.bellgate.keys.pool.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.keys.pool.store.Leases;
import io.bellgate.keys.pool.store.Marks;
import io.bellgate.keys.pool.store.Report;
import io.bellgate.keys.pool.store.Verdict;
import io.bellgate.keys.pool.store.Zone;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The messages between pools. */
class WireTest {
  private static final UUID RUN = new UUID(1, 2);
  private static final UUID BLOCK = new UUID(3, 4);

  /** Each message, with what reads it and what it says. */
  private static Map<byte[], Map.Entry<Function<byte[], Object>, Object>> all() {
    Map<byte[], Map.Entry<Function<byte[], Object>, Object>> all = new LinkedHashMap<>();
    Wire.Hello hello = new Wire.Hello(new Marks.Hello(RUN, List.of(BLOCK, RUN), true), false);
    all.put(Wire.hello(hello), Map.entry(Wire::hello, hello));
    all.put(Wire.greeting(Verdict.RESTORED), Map.entry(Wire::greeting, Verdict.RESTORED));
    Wire.Page page = new Wire.Page(RUN, true, Collections.nCopies(Codec.MOST, report()));
    all.put(Wire.page(page), Map.entry(Wire::page, page));
    Wire.Floors floors = new Wire.Floors(true, List.of(new Report.Floor(1, Integer.MAX_VALUE)));
    all.put(Wire.floors(floors), Map.entry(Wire::floors, floors));
    Wire.Wanted leases = new Wire.Wanted(RUN, List.of(new Leases.Wish(BLOCK, Zone.ODD_TAIL, 9)));
    all.put(Wire.leases(leases), Map.entry(Wire::leases, leases));
    all.put(Wire.leased(List.of(-1, 7)), Map.entry(Wire::leased, List.of(-1, 7)));
    Wire.Ask ask = new Wire.Ask(new KeyOrigin(KeyOrigin.Kind.QKD, true, false, Map.of()), 1L << 40);
    all.put(Wire.ask(ask), Map.entry(Wire::ask, ask));
    Optional<Leases.Gift> gift = Optional.of(new Leases.Gift(BLOCK, 5));
    all.put(Wire.given(gift), Map.entry(Wire::given, gift));
    all.put(Wire.given(Optional.empty()), Map.entry(Wire::given, Optional.empty()));
    return all;
  }

  private static Report report() {
    return new Report(BLOCK, 1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void readsWhatItWrites() {
    all()
        .forEach(
            (message, reader) -> {
              assertEquals(reader.getValue(), reader.getKey().apply(message));
              assertTrue(message.length <= 65_536, "octets=" + message.length);
            });
  }

  @Test
  void refusesWhatIsCutOrPadded() {
    all()
        .forEach(
            (message, reader) -> {
              for (int length : new int[] {0, 1, message.length - 1, message.length + 1}) {
                assertThrows(
                    IllegalArgumentException.class,
                    () -> reader.getKey().apply(Arrays.copyOf(message, length)));
              }
            });
  }

  @Test
  void bearsGarbage() {
    long seed = System.nanoTime();
    System.out.println("WireTest seed=" + seed);
    Random random = new Random(seed);
    for (Map.Entry<byte[], Map.Entry<Function<byte[], Object>, Object>> one : all().entrySet()) {
      for (int i = 0; i < 2_000; i++) {
        byte[] garbage = Arrays.copyOf(one.getKey(), 2 + random.nextInt(80));
        int from = random.nextInt(garbage.length);
        for (int at = from; at < garbage.length; at++) {
          garbage[at] = (byte) random.nextInt();
        }
        try {
          one.getValue().getKey().apply(garbage);
        } catch (IllegalArgumentException refused) {
          assertTrue(refused.getMessage().startsWith("BG-POOL-003"), refused.getMessage());
        }
      }
    }
  }
}
