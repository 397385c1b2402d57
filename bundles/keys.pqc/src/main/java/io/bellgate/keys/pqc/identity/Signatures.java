package io.bellgate.keys.pqc.identity;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.keys.SiteIdentity.Family;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Set;

/**
 * What an identity signed: one signature of each family over the same octets. Both must verify.
 *
 * @param mlDsa65 ML-DSA-65 with an empty context (FIPS 204), 3,309 octets
 * @param ed25519 Ed25519 (RFC 8032), 64 octets
 */
record Signatures(byte[] mlDsa65, byte[] ed25519) {
  static Signatures by(OwnKeys keys, byte[] message, RandomBits random) {
    return new Signatures(
        keys.sign(Family.ML_DSA_65, message, random), keys.sign(Family.ED25519, message, random));
  }

  /**
   * Verifies both.
   *
   * @param what for the error
   * @throws IllegalArgumentException naming the family whose signature is not the signer's
   */
  void check(PublicIdentity signer, byte[] message, String what) {
    check(
        what,
        "ML-DSA-65",
        SigningKey.verifies(SelfSigned.keyOf(signer.certificate()), message, mlDsa65));
    check(what, "Ed25519", OwnKeys.verifiesEd25519(signer.ed25519(), message, ed25519));
  }

  private static void check(String what, String family, boolean verifies) {
    if (!verifies) {
      throw new IllegalArgumentException(
          "BG-IDENT-004 " + what + " is signed with both keys: wrong=" + family);
    }
  }

  JsonObjectBuilder json() {
    return Fields.object()
        .add("ML-DSA-65", Fields.base64(mlDsa65))
        .add("Ed25519", Fields.base64(ed25519));
  }

  static Signatures of(JsonObject json) {
    Fields fields = new Fields(json, Set.of("ML-DSA-65", "Ed25519"));
    return new Signatures(fields.octets("ML-DSA-65", 3309), fields.octets("Ed25519", 64));
  }
}
