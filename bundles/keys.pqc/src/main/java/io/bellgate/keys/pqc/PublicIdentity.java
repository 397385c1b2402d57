package io.bellgate.keys.pqc;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * What a site shows of itself, in a file {@code SITE.identity} that people exchange: JSON with
 * {@code site}, {@code certificate} (DER in base64) and {@code fingerprint} (SHA-256 of the DER).
 *
 * @param site which
 * @param certificate DER; not copied, not changed by anybody
 */
record PublicIdentity(String site, byte[] certificate) {
  /** How such a file's name ends. */
  static final String SUFFIX = ".identity";

  private static final int MOST_OCTETS = 64 * 1024;

  String fingerprint() {
    return SelfSigned.fingerprint(certificate);
  }

  String json() {
    return "{\n  \"site\": \""
        + site
        + "\",\n  \"fingerprint\": \""
        + fingerprint()
        + "\",\n  \"certificate\": \""
        + Base64.getEncoder().encodeToString(certificate)
        + "\"\n}\n";
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it is no identity, or contradicts itself
   */
  static PublicIdentity read(Path file) throws IOException {
    if (Files.size(file) > MOST_OCTETS) {
      throw new IllegalArgumentException("an identity is at most " + MOST_OCTETS + " octets");
    }
    return parse(Files.readAllBytes(file));
  }

  /** Reads the octets of a file, on the terms of {@link #read}. */
  static PublicIdentity parse(byte[] octets) {
    JsonObject json = object(octets);
    String site = text(json, "site");
    if (!site.matches("[a-z0-9-]{1,63}")) {
      throw new IllegalArgumentException(
          "a site ID is lower-case letters, digits and hyphens, 63 at most");
    }
    byte[] certificate = Base64.getDecoder().decode(text(json, "certificate"));
    PublicIdentity identity = new PublicIdentity(site, certificate);
    if (!site.equals(SelfSigned.siteOf(certificate))) {
      throw new IllegalArgumentException("an identity's certificate names its site: site=" + site);
    }
    String said = text(json, "fingerprint").replace(" ", "");
    if (!said.equals(identity.fingerprint().replace(" ", ""))) {
      throw new IllegalArgumentException(
          "an identity's fingerprint is that of its certificate: site=" + site);
    }
    return identity;
  }

  private static JsonObject object(byte[] octets) {
    String text = new String(octets, StandardCharsets.UTF_8);
    try (JsonReader reader = Json.createReader(new StringReader(text))) {
      return reader.readObject();
    } catch (JsonException malformed) {
      throw new IllegalArgumentException("an identity is a JSON object", malformed);
    }
  }

  private static String text(JsonObject json, String name) {
    try {
      return json.getString(name);
    } catch (NullPointerException | ClassCastException missing) {
      throw new IllegalArgumentException("an identity has the text: name=" + name, missing);
    }
  }
}
