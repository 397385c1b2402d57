package io.bellgate.entropy.hub;

import io.bellgate.api.entropy.HealthTest;
import io.bellgate.api.entropy.NoiseSource.Description;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The tests that other bundles bring, at work on one source. For its thread. */
final class FurtherTests {
  private final Description source;
  private final Supplier<List<HealthTest>> brought;
  private final Map<HealthTest, Optional<HealthTest.Running>> running = new LinkedHashMap<>();

  /**
   * Begins with none.
   *
   * @param brought those that are there now
   */
  FurtherTests(Description source, Supplier<List<HealthTest>> brought) {
    this.source = source;
    this.brought = brought;
  }

  /** Begins anew. */
  void restart() {
    running.clear();
  }

  /** Why one of them raises an alarm; empty if none does. */
  Optional<String> feed(byte[] samples) {
    List<HealthTest> now = brought.get();
    running.keySet().retainAll(now);
    for (HealthTest test : now) {
      try {
        Optional<String> alarm =
            running.computeIfAbsent(test, t -> t.begin(source)).flatMap(r -> r.feed(samples));
        if (alarm.isPresent()) {
          return alarm;
        }
      } catch (LinkageError swapped) {
        running.remove(test); // its bundle is going
      } catch (RuntimeException broken) {
        return Optional.of("a further test failed: " + broken);
      }
    }
    return Optional.empty();
  }
}
