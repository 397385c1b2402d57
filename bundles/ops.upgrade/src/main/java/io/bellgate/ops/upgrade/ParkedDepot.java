package io.bellgate.ops.upgrade;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.ops.Depot;
import io.bellgate.api.ops.Parked;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The depot: parked state in memory, for as long as a swap lasts.
 *
 * <p>A component of its own, so that it outlives nothing and needs nothing. When this bundle itself
 * is swapped no swap is under way that could lose state.
 */
@Component(service = {Depot.class, ParkedDepot.class})
public final class ParkedDepot implements Depot {
  private final Map<String, Parked> states = new ConcurrentHashMap<>();

  /** Starts empty. */
  @Activate
  public ParkedDepot() {}

  void put(Parked parked) {
    Parked before = states.put(parked.component(), parked);
    if (before != null) {
      before.state().destroy();
    }
  }

  void clear(String component) {
    Parked parked = states.remove(component);
    if (parked != null) {
      parked.state().destroy();
    }
  }

  @Override
  public Optional<Parked> claim(String component) {
    return Optional.ofNullable(states.get(component))
        .map(p -> new Parked(p.component(), p.format(), p.state().lend(Secret::copyOf)));
  }
}
