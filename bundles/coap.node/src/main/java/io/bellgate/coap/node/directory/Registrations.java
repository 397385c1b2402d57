package io.bellgate.coap.node.directory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * All registrations of a directory, bounded in number and size; unprotected sources have half of
 * both, so that nodes with keys find room. What has ended is removed when somebody looks. Guarded
 * by itself.
 */
public final class Registrations {
  /** The most registrations: 2,000. */
  public static final int MOST = 2_000;

  /** The most characters of all together: 1,048,576. */
  static final int MOST_SIZE = 1 << 20;

  private final Map<Long, Registration> all = new TreeMap<>();
  private final Room keyed = new Room();
  private final Room open = new Room();
  private long lastId;

  /** Has none. */
  public Registrations() {}

  /**
   * How many there are, with those that have ended and nobody looked since.
   *
   * @return at most {@link #MOST}
   */
  public synchronized int count() {
    return all.size();
  }

  /**
   * Registers an endpoint, anew or again; then it keeps its ID.
   *
   * @param wanted its ID does not matter
   * @return as it is now
   * @throws Refused if another owns the name, or there is no room
   */
  synchronized Registration register(Registration wanted, long nowMillis) {
    removeEnded(nowMillis);
    Optional<Registration> before =
        all.values().stream()
            .filter(r -> r.endpoint().equals(wanted.endpoint()))
            .filter(r -> r.sector().equals(wanted.sector()))
            .findFirst();
    // whoever has a key has the name of its node, whoever took it before
    if (before.isPresent()
        && !wanted.owner().hasKey()
        && !before.get().owner().equals(wanted.owner())) {
      throw Refused.foreign("this name is registered by another");
    }
    long id = before.map(Registration::id).orElse(Math.max(lastId + 1, nowMillis));
    Registration now = withId(wanted, id);
    put(now);
    lastId = Math.max(lastId, id);
    return now;
  }

  private static Registration withId(Registration r, long id) {
    return new Registration(
        id,
        r.owner(),
        r.endpoint(),
        r.sector(),
        r.lifetimeSeconds(),
        r.untilMillis(),
        r.base(),
        r.ownBase(),
        r.attributes(),
        r.links());
  }

  /**
   * Changes the registration of an ID.
   *
   * @param change by its owner; empty removes it
   * @throws Refused if there is none, or no room
   */
  synchronized void change(
      String id, Function<Registration, Optional<Registration>> change, long nowMillis) {
    removeEnded(nowMillis);
    Registration found =
        all.values().stream()
            .filter(r -> r.path().equals("/rd/" + id))
            .findFirst()
            .orElseThrow(() -> Refused.absent("there is no such registration: register again"));
    change.apply(found).ifPresentOrElse(this::put, () -> take(all.remove(found.id())));
  }

  /** Those that have not ended, by ID. */
  synchronized List<Registration> active(long nowMillis) {
    removeEnded(nowMillis);
    return new ArrayList<>(all.values());
  }

  private void removeEnded(long nowMillis) {
    List<Registration> ended =
        all.values().stream().filter(r -> r.untilMillis() <= nowMillis).toList();
    ended.forEach(r -> take(all.remove(r.id())));
  }

  private void put(Registration next) {
    Registration before = all.remove(next.id());
    if (before != null) {
      take(before);
    }
    give(next);
    if (keyed.count + open.count > MOST
        || keyed.size + open.size > MOST_SIZE
        || open.count > MOST / 2
        || open.size > MOST_SIZE / 2) {
      take(next);
      if (before != null) {
        give(before);
        all.put(before.id(), before);
      }
      throw Refused.full("the directory is full: ask later");
    }
    all.put(next.id(), next);
  }

  private void give(Registration registration) {
    room(registration).add(1, registration.size());
  }

  private void take(Registration registration) {
    room(registration).add(-1, -registration.size());
  }

  private Room room(Registration registration) {
    return registration.owner().hasKey() ? keyed : open;
  }

  /** What registrations take. */
  private static final class Room {
    private int count;
    private int size;

    private void add(int registrations, int characters) {
      count += registrations;
      size += characters;
    }
  }

  /**
   * All of them, for a successor.
   *
   * @return octets that {@link #load} reads
   */
  public synchronized byte[] save() {
    return Saved.write(lastId, all.values());
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @param octets checked in full
   * @return the same registrations
   * @throws IllegalArgumentException if they are not of this version, or break a rule
   */
  public static Registrations load(byte[] octets) {
    Registrations read = new Registrations();
    read.lastId = Saved.read(octets, read::restore);
    return read;
  }

  private void restore(Registration registration) {
    if (all.containsKey(registration.id())) {
      throw new IllegalArgumentException("a state has a registration once");
    }
    put(registration);
  }
}
