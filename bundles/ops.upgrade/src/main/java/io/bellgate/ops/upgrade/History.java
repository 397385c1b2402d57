package io.bellgate.ops.upgrade;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The last swaps, one JSON object per line of a file: so the version that comes shows what the one
 * that left has done, its own replacement included, and a restart forgets nothing. For people; it
 * may lose a line in a power cut, and a line that cannot be read is skipped.
 */
final class History {
  private static final System.Logger LOG = System.getLogger(History.class.getName());
  private static final int SHOWN = 16;
  private static final long MOST_OCTETS = 1 << 16;

  private final Path file;

  History(Path file) {
    this.file = file;
  }

  synchronized void add(Map<String, Object> swap) {
    try {
      if (Files.exists(file) && Files.size(file) > MOST_OCTETS) {
        List<String> lines = lines();
        Files.write(file, lines.subList(Math.max(0, lines.size() - SHOWN), lines.size()));
      }
      Files.writeString(
          file,
          Json.createObjectBuilder(swap).build() + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a swap could not be noted: {0}", e.toString());
    }
  }

  /** The last ones, the latest at the end. */
  synchronized List<Map<String, Object>> last() {
    try {
      List<Map<String, Object>> all = lines().stream().flatMap(l -> read(l).stream()).toList();
      return all.subList(Math.max(0, all.size() - SHOWN), all.size());
    } catch (IOException e) {
      return List.of(Map.of("error", "the history cannot be read: " + e));
    }
  }

  private List<String> lines() throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException noSwapYet) {
      return List.of();
    }
  }

  private static Optional<Map<String, Object>> read(String line) {
    try (JsonReader reader = Json.createReader(new StringReader(line))) {
      return Optional.of(plain(reader.readObject()));
    } catch (JsonException torn) {
      return Optional.empty();
    }
  }

  private static Map<String, Object> plain(JsonObject object) {
    Map<String, Object> plain = new LinkedHashMap<>();
    object.forEach((name, value) -> plain.put(name, plain(value)));
    return plain;
  }

  private static Object plain(JsonValue value) {
    return switch (value.getValueType()) {
      case STRING -> ((JsonString) value).getString();
      case NUMBER -> ((JsonNumber) value).numberValue();
      case ARRAY -> {
        List<Object> list = new ArrayList<>();
        value.asJsonArray().forEach(v -> list.add(plain(v)));
        yield list;
      }
      case OBJECT -> plain(value.asJsonObject());
      case TRUE, FALSE, NULL -> value == JsonValue.TRUE;
    };
  }
}
