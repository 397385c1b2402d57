package io.bellgate.entropy.remote.feed;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Octets in the JSON of a beacon or a cloud service: others know them, so nobody may credit them.
 * The same value again is waited out, since a beacon gives one each period.
 */
public final class PublicValue implements Remote {
  /** How a value is written. */
  public enum Encoding {
    /** A text of two digits an octet, or a list of such. */
    HEX,
    /** Base64 (RFC 4648, section 4), or a list of such. */
    BASE64,
    /** A list of numbers 0 to 255. */
    OCTETS
  }

  /**
   * Where in an answer the value is.
   *
   * @param pointer to it (RFC 6901), for example {@code /pulse/outputValue}
   * @param encoding how it is written
   * @param octets how many there must be
   * @param millisBetween the shortest time between two requests
   */
  public record Shape(String pointer, Encoding encoding, int octets, long millisBetween) {
    /**
     * Checks it.
     *
     * @param pointer as above
     * @param encoding as above
     * @param octets as above
     * @param millisBetween as above
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Shape {
      if (octets < 1 || octets > MOST_OCTETS || millisBetween < 0 || !pointer.startsWith("/")) {
        throw new IllegalArgumentException(
            "a value has a pointer that begins with / and 1 to 65536 octets: pointer="
                + pointer
                + " octets="
                + octets);
      }
    }
  }

  private static final int MOST_OCTETS = 65_536;
  private static final int MOST_REPEATS = 10;

  private final Endpoint endpoint;
  private final String query;
  private final Shape shape;
  private byte[] before = new byte[0];
  private long dueNanos = System.nanoTime();

  /**
   * Names the service; asks nothing.
   *
   * @param endpoint its address without path
   * @param query path and query
   * @param shape of its answers
   */
  public PublicValue(Endpoint endpoint, String query, Shape shape) {
    this.endpoint = endpoint;
    this.query = query;
    this.shape = shape;
  }

  @Override
  public String reach() throws IOException {
    ask();
    return endpoint.peer();
  }

  @Override
  public byte[] next(int octets) throws IOException {
    for (int i = 0; i < MOST_REPEATS; i++) {
      byte[] value = ask();
      if (!Arrays.equals(value, before)) {
        before = value;
        return value.clone();
      }
    }
    throw endpoint.refused("the same value comes again and again, requests=" + MOST_REPEATS);
  }

  private byte[] ask() throws IOException {
    endpoint.pause(TimeUnit.NANOSECONDS.toMillis(dueNanos - System.nanoTime()));
    dueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(shape.millisBetween());
    Answer answer = endpoint.get(query, 8 * shape.octets() + MOST_OCTETS, a -> false);
    byte[] value =
        Body.read(endpoint, answer, all -> octets(Json.createPointer(shape.pointer()), all));
    if (value.length != shape.octets()) {
      throw endpoint.refused("octets=" + value.length + " expected=" + shape.octets());
    }
    return value;
  }

  private byte[] octets(jakarta.json.JsonPointer pointer, JsonObject all) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(shape.octets());
    JsonValue value = pointer.getValue(all);
    for (JsonValue part :
        value instanceof JsonArray many ? many : Json.createArrayBuilder().add(value).build()) {
      out.writeBytes(decode(part));
    }
    return out.toByteArray();
  }

  private byte[] decode(JsonValue part) {
    switch (shape.encoding()) {
      case HEX:
        return HexFormat.of().parseHex(text(part).toLowerCase(Locale.ROOT));
      case BASE64:
        return Base64.getDecoder().decode(text(part));
      default:
        int octet = ((JsonNumber) part).intValueExact();
        if (octet < 0 || octet > 255) {
          throw new Body.Refused("a number is no octet");
        }
        return new byte[] {(byte) octet};
    }
  }

  private static String text(JsonValue part) {
    return ((JsonString) part).getString();
  }

  @Override
  public void cancel() {
    endpoint.cancel();
  }

  @Override
  public Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("requests", endpoint.requests());
    status.put("postponed", endpoint.postponed());
    status.put("credit", "none: others know these octets");
    return status;
  }
}
