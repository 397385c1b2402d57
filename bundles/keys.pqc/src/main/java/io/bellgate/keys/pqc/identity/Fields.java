package io.bellgate.keys.pqc.identity;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a JSON object from outside: only fields that are known, each of its type and length.
 * Whatever is wrong is an {@link IllegalArgumentException} with a code.
 */
final class Fields {
  private final JsonObject json;

  /** Checks that there is no other field. */
  Fields(JsonObject json, Set<String> known) {
    this.json = json;
    Set<String> others = new TreeSet<>(json.keySet());
    others.removeAll(known);
    if (!others.isEmpty()) {
      throw new IllegalArgumentException(
          "BG-IDENT-003 a field is not known to this version: fields=" + others);
    }
  }

  static JsonObject parse(byte[] octets) {
    String text = new String(octets, StandardCharsets.UTF_8);
    try (JsonReader reader = Json.createReader(new StringReader(text))) {
      return reader.readObject();
    } catch (JsonException | IllegalStateException malformed) {
      throw new IllegalArgumentException("BG-IDENT-001 an identity is a JSON object", malformed);
    }
  }

  /** Checks the version of a file, and that it has {@code kind} and these fields and no other. */
  static Fields versioned(JsonObject json, int version, Set<String> known) {
    if (!json.containsKey("version")) {
      throw new IllegalArgumentException(
          json.containsKey("certificate")
              ? "BG-IDENT-002 an identity shows an Ed25519 key beside the ML-DSA-65 key, this file"
                  + " is of an earlier version: have its site export its identity again"
              : "BG-IDENT-001 an identity has the number: name=version");
    }
    if (!json.get("version").toString().equals(Integer.toString(version))) {
      throw new IllegalArgumentException(
          "BG-IDENT-003 this gateway reads identities of version "
              + version
              + ": version="
              + json.get("version"));
    }
    Set<String> all = new TreeSet<>(known);
    all.addAll(Set.of("version", "kind"));
    return new Fields(json, all);
  }

  /** The text of an object, for people and for files. */
  static String pretty(JsonObject json) {
    StringWriter text = new StringWriter();
    Map<String, Object> pretty = Map.of(JsonGenerator.PRETTY_PRINTING, true);
    try (JsonWriter writer = Json.createWriterFactory(pretty).createWriter(text)) {
      writer.writeObject(json);
    }
    return text.toString().strip() + "\n";
  }

  static JsonObjectBuilder object() {
    return Json.createObjectBuilder();
  }

  static String base64(byte[] octets) {
    return Base64.getEncoder().encodeToString(octets);
  }

  String text(String name) {
    try {
      return json.getString(name);
    } catch (NullPointerException | ClassCastException missing) {
      throw wrong("text", name, missing);
    }
  }

  /** A whole number of at least 1. */
  long number(String name) {
    try {
      long number = json.getJsonNumber(name).longValueExact();
      if (number >= 1) {
        return number;
      }
    } catch (NullPointerException | ClassCastException | ArithmeticException missing) {
      throw wrong("whole number", name, missing);
    }
    throw wrong("number of at least 1", name, null);
  }

  byte[] octets(String name) {
    try {
      return Base64.getDecoder().decode(text(name));
    } catch (IllegalArgumentException malformed) {
      throw wrong("base64", name, malformed);
    }
  }

  byte[] octets(String name, int length) {
    byte[] octets = octets(name);
    if (octets.length != length) {
      throw wrong("base64 of " + length + " octets", name, null);
    }
    return octets;
  }

  JsonObject object(String name) {
    try {
      JsonObject object = json.getJsonObject(name);
      if (object != null) {
        return object;
      }
    } catch (ClassCastException malformed) {
      throw wrong("object", name, malformed);
    }
    throw wrong("object", name, null);
  }

  List<JsonObject> objects(String name) {
    try {
      return json.getJsonArray(name).stream().map(JsonValue::asJsonObject).toList();
    } catch (NullPointerException | ClassCastException malformed) {
      throw wrong("list of objects", name, malformed);
    }
  }

  static String site(String site) {
    if (!site.matches("[a-z0-9-]{1,63}")) {
      throw new IllegalArgumentException(
          "BG-IDENT-001 a site ID is lower-case letters, digits and hyphens, 63 at most");
    }
    return site;
  }

  private static IllegalArgumentException wrong(String kind, String name, Throwable cause) {
    return new IllegalArgumentException(
        "BG-IDENT-001 an identity has the " + kind + ": name=" + name, cause);
  }
}
