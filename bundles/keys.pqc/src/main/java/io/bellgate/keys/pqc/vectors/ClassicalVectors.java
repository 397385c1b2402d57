package io.bellgate.keys.pqc.vectors;

import io.bellgate.keys.pqc.registry.Hkdf;
import io.bellgate.keys.pqc.registry.JcaX25519;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** X25519, Ed25519, AES-GCM and HKDF with the provider that the registry chose. Stateless. */
final class ClassicalVectors {
  private static final byte[] ED25519 = HexFormat.of().parseHex("302a300506032b6570032100");

  private ClassicalVectors() {}

  /**
   * RFC 7748 lets one choose: what gives zeros must be refused here, everything else computed, the
   * point on the twist and the value that is not reduced, too.
   */
  static void x25519(JsonObject file, Provider provider, Tally tally) {
    tally.wycheproof(
        file,
        test -> !Fields.flagged(test, "ZeroSharedSecret"),
        group ->
            test -> {
              byte[] shared = agreed(provider, test);
              return !Tally.same(new byte[32], shared)
                  && Tally.same(Fields.octets(test, "shared"), shared);
            });
  }

  private static byte[] agreed(Provider provider, JsonObject test) throws GeneralSecurityException {
    return JcaX25519.agree(
        provider,
        JcaX25519.privateKey(provider, Fields.octets(test, "private")),
        JcaX25519.publicKey(provider, Fields.octets(test, "public")));
  }

  static void ed25519(JsonObject file, Provider provider, Tally tally) {
    tally.wycheproof(
        file,
        group -> {
          byte[] key = Fields.octets(group.getJsonObject("publicKey"), "pk");
          return test -> verifies(provider, key, test);
        });
  }

  private static boolean verifies(Provider provider, byte[] key, JsonObject test)
      throws GeneralSecurityException {
    java.security.Signature verifier = java.security.Signature.getInstance("Ed25519", provider);
    verifier.initVerify(
        java.security.KeyFactory.getInstance("Ed25519", provider)
            .generatePublic(
                new java.security.spec.X509EncodedKeySpec(Fields.joined(ED25519, key))));
    verifier.update(Fields.octets(test, "msg"));
    return verifier.verify(Fields.octets(test, "sig"));
  }

  /** Decryption; what is valid is encrypted, too, if the provider takes that length of nonce. */
  static void gcm(JsonObject file, Provider provider, Tally tally) {
    tally.wycheproof(
        file,
        group ->
            test -> {
              byte[] message = Fields.octets(test, "msg");
              byte[] sealed = Fields.joined(Fields.octets(test, "ct"), Fields.octets(test, "tag"));
              return Tally.same(message, run(provider, Cipher.DECRYPT_MODE, test, sealed))
                  && Tally.same(sealed, run(provider, Cipher.ENCRYPT_MODE, test, message));
            });
  }

  private static byte[] run(Provider provider, int mode, JsonObject test, byte[] input)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(
        mode,
        new SecretKeySpec(Fields.octets(test, "key"), "AES"),
        new GCMParameterSpec(128, Fields.octets(test, "iv")));
    cipher.updateAAD(Fields.octets(test, "aad"));
    return cipher.doFinal(input);
  }

  static void hkdf(JsonObject file, Provider provider, Tally tally) {
    int hash = file.getString("algorithm").endsWith("256") ? 256 : 384;
    Hkdf hkdf = new Hkdf(hash, provider);
    tally.wycheproof(
        file,
        group ->
            test ->
                Tally.same(
                    Fields.octets(test, "okm"),
                    hkdf.expand(
                        hkdf.extract(Fields.octets(test, "salt"), Fields.octets(test, "ikm")),
                        Fields.octets(test, "info"),
                        test.getInt("size"))));
  }

  /** RFC 5869, Appendix A. */
  static void rfc5869(JsonArray tests, Provider provider, Tally tally) {
    Hkdf hkdf = new Hkdf(256, provider);
    for (JsonObject test : tests.getValuesAs(JsonObject.class)) {
      byte[] prk = hkdf.extract(Fields.octets(test, "salt"), Fields.octets(test, "ikm"));
      byte[] okm = hkdf.expand(prk, Fields.octets(test, "info"), test.getInt("L"));
      tally.accepted(
          test.getString("id"),
          () ->
              Tally.same(Fields.octets(test, "prk"), prk)
                  && Tally.same(Fields.octets(test, "okm"), okm));
    }
  }
}
