package io.bellgate.ops.demo;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What bob's file sink holds: read from its files, line by line, as somebody who checks would. */
final class Delivered {
  private final Set<String> identities = new HashSet<>();
  private final Map<String, Map<String, Long>> protectionsByClass = new TreeMap<>();
  private long lines;
  private JsonObject last = JsonObject.EMPTY_JSON_OBJECT;

  static Delivered read(Path folder) throws IOException {
    Delivered delivered = new Delivered();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        List<Path> sorted = files.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList();
        for (Path file : sorted) {
          delivered.add(Files.readString(file));
        }
      }
    }
    return delivered;
  }

  private void add(String text) {
    int end = text.lastIndexOf('\n') + 1;
    text.substring(0, end).lines().forEach(this::line);
  }

  private void line(String line) {
    try (JsonReader reader = Json.createReader(new StringReader(line))) {
      last = reader.readObject();
    }
    lines++;
    identities.add(last.getString("node") + "/" + last.getJsonNumber("seq"));
    protectionsByClass
        .computeIfAbsent(last.getString("class"), c -> new TreeMap<>())
        .merge(last.getJsonObject("evidence").getString("protection"), 1L, Long::sum);
  }

  Set<String> identities() {
    return identities;
  }

  /** Data class to protection to count. */
  Map<String, Map<String, Long>> protectionsByClass() {
    return protectionsByClass;
  }

  long duplicates() {
    return lines - identities.size();
  }

  JsonObject last() {
    return last;
  }
}
