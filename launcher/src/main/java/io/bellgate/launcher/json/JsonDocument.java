package io.bellgate.launcher.json;

import io.bellgate.launcher.report.Refusal;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParsingException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * A JSON object with comments, and the line of each of its members.
 *
 * @param name what to call it in messages, usually the file
 * @param root the object
 * @param lines JSON pointer (RFC 6901) to line, counted from 1
 */
public record JsonDocument(String name, JsonObject root, Map<String, Integer> lines) {
  /** Largest file that is read, in octets. */
  static final long MAX_OCTETS = 8 << 20;

  /** Deepest nesting that is read. */
  static final int MAX_DEPTH = 64;

  /**
   * Reads a file in UTF-8.
   *
   * @throws Refusal if it cannot be read (BG-JSON-001), is no JSON object (BG-JSON-002) or names a
   *     member twice (BG-JSON-003)
   */
  public static JsonDocument read(Path file) {
    try {
      if (Files.size(file) > MAX_OCTETS) {
        throw unreadable(file, "larger than " + MAX_OCTETS + " octets");
      }
      return parse(file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      throw unreadable(file, "no such file");
    } catch (CharacterCodingException e) {
      throw unreadable(file, "not UTF-8");
    } catch (IOException e) {
      throw unreadable(file, String.valueOf(e.getMessage()));
    }
  }

  /** As {@link #read} from text in memory. */
  public static JsonDocument parse(String name, String text) {
    Map<String, Integer> lines = new HashMap<>();
    try (JsonParser parser = Json.createParser(new StringReader(Comments.blank(text)))) {
      if (!parser.hasNext() || parser.next() != JsonParser.Event.START_OBJECT) {
        throw malformed(name, "a JSON object is expected");
      }
      JsonObject root = new Reader(name, parser, lines).object("", 0);
      if (parser.hasNext()) {
        throw malformed(name, "something follows the JSON object");
      }
      return new JsonDocument(name, root, Map.copyOf(lines));
    } catch (JsonParsingException e) {
      throw malformed(name + ":" + e.getLocation().getLineNumber(), firstLine(e));
    } catch (JsonException | NoSuchElementException | IllegalStateException e) {
      throw malformed(name, firstLine(e));
    }
  }

  /** File and line of a member, for messages: {@code site.json:12 /sockets/coap}. */
  public String where(String pointer) {
    Integer line = lines.get(pointer);
    return name + (line == null ? "" : ":" + line) + (pointer.isEmpty() ? "" : " " + pointer);
  }

  /** A JSON pointer from member names. */
  public static String pointer(String... members) {
    StringBuilder out = new StringBuilder();
    for (String member : members) {
      out.append('/').append(Json.encodePointer(member));
    }
    return out.toString();
  }

  private static Refusal unreadable(Path file, String why) {
    return Refusal.failed(
        "BG-JSON-001", file.toString(), "the file cannot be read: " + why, "check path and owner");
  }

  private static Refusal malformed(String where, String why) {
    return Refusal.failed(
        "BG-JSON-002", where, "not a JSON object: " + why, "correct the file at that line");
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }

  /** Builds values from parser events, because the event's line is gone from a finished value. */
  private record Reader(String name, JsonParser parser, Map<String, Integer> lines) {
    JsonObject object(String pointer, int depth) {
      JsonObjectBuilder out = Json.createObjectBuilder();
      Set<String> seen = new HashSet<>();
      while (parser.next() != JsonParser.Event.END_OBJECT) {
        String key = parser.getString();
        int line = (int) parser.getLocation().getLineNumber();
        String member = pointer + JsonDocument.pointer(key);
        if (!seen.add(key)) {
          throw Refusal.failed(
              "BG-JSON-003",
              name + ":" + line,
              "a member stands twice: pointer=" + member,
              "remove one of them");
        }
        lines.put(member, line);
        out.add(key, value(parser.next(), member, depth + 1));
      }
      return out.build();
    }

    private JsonValue value(JsonParser.Event event, String pointer, int depth) {
      if (depth > MAX_DEPTH) {
        throw malformed(name, "nested deeper than " + MAX_DEPTH);
      }
      return switch (event) {
        case START_OBJECT -> object(pointer, depth);
        case START_ARRAY -> array(pointer, depth);
        default -> parser.getValue();
      };
    }

    private JsonValue array(String pointer, int depth) {
      JsonArrayBuilder out = Json.createArrayBuilder();
      int index = 0;
      JsonParser.Event event = parser.next();
      while (event != JsonParser.Event.END_ARRAY) {
        String member = pointer + "/" + index++;
        lines.put(member, (int) parser.getLocation().getLineNumber());
        out.add(value(event, member, depth + 1));
        event = parser.next();
      }
      return out.build();
    }
  }
}
