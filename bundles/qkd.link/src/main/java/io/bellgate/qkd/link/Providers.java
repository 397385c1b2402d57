package io.bellgate.qkd.link;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Services by name, of which there are two for a moment in a swap: the newest serves, and the older
 * again if the newest goes first. Thread safe.
 *
 * @param <T> what they are
 */
final class Providers<T> {
  /** One of them. */
  private record Named<T>(String name, T service) {}

  private final List<Named<T>> all = new CopyOnWriteArrayList<>();

  void add(Object name, T service) {
    all.add(0, new Named<>(String.valueOf(name), service));
  }

  void remove(T service) {
    all.removeIf(n -> n.service() == service);
  }

  /** The newest of a name, or null. */
  T get(String name) {
    return all.stream()
        .filter(n -> n.name().equals(name))
        .map(Named::service)
        .findFirst()
        .orElse(null);
  }
}
