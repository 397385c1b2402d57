package io.bellgate.keys.pqc.vectors;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.HexFormat;
import java.util.stream.Stream;

/** Reads fields of published JSON. Stateless. */
final class Fields {
  private Fields() {}

  /** Octets of a hexadecimal field; none if it is absent. */
  static byte[] octets(JsonObject object, String name) {
    return HexFormat.of().parseHex(object.getString(name, ""));
  }

  static Stream<JsonObject> objects(JsonObject object, String name) {
    return object.getJsonArray(name).stream().map(JsonValue::asJsonObject);
  }

  static boolean valid(JsonObject test) {
    return test.getString("result").equals("valid");
  }

  static boolean flagged(JsonObject test, String flag) {
    return test.getJsonArray("flags").getValuesAs(JsonString.class).stream()
        .anyMatch(f -> f.getString().equals(flag));
  }

  static byte[] joined(byte[]... parts) {
    return org.bouncycastle.util.Arrays.concatenate(parts);
  }
}
