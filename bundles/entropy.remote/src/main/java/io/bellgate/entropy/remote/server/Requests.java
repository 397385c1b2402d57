package io.bellgate.entropy.remote.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.EntropyFailure;
import io.bellgate.api.entropy.Provenance;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.ops.Gone;
import io.bellgate.entropy.remote.feed.OpenApi;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.spi.JsonProvider;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Answers the QRNG Open API, version 1: {@code capabilities} and {@code entropy}. Where the bits
 * come from is said in the answer's {@code extensions}.
 */
final class Requests implements HttpHandler {
  /** Whatever can be had. */
  static final String BEST = "best";

  /** Refused while it cannot be had. */
  static final String FULL = "full-entropy";

  private static final JsonProvider JSON = JsonProvider.provider();
  private static final int MOST_REQUEST_OCTETS = 4_096;

  /**
   * What a request may ask for.
   *
   * @param blockOctets most octets of a block
   * @param blocks most blocks
   * @param octets most octets of all blocks together
   */
  record Limits(int blockOctets, int blocks, int octets) {}

  /** A request that is answered with an error; the text is for its sender. */
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final long retrySeconds;

    Refusal(int status, String text, long retrySeconds) {
      super(text, null, false, false);
      this.status = status;
      this.retrySeconds = retrySeconds;
    }

