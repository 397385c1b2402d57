package io.bellgate.entropy.remote.feed;

import io.bellgate.api.bits.Secret;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;

/** What a request carries to be let in; read from its file for each request. */
@FunctionalInterface
public interface Key {
  /** Nothing. */
  Key NONE = request -> {};

  /**
   * Adds itself to a request.
   *
   * @param request not sent yet
   * @throws IOException if its file cannot be read
   */
  void put(HttpRequest.Builder request) throws IOException;

  /**
   * A key in a file.
   *
   * @param header the name of the header; {@code Authorization} means a bearer token (RFC 6750,
   *     section 2.1)
   * @param file the key and nothing else
   * @return a key
   * @throws IllegalArgumentException if no header has such a name
   */
  static Key of(String header, SecretFile file) {
    if (!header.matches("[A-Za-z][A-Za-z0-9-]*")
        || header.matches("(?i)host|content-.*|connection")) {
      throw new IllegalArgumentException("a key has a header of its own: key.header=" + header);
    }
    String before = header.equalsIgnoreCase("Authorization") ? "Bearer " : "";
    return request -> {
      try (Secret key = file.read()) {
        String value = key.lend(k -> before + new String(k, StandardCharsets.US_ASCII));
        request.header(header, value);
      } catch (IllegalArgumentException e) {
        // without its cause, which quotes the value
        throw new IOException("BG-ENTROPY-058 a key cannot be a header: header=" + header);
      }
    };
  }
}
