package io.bellgate.keys.pqc.identity;

import io.bellgate.api.entropy.RandomBits;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The word of an identity's owner, in a file {@code SITE.revocation}, that this identity and those
 * before it must not be trusted any more.
 *
 * @param identity which
 * @param proof over {@link #statement}, with its keys
 */
record Revocation(IdentityFile identity, Signatures proof) {
  private static final int VERSION = 2;

  static Revocation sign(OwnIdentity own, RandomBits random) {
    return new Revocation(own.file(), Signatures.by(own.keys(), statement(own.file()), random));
  }

  private static byte[] statement(IdentityFile identity) {
    return new Octets("bellgate identity revocation 2")
        .add(identity.site())
        .add(identity.lineage())
        .add(identity.issue())
        .add(identity.fingerprint().hex())
        .all();
  }

  String json() {
    return Fields.pretty(
        Json.createObjectBuilder()
            .add("version", VERSION)
            .add("kind", "revocation")
            .add("identity", Fields.parse(identity.utf8()))
            .add("proof", proof.json())
            .build());
  }

  byte[] utf8() {
    return json().getBytes(StandardCharsets.UTF_8);
  }

  static boolean is(JsonObject json) {
    return json.containsKey("kind") && json.get("kind").toString().equals("\"revocation\"");
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it is none, or not signed with both keys
   */
  static Revocation parse(JsonObject json) {
    Fields fields = Fields.versioned(json, VERSION, Set.of("identity", "proof"));
    Revocation read =
        new Revocation(
            IdentityFile.parse(fields.object("identity")), Signatures.of(fields.object("proof")));
    read.proof().check(read.identity().shown(), statement(read.identity()), "a revocation");
    return read;
  }
}