    Refusal(int status, String text) {
      this(status, text, 0);
    }
  }

  private record Wanted(int size, int count, String type) {}

  private final Supplier<RandomBits> bits;
  private final byte[] tokenDigest;
  private final Limits limits;
  private final Budget requests;
  private final Budget octets;
  private final Tally tally;

  /**
   * Lets in whoever shows the token.
   *
   * @param bits null while the hub is being swapped
   * @param token still the caller's
   */
  Requests(
      Supplier<RandomBits> bits,
      Secret token,
      Limits limits,
      Budget requests,
      Budget octets,
      Tally tally) {
    this.bits = bits;
    this.tokenDigest = token.lend(Requests::digest);
    this.limits = limits;
    this.requests = requests;
    this.octets = octets;
    this.tally = tally;
  }

  private static byte[] digest(byte[] token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 is in every JDK", e);
    }
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    tally.asked();
    byte[] body = new byte[0];
    try (exchange) {
      int status = 200;
      try {
        body = answer(exchange);
      } catch (Refusal e) {
        status = e.status;
        tally.refused(status, exchange.getRemoteAddress());
        body = error(exchange, e);
      }
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    } finally {
      Arrays.fill(body, (byte) 0);
    }
  }

  private static byte[] error(HttpExchange exchange, Refusal refusal) {
    if (refusal.status == 401) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
    }
    if (refusal.retrySeconds > 0) {
      exchange.getResponseHeaders().set("Retry-After", Long.toString(refusal.retrySeconds));
    }
    String text = Json.createObjectBuilder().add("error", refusal.getMessage()).build().toString();
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private byte[] answer(HttpExchange exchange) throws Refusal, IOException {
    authorize(exchange);
    long wait = requests.spend(1);
    if (wait > 0) {
      throw new Refusal(429, "too many requests", wait);
    }
    String path = exchange.getRequestURI().getPath();
    switch (path) {
      case "/v1/capabilities":
        expect(exchange, "GET");
        return capabilities();
      case "/v1/entropy":
        expect(exchange, "POST");
        return entropy(wanted(exchange));
      default:
        throw new Refusal(404, "there are /v1/capabilities and /v1/entropy");
    }
  }

  private void authorize(HttpExchange exchange) throws Refusal {
    String shown = exchange.getRequestHeaders().getFirst("Authorization");
    String before = "Bearer ";
    boolean same =
        shown != null
            && shown.regionMatches(true, 0, before, 0, before.length())
            && MessageDigest.isEqual(
                digest(shown.substring(before.length()).strip().getBytes(StandardCharsets.UTF_8)),
                tokenDigest);
    if (!same) {
      throw new Refusal(401, "a bearer token is needed");
    }
  }

  private static void expect(HttpExchange exchange, String method) throws Refusal {
    if (!exchange.getRequestMethod().equals(method)) {
      exchange.getResponseHeaders().set("Allow", method);
      throw new Refusal(405, "the method is " + method);
    }
  }

  private Wanted wanted(HttpExchange exchange) throws Refusal, IOException {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type == null || !type.strip().toLowerCase(Locale.ROOT).startsWith("application/json")) {
      throw new Refusal(415, "a request is application/json");
    }
    byte[] body;
    try (InputStream in = exchange.getRequestBody()) {
      body = in.readNBytes(MOST_REQUEST_OCTETS + 1);
    }
    if (body.length > MOST_REQUEST_OCTETS) {
      throw new Refusal(413, "a request has at most " + MOST_REQUEST_OCTETS + " octets");
    }
    try (JsonReader reader = JSON.createReader(new ByteArrayInputStream(body))) {
      return wanted(reader.readObject());
    } catch (RuntimeException e) {
      throw new Refusal(
          422, "a request is {\"block_size\":N,\"block_count\":N,\"entropy_type\":\"...\"}");
    }
  }

  private static Wanted wanted(JsonObject request) {
    return new Wanted(
        request.getJsonNumber("block_size").intValueExact(),
        request.containsKey("block_count")
            ? request.getJsonNumber("block_count").intValueExact()
            : 1,
        request.containsKey("entropy_type")
            ? request.getJsonString("entropy_type").getString()
            : BEST);
  }

  private void check(Wanted wanted) throws Refusal {
    if (wanted.size() < 1 || wanted.size() > limits.blockOctets()) {
      throw new Refusal(422, "block_size is 1 to " + limits.blockOctets());
    }
    if (wanted.count() < 1 || wanted.count() > limits.blocks()) {
      throw new Refusal(422, "block_count is 1 to " + limits.blocks());
    }
    if ((long) wanted.size() * wanted.count() > limits.octets()) {
      throw new Refusal(422, "all blocks have at most " + limits.octets() + " octets together");
    }
    if (!List.of(BEST, FULL).contains(wanted.type())) {
      throw new Refusal(422, "entropy_type is " + BEST + " or " + FULL);
    }
  }

  private byte[] capabilities() throws Refusal {
    try {
      Provenance now = now().provenance();
      return Json.createObjectBuilder()
          .add(
              "entropy",
              Json.createObjectBuilder()
                  .add("min_block_size", 1)
                  .add("max_block_size", limits.blockOctets())
                  .add("min_block_count", 1)
                  .add("max_block_count", limits.blocks())
                  .add("entropy_types", Json.createArrayBuilder().add(BEST).add(FULL))
                  .add(
                      "extensions",
                      Json.createObjectBuilder()
                          .add(
                              OpenApi.GATEWAY,
                              Json.createObjectBuilder().add("max_octets", limits.octets()))))
          .add("source_count", now.sources().size())
          .build()
          .toString()
          .getBytes(StandardCharsets.UTF_8);
    } catch (EntropyFailure | Gone e) {
      throw unavailable();
    }
  }

  private RandomBits now() throws Refusal {
    RandomBits now = bits.get();
    if (now == null) {
      throw unavailable();
    }
    return now;
  }

  private static Refusal unavailable() {
    return new Refusal(503, "no random bits can be had now", 1);
  }

  private byte[] entropy(Wanted wanted) throws Refusal {
    check(wanted);
    int all = wanted.size() * wanted.count();
    long wait = octets.spend(all);
    if (wait > 0) {
      throw new Refusal(429, "too many octets for now", wait);
    }
    RandomBits.Drawn drawn;
    try {
      drawn = now().drawBest(all);
    } catch (EntropyFailure | Gone e) {
      throw unavailable();
    }
    try (Secret secret = drawn.secret()) {
      boolean full = drawn.provenance().fullEntropy();
      if (wanted.type().equals(FULL) && !full) {
        throw new Refusal(503, "full entropy cannot be had now", 1);
      }
      tally.gave(all, full);
      return secret.lend(s -> render(s, wanted.size(), drawn.provenance()));
    }
  }

  /** In octets throughout: a text could not be wiped. */
  private static byte[] render(byte[] all, int size, Provenance provenance) {
    Wiped out = new Wiped();
    out.writeBytes("{\"entropy\":[".getBytes(StandardCharsets.US_ASCII));
    for (int at = 0; at < all.length; at += size) {
      byte[] block = Arrays.copyOfRange(all, at, at + size);
      byte[] base64 = Base64.getEncoder().encode(block);
      out.writeBytes((at == 0 ? "\"" : ",\"").getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(base64);
      out.write('"');
      Arrays.fill(block, (byte) 0);
      Arrays.fill(base64, (byte) 0);
    }
    out.writeBytes("],\"extensions\":".getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(extensions(provenance).getBytes(StandardCharsets.UTF_8));
    out.write('}');
    return out.take();
  }

  private static String extensions(Provenance provenance) {
    return Json.createObjectBuilder()
        .add("construction", provenance.construction().name())
        .add("full_entropy", provenance.fullEntropy())
        .add("simulated", provenance.simulated())
        .add("sources", Json.createArrayBuilder(provenance.sources()))
        .build()
        .toString();
  }

  /** Room that leaves no copy when it has grown. */
  private static final class Wiped extends ByteArrayOutputStream {
    Wiped() {
      super(128 * 1_024);
    }

    byte[] take() {
      byte[] taken = toByteArray();
      Arrays.fill(buf, (byte) 0);
      return taken;
    }
  }
}
