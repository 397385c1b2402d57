package io.bellgate.keys.pqc.identity;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is known of peers' identities and only moves forward: the highest issue that was trusted of
 * each lineage, and what must never be trusted again. Lies in {@code DATA/identity/known.json},
 * apart from the files of who is trusted and in no image that is rolled back; each change is
 * power-durable before it counts.
 *
 * <p>Not thread safe.
 */
final class KnownIdentities {
  private static final int VERSION = 1;

  private final Path file;
  private final Map<String, Floor> floors = new TreeMap<>();
  private final Map<String, String> revoked = new TreeMap<>();

  /**
   * How far a lineage is.
   *
   * @param issue the highest that was trusted
   * @param fingerprint of that issue
   * @param revoked this issue and all below are revoked; 0 for none
   */
  private record Floor(long issue, String fingerprint, long revoked) {}

  private KnownIdentities(Path file) {
    this.file = file;
  }

  /**
   * Reads it; a file that is not there is empty.
   *
   * @throws IOException if it is damaged
   */
  static KnownIdentities open(Path file) throws IOException {
    KnownIdentities known = new KnownIdentities(file);
    if (Files.exists(file)) {
      try {
        known.read(Fields.parse(Files.readAllBytes(file)));
      } catch (RuntimeException damaged) {
        throw new IOException(
            "BG-IDENT-015 what is known of peers' identities cannot be read, nobody is trusted:"
                + " file="
                + file
                + "; restore it, or remove it, which forgets revocations",
            damaged);
      }
    }
    return known;
  }

  private void read(JsonObject json) {
    if (json.getInt("version") != VERSION) {
      throw new IllegalArgumentException("version=" + json.get("version"));
    }
    JsonObject lineages = json.getJsonObject("lineages");
    for (String key : lineages.keySet()) {
      JsonObject row = lineages.getJsonObject(key);
      floors.put(
          key,
          new Floor(
              row.getJsonNumber("issue").longValueExact(),
              row.getString("fingerprint"),
              row.getJsonNumber("revoked").longValueExact()));
    }
    JsonObject fingerprints = json.getJsonObject("revoked");
    fingerprints.keySet().forEach(f -> revoked.put(f, fingerprints.getString(f)));
  }

  private void write() throws IOException {
    JsonObjectBuilder lineages = Json.createObjectBuilder();
    floors.forEach(
        (key, floor) ->
            lineages.add(
                key,
                Json.createObjectBuilder()
                    .add("issue", floor.issue())
                    .add("fingerprint", floor.fingerprint())
                    .add("revoked", floor.revoked())));
    JsonObjectBuilder fingerprints = Json.createObjectBuilder();
    revoked.forEach(fingerprints::add);
    JsonObject json =
        Json.createObjectBuilder()
            .add("version", VERSION)
            .add("lineages", lineages)
            .add("revoked", fingerprints)
            .build();
    OwnerOnlyFile.write(file, Fields.pretty(json).getBytes(StandardCharsets.UTF_8));
  }

  private static String key(IdentityFile identity) {
    return identity.site() + " " + identity.lineage();
  }

  /** Why an identity must not be trusted; empty if nothing speaks against it. */
  Optional<String> refusal(IdentityFile identity) {
    String named = "site=" + identity.site() + " issue=" + identity.issue();
    String why = revoked.get(identity.fingerprint().hex());
    Floor floor = floors.get(key(identity));
    if (why != null || floor != null && identity.issue() <= floor.revoked()) {
      return Optional.of(
          "BG-IDENT-006 an identity that was revoked or succeeded is never trusted again: "
              + named
              + " why="
              + (why != null ? why : "a later one was revoked")
              + "; get the site's present identity");
    }
    if (floor != null && identity.issue() < floor.issue()) {
      return Optional.of(
          "BG-IDENT-007 a site's identity is not older than the one trusted before: "
              + named
              + " trusted="
              + floor.issue()
              + "; get the site's present identity");
    }
    if (floor != null
        && identity.issue() == floor.issue()
        && !floor.fingerprint().equals(identity.fingerprint().hex())) {
      return Optional.of(
          "BG-IDENT-008 two identities have one issue, so somebody copied the keys: "
              + named
              + "; ask the site for: bellgate identity rotate --new");
    }
    return Optional.empty();
  }

  /** Whether this very identity was trusted before. */
  boolean knows(IdentityFile identity) {
    Floor floor = floors.get(key(identity));
    return floor != null && floor.fingerprint().equals(identity.fingerprint().hex());
  }

  /** Remembers that an identity is trusted; those it succeeds never will be again. */
  void trusted(IdentityFile identity) throws IOException {
    Floor before = floors.get(key(identity));
    Floor now =
        new Floor(
            identity.issue(), identity.fingerprint().hex(), before == null ? 0 : before.revoked());
    boolean changed = !now.equals(before);
    floors.put(key(identity), now);
    for (IdentityFile.Predecessor each : identity.before()) {
      String fingerprint = Fingerprint.of(each.shown()).hex();
      changed |= revoked.putIfAbsent(fingerprint, "it has a successor") == null;
    }
    if (changed) {
      write();
    }
  }

  /**
   * Remembers that an identity is revoked.
   *
   * @param whole also all of its lineage up to its issue
   */
  void revoke(IdentityFile identity, boolean whole, String why) throws IOException {
    revoked.put(identity.fingerprint().hex(), why);
    if (whole) {
      Floor before = floors.get(key(identity));
      long revokedTo = Math.max(identity.issue(), before == null ? 0 : before.revoked());
      floors.put(
          key(identity),
          before == null || before.issue() < identity.issue()
              ? new Floor(identity.issue(), identity.fingerprint().hex(), revokedTo)
              : new Floor(before.issue(), before.fingerprint(), revokedTo));
    }
    write();
  }

  /** Whether an identity of this site was revoked, so that its next one has to be compared. */
  boolean revokedBefore(String site) {
    Set<Map.Entry<String, Floor>> entries = floors.entrySet();
    return entries.stream()
        .anyMatch(e -> e.getKey().startsWith(site + " ") && e.getValue().revoked() > 0);
  }
}
