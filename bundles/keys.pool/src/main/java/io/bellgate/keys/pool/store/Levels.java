package io.bellgate.keys.pool.store;

import io.bellgate.api.keys.KeyOrigin;
import java.util.HashMap;
import java.util.Map;

/** How full a stock has to be for what: per kind of origin, or per peer and kind. Immutable. */
public final class Levels {
  /** What is not configured: given out down to the last, for everything. */
  private static final Level NONE = new Level(0, 0, 0);

  /** A secret that somebody carried is all reserve. */
  private static final Level PRESHARED = new Level(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

  private final Map<String, Level> levels = new HashMap<>();

  /**
   * Of one stock, in octets that {@code take} can give out.
   *
   * @param ready after it ran empty nothing but tag keys is given out until there is as much
   * @param warning with less than this no pads are given out
   * @param reserve as much is kept for tag keys
   */
  public record Level(long ready, long warning, long reserve) {
    /** Checks the order. */
    public Level {
      if (reserve < 0 || warning < reserve || ready < warning) {
        throw new IllegalArgumentException(
            "levels rise: 0 <= authenticationReserve="
                + reserve
                + " <= warning="
                + warning
                + " <= ready="
                + ready);
      }
    }
  }

  /**
   * Reads lines {@code KIND=OCTETS} and {@code PEER/KIND=OCTETS}; the one with a peer wins.
   *
   * @throws IllegalArgumentException if a line is not one, the levels do not rise, or a reserve is
   *     for another kind than QKD
   */
  public static Levels of(String[] ready, String[] warning, String[] reserve) {
    Map<String, Long> readies = octets("readyOctets", ready);
    Map<String, Long> warnings = octets("warningOctets", warning);
    Map<String, Long> reserves = octets("authenticationReserveOctets", reserve);
    if (!reserves.keySet().stream().allMatch(Levels::isQkd)) {
      throw new IllegalArgumentException(
          "authenticationReserveOctets is for QKD only: value=" + reserves.keySet());
    }
    Levels levels = new Levels();
    Map<String, Long> all = new HashMap<>(readies);
    all.putAll(warnings);
    all.putAll(reserves);
    for (String key : all.keySet()) {
      String kind = key.substring(key.indexOf('/') + 1);
      levels.levels.put(
          key,
          new Level(
              readies.getOrDefault(key, readies.getOrDefault(kind, 0L)),
              warnings.getOrDefault(key, warnings.getOrDefault(kind, 0L)),
              reserves.getOrDefault(key, reserves.getOrDefault(kind, 0L))));
    }
    return levels;
  }

  private static boolean isQkd(String key) {
    return key.substring(key.indexOf('/') + 1).equals(KeyOrigin.Kind.QKD.name());
  }

  private static Map<String, Long> octets(String name, String[] lines) {
    Map<String, Long> octets = new HashMap<>();
    for (String line : lines) {
      if (!line.matches("([a-z0-9-]+/)?(QKD|PQC|CLASSICAL)=[0-9]{1,12}")) {
        throw new IllegalArgumentException(
            name + " holds KIND=OCTETS or PEER/KIND=OCTETS: value=" + line);
      }
      String[] parts = line.split("=", -1);
      octets.put(parts[0], Long.parseLong(parts[1]));
    }
    return octets;
  }

  /** The level of a stock. */
  Level of(String peer, KeyOrigin.Kind kind) {
    if (kind == KeyOrigin.Kind.PRESHARED) {
      return PRESHARED;
    }
    Level level = levels.get(peer + "/" + kind);
    return level != null ? level : levels.getOrDefault(kind.name(), NONE);
  }
}
