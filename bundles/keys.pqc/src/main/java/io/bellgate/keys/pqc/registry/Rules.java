package io.bellgate.keys.pqc.registry;

import io.bellgate.api.crypto.Algorithm.Status;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the configuration says about algorithms.
 *
 * @param statuses by name, where it differs from the catalogue
 * @param lastDays by name
 */
record Rules(Map<String, Status> statuses, Map<String, LocalDate> lastDays) {
  /**
   * Reads a configuration.
   *
   * @throws IllegalArgumentException if it names what is not in the catalogue, or one algorithm
   *     twice
   */
  static Rules of(RegistryConfiguration configuration) {
    Map<String, Entry> known =
        Catalogue.all().stream().collect(Collectors.toMap(Entry::name, Function.identity()));
    Map<String, Status> statuses = new HashMap<>();
    if (configuration.experimental()) {
      statuses.put(Catalogue.HQC, Status.ACTIVE);
    }
    Set<String> named = new HashSet<>();
    for (String name : configuration.disabled()) {
      statuses.put(once(name, known, named), Status.DISABLED);
    }
    for (String name : configuration.acceptOnly()) {
      statuses.put(once(name, known, named), Status.ACCEPT_ONLY);
    }
    Map<String, LocalDate> lastDays = new HashMap<>();
    for (String line : configuration.notAfter()) {
      String[] words = line.trim().split("\\s+");
      if (words.length != 2) {
        throw refused("notAfter has a name and a day", line);
      }
      try {
        lastDays.put(existing(words[0], known), LocalDate.parse(words[1]));
      } catch (DateTimeParseException none) {
        throw refused("a day is YYYY-MM-DD", line);
      }
    }
    return new Rules(Map.copyOf(statuses), Map.copyOf(lastDays));
  }

  private static String once(String name, Map<String, Entry> known, Set<String> named) {
    if (!named.add(existing(name.trim(), known))) {
      throw refused("an algorithm has one status", name);
    }
    return name.trim();
  }

  private static String existing(String name, Map<String, Entry> known) {
    if (!known.containsKey(name)) {
      throw refused("the registry has no such algorithm; bellgate crypto list names them", name);
    }
    return name;
  }

  private static IllegalArgumentException refused(String rule, String value) {
    return new IllegalArgumentException("BG-PQC-010 " + rule + ": value=" + value);
  }

  Status status(Entry entry) {
    return statuses.getOrDefault(entry.name(), entry.normally());
  }

  Optional<LocalDate> lastDay(Entry entry) {
    return Optional.ofNullable(lastDays.get(entry.name()));
  }
}
