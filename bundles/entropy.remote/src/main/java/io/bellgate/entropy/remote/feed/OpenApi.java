package io.bellgate.entropy.remote.feed;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A client of the QRNG Open API, version 1 (Palo Alto Networks and others, December 2024): {@code
 * capabilities}, {@code entropy}, {@code healthtest}. Dates are shown as they come, since the
 * document's own example is none.
 */
public final class OpenApi implements Remote {
  /** The extension of {@code entropy} in the capabilities by which a gateway shows what it is. */
  public static final String GATEWAY = "bellgate";

  private static final int MOST_OCTETS = 65_536;
  private static final int SHORT_ANSWER = 65_536;
  private static final int PROBE_OCTETS = 32;

  /** What the server can do. */
  private record Capabilities(
      int leastSize,
      int mostSize,
      int leastCount,
      int mostCount,
      int sources,
      boolean tested,
      boolean gateway) {
    void check() {
      if (leastSize < 1 || mostSize < leastSize || leastCount < 1 || mostCount < leastCount) {
        throw new Body.Refused("capabilities contradict themselves, " + this);
      }
      if ((long) leastSize * leastCount > MOST_OCTETS) {
        throw new Body.Refused("the least it gives is too much, mostOctets=" + MOST_OCTETS);
      }
      if (sources < 1) {
        throw new Body.Refused("it has no source, source_count=" + sources);
      }
    }

    int size(int wanted) {
      return Math.max(leastSize, Math.min(mostSize, Math.min(wanted, MOST_OCTETS / leastCount)));
    }

    int count(int wanted) {
      int size = size(wanted);
      int enough = Math.min((wanted + size - 1) / size, MOST_OCTETS / size);
      return Math.max(leastCount, Math.min(mostCount, enough));
    }
  }

  private final Endpoint endpoint;
  private final String type;
  private volatile Capabilities can = new Capabilities(1, 1, 1, 1, 0, false, false);
  private volatile Object health = "not offered";

  /**
   * Names the server; asks nothing.
   *
   * @param endpoint above {@code /v1}
   * @param type which of its kinds of entropy; empty: its first
   */
  public OpenApi(Endpoint endpoint, String type) {
    this.endpoint = endpoint;
    this.type = type;
  }

  @Override
  public String reach() throws IOException {
    can =
        Body.read(
            endpoint,
            endpoint.get("/v1/capabilities", SHORT_ANSWER, a -> false),
            this::capabilities);
    health = can.tested() ? healthTest() : "not offered";
    Arrays.fill(next(PROBE_OCTETS), (byte) 0);
    return endpoint.peer();
  }

  private Capabilities capabilities(JsonObject all) {
    JsonObject entropy = all.getJsonObject("entropy");
    JsonArray types = entropy.getJsonArray("entropy_types");
    if (!type.isEmpty()
        && (types == null
            || types.getValuesAs(JsonString.class).stream()
                .noneMatch(t -> t.getString().equals(type)))) {
      throw new Body.Refused("it has no such entropy_type, configured=" + type);
    }
    Capabilities found =
        new Capabilities(
            number(entropy, "min_block_size", 1),
            entropy.getJsonNumber("max_block_size").intValueExact(),
            number(entropy, "min_block_count", 1),
            number(entropy, "max_block_count", 1),
            all.getJsonNumber("source_count").intValueExact(),
            all.containsKey("healthtest"),
            entropy.containsKey("extensions")
                && entropy.getJsonObject("extensions").containsKey(GATEWAY));
    found.check();
    return found;
  }

  private static int number(JsonObject in, String name, int absent) {
    return in.containsKey(name) ? in.getJsonNumber(name).intValueExact() : absent;
  }

  /** For people: a failure of it alone hinders nothing. */
  private Object healthTest() {
    try {
      Answer answer = endpoint.get("/v1/healthtest", SHORT_ANSWER, a -> false);
      return Body.read(endpoint, answer, OpenApi::results);
    } catch (IOException e) {
      return "not readable: " + e.getMessage();
    }
  }

  private static List<Map<String, Object>> results(JsonObject all) {
    List<Map<String, Object>> results = new ArrayList<>();
    for (JsonObject result : all.getJsonArray("test_result").getValuesAs(JsonObject.class)) {
      Map<String, Object> row = new LinkedHashMap<>();
      result.forEach((name, value) -> row.put(name, shown(value)));
      results.add(row);
    }
    return List.copyOf(results.subList(0, Math.min(results.size(), 32)));
  }

  private static String shown(JsonValue value) {
    String text = value instanceof JsonString string ? string.getString() : value.toString();
    return text.substring(0, Math.min(text.length(), 200)).replaceAll("[^\\x20-\\x7e]", "?");
  }

  /**
   * Whether the server is a gateway such as this one, or this one itself: it passes on what it got
   * from sources, so that in a circle of gateways the same entropy would be counted again and
   * again.
   *
   * @return as of the last {@link #reach}
   */
  public boolean gateway() {
    return can.gateway();
  }

  @Override
  public byte[] next(int octets) throws IOException {
    Capabilities now = can;
    int size = now.size(octets);
    int count = now.count(octets);
    JsonObjectBuilder request =
        Json.createObjectBuilder().add("block_size", size).add("block_count", count);
    if (!type.isEmpty()) {
      request.add("entropy_type", type);
    }
    int most = SHORT_ANSWER + count * (64 + size * 4 / 3);
    Answer answer = endpoint.post("/v1/entropy", request.build().toString(), most);
    return Body.read(endpoint, answer, all -> blocks(all.getJsonArray("entropy"), size, count));
  }

  private static byte[] blocks(JsonArray blocks, int size, int count) {
    if (blocks.size() != count) {
      throw new Body.Refused("blocks=" + blocks.size() + " asked=" + count);
    }
    byte[] all = new byte[size * count];
    Set<ByteBuffer> seen = new HashSet<>();
    for (int i = 0; i < count; i++) {
      byte[] block = decoded(blocks.getString(i));
      if (block.length != size) {
        throw new Body.Refused("a block has octets=" + block.length + " asked=" + size);
      }
      System.arraycopy(block, 0, all, i * size, size);
      Arrays.fill(block, (byte) 0);
      if (!seen.add(ByteBuffer.wrap(all, i * size, size)) && size >= Repeats.OCTETS) {
        throw new Body.Refused("a block comes twice in one answer");
      }
    }
    return all;
  }

  private static byte[] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new Body.Refused("a block is not base64");
    }
  }

  @Override
  public void cancel() {
    endpoint.cancel();
  }

  @Override
  public Map<String, Object> status() {
    Capabilities now = can;
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("requests", endpoint.requests());
    status.put("postponed", endpoint.postponed());
    status.put("sourcesOfServer", now.sources());
    status.put("mostOctetsInABlock", now.mostSize());
    status.put("mostBlocks", now.mostCount());
    status.put("serverIsAGateway", now.gateway());
    status.put("healthTestsOfServer", health);
    return status;
  }
}
