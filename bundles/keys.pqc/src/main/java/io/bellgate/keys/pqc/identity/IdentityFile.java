package io.bellgate.keys.pqc.identity;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.PublicIdentity;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a site shows of itself, in a file {@code SITE.identity} that people exchange
 * (docs/identities.md): its public keys, signed with both signing keys, and which identities they
 * succeed.
 *
 * @param shown the public keys; not changed by anybody
 * @param lineage 32 hexadecimal digits, drawn with the first identity and kept by its successors
 * @param issue rises by one with each successor, from 1
 * @param proof over {@link #statement}, with these keys
 * @param before the predecessors, last first; may be cut off
 */
record IdentityFile(
    PublicIdentity shown,
    String lineage,
    long issue,
    Signatures proof,
    List<IdentityFile.Predecessor> before) {
  /** How such a file's name ends. */
  static final String SUFFIX = ".identity";

  /** The most octets of such a file. */
  static final int MOST_OCTETS = 128 * 1024;

  /** So many predecessors are shown. */
  static final int MOST_BEFORE = 4;

  private static final int VERSION = 2;
  private static final Set<String> KEYS =
      Set.of("site", "issue", "lineage", "certificate", "ed25519", "xWing");
  private static final Set<String> OWN = Set.of("fingerprint", "proof", "before");

  /**
   * An identity before.
   *
   * @param shown its public keys
   * @param issue its number
   * @param succession over its successor's statement, with its keys
   */
  record Predecessor(PublicIdentity shown, long issue, Signatures succession) {}

  IdentityFile {
    before = List.copyOf(before);
  }

  /** Signs for keys that are this process's. */
  static IdentityFile sign(
      PublicIdentity shown,
      String lineage,
      long issue,
      List<Predecessor> before,
      OwnKeys keys,
      RandomBits random) {
    byte[] statement = statement(shown, lineage, issue);
    return new IdentityFile(shown, lineage, issue, Signatures.by(keys, statement, random), before);
  }

  /** What {@link #proof} signs. */
  byte[] statement() {
    return statement(shown, lineage, issue);
  }

  private static byte[] statement(PublicIdentity shown, String lineage, long issue) {
    return fields("bellgate identity 2", shown, lineage, issue);
  }

  /** What the predecessor of an identity signs. */
  static byte[] succession(PublicIdentity shown, String lineage, long issue) {
    return fields("bellgate identity succession 2", shown, lineage, issue);
  }

  private static byte[] fields(String label, PublicIdentity shown, String lineage, long issue) {
    return new Octets(label)
        .add(shown.site())
        .add(lineage)
        .add(issue)
        .add(shown.certificate())
        .add(shown.ed25519())
        .add(shown.xWing())
        .all();
  }

  Fingerprint fingerprint() {
    return Fingerprint.of(shown);
  }

  String site() {
    return shown.site();
  }

  /** Whether it proves to succeed another identity. */
  boolean succeeds(PublicIdentity other) {
    return before.stream().anyMatch(p -> p.shown().equals(other));
  }

  String json() {
    JsonObjectBuilder json = Json.createObjectBuilder().add("version", VERSION);
    json.add("kind", "identity");
    add(json, shown, lineage, issue);
    json.add("fingerprint", fingerprint().toString());
    json.add("proof", proof.json());
    JsonArrayBuilder predecessors = Json.createArrayBuilder();
    for (Predecessor each : before) {
      JsonObjectBuilder one = Json.createObjectBuilder();
      add(one, each.shown(), lineage, each.issue());
      predecessors.add(one.add("succession", each.succession().json()));
    }
    return Fields.pretty(json.add("before", predecessors).build());
  }

  /** Adds the public keys. */
  static void add(JsonObjectBuilder json, PublicIdentity shown, String lineage, long issue) {
    json.add("site", shown.site())
        .add("issue", issue)
        .add("lineage", lineage)
        .add("certificate", Fields.base64(shown.certificate()))
        .add("ed25519", Fields.base64(shown.ed25519()))
        .add("xWing", Fields.base64(shown.xWing()));
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it is no identity, or contradicts itself
   */
  static IdentityFile read(Path file) throws IOException {
    return parse(octets(file));
  }

  /** The octets of a file from outside, not too many. */
  static byte[] octets(Path file) throws IOException {
    if (Files.size(file) > MOST_OCTETS) {
      throw new IllegalArgumentException(
          "BG-IDENT-001 an identity is at most " + MOST_OCTETS + " octets");
    }
    return Files.readAllBytes(file);
  }

  /** Reads the octets of a file, on the terms of {@link #read}. */
  static IdentityFile parse(byte[] octets) {
    return parse(Fields.parse(octets));
  }

  /** Reads an object, on the terms of {@link #read}. */
  static IdentityFile parse(JsonObject json) {
    Fields fields = Fields.versioned(json, VERSION, plus(OWN));
    if (!fields.text("kind").equals("identity")) {
      throw new IllegalArgumentException(
          "BG-IDENT-001 this is another kind of file: kind=" + fields.text("kind"));
    }
    PublicIdentity shown = keys(fields);
    String lineage = lineage(fields);
    long issue = fields.number("issue");
    Signatures proof = Signatures.of(fields.object("proof"));
    proof.check(shown, statement(shown, lineage, issue), "an identity");
    String said = fields.text("fingerprint").replace(" ", "");
    if (!said.equals(Fingerprint.of(shown).hex())) {
      throw new IllegalArgumentException(
          "BG-IDENT-001 an identity's fingerprint is that of its keys: site=" + shown.site());
    }
    List<Predecessor> before = before(fields.objects("before"), shown, lineage, issue);
    return new IdentityFile(shown, lineage, issue, proof, before);
  }

  private static List<Predecessor> before(
      List<JsonObject> rows, PublicIdentity shown, String lineage, long issue) {
    List<Predecessor> before = new ArrayList<>();
    PublicIdentity successor = shown;
    long next = issue;
    for (JsonObject row : rows) {
      Fields fields = new Fields(row, plus(Set.of("succession")));
      Predecessor one =
          new Predecessor(
              keys(fields), fields.number("issue"), Signatures.of(fields.object("succession")));
      if (one.issue() != next - 1
          || !one.shown().site().equals(shown.site())
          || !lineage(fields).equals(lineage)) {
        throw new IllegalArgumentException(
            "BG-IDENT-001 a predecessor is of the same site and lineage, one issue before: issue="
                + one.issue());
      }
      one.succession().check(one.shown(), succession(successor, lineage, next), "a succession");
      before.add(one);
      successor = one.shown();
      next = one.issue();
    }
    return before;
  }

  private static Set<String> plus(Set<String> more) {
    Set<String> all = new java.util.HashSet<>(KEYS);
    all.addAll(more);
    return all;
  }

  /** Reads the public keys, and checks the certificate. */
  static PublicIdentity keys(Fields fields) {
    String site = Fields.site(fields.text("site"));
    PublicIdentity shown =
        new PublicIdentity(
            site,
            fields.octets("certificate"),
            fields.octets("ed25519", 32),
            fields.octets("xWing", 1216));
    if (!site.equals(SelfSigned.siteOf(shown.certificate()))) {
      throw new IllegalArgumentException(
          "BG-IDENT-001 an identity's certificate names its site: site=" + site);
    }
    return shown;
  }

  static String lineage(Fields fields) {
    String lineage = fields.text("lineage");
    if (!lineage.matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException("BG-IDENT-001 a lineage is 32 hexadecimal digits");
    }
    return lineage;
  }

  /** The predecessors that the successor of this identity shows. */
  List<Predecessor> andThis(Signatures succession) {
    List<Predecessor> all = new ArrayList<>();
    all.add(new Predecessor(shown, issue, succession));
    all.addAll(before);
    return all.subList(0, Math.min(all.size(), MOST_BEFORE));
  }

  byte[] utf8() {
    return json().getBytes(StandardCharsets.UTF_8);
  }
}
