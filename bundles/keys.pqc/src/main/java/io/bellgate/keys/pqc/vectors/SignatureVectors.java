package io.bellgate.keys.pqc.vectors;

import io.bellgate.keys.pqc.registry.FixedRandom;
import jakarta.json.JsonObject;
import java.security.Provider;
import java.util.Base64;
import java.util.Map;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithContext;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.params.SLHDSAParameters;
import org.bouncycastle.crypto.params.SLHDSAPublicKeyParameters;
import org.bouncycastle.crypto.signers.MLDSASigner;
import org.bouncycastle.crypto.signers.SLHDSASigner;

/** ML-DSA (FIPS 204), SLH-DSA (FIPS 205), LMS (RFC 8554). Stateless. */
final class SignatureVectors {
  private static final Map<String, MLDSAParameters> ML_DSA =
      Map.of("ML-DSA-65", MLDSAParameters.ml_dsa_65, "ML-DSA-87", MLDSAParameters.ml_dsa_87);
  private static final Map<String, SLHDSAParameters> SLH_DSA =
      Map.of(
          "SLH-DSA-SHA2-128s", SLHDSAParameters.sha2_128s,
          "SLH-DSA-SHA2-192s", SLHDSAParameters.sha2_192s,
          "SLH-DSA-SHAKE-128f", SLHDSAParameters.shake_128f);

  private SignatureVectors() {}

  private static MLDSASigner signer(boolean sign, CipherParameters key, byte[] context) {
    MLDSASigner signer = new MLDSASigner();
    signer.init(sign, new ParametersWithContext(key, context));
    return signer;
  }

  private static boolean verifies(
      MLDSAPublicKeyParameters key, byte[] context, byte[] message, byte[] signature) {
    MLDSASigner verifier = signer(false, key, context);
    verifier.update(message, 0, message.length);
    return verifier.verifySignature(signature);
  }

  static void verification(JsonObject file, Tally tally) {
    MLDSAParameters set = ML_DSA.get(file.getString("algorithm"));
    tally.wycheproof(
        file,
        group ->
            test ->
                verifies(
                    new MLDSAPublicKeyParameters(set, Fields.octets(group, "publicKey")),
                    Fields.octets(test, "ctx"),
                    Fields.octets(test, "msg"),
                    Fields.octets(test, "sig")));
  }

  /** Signatures from a seed, most deterministic, some from mu. */
  static void signing(JsonObject file, Tally tally) {
    MLDSAParameters set = ML_DSA.get(file.getString("algorithm"));
    tally.wycheproof(
        file,
        group -> {
          byte[] seed = Fields.octets(group, "privateSeed");
          return test ->
              seed.length == 32
                  && Tally.same(
                      Fields.octets(test, "sig"),
                      signed(new MLDSAPrivateKeyParameters(set, seed), test));
        });
  }

  private static byte[] signed(MLDSAPrivateKeyParameters key, JsonObject test)
      throws CryptoException {
    // without random octets it is deterministic
    CipherParameters own =
        test.containsKey("rnd")
            ? new ParametersWithRandom(key, new FixedRandom(Fields.octets(test, "rnd")))
            : key;
    MLDSASigner signer = signer(true, own, Fields.octets(test, "ctx"));
    if (Fields.flagged(test, "Internal")) {
      return signer.generateMuSignature(Fields.octets(test, "mu"));
    }
    byte[] message = Fields.octets(test, "msg");
    signer.update(message, 0, message.length);
    return signer.generateSignature();
  }

  /** NIST ACVP; signatures are those of the internal interface: mu = SHAKE256(tr || M, 64). */
  static void mlDsaAcvp(JsonObject file, Tally tally) {
    file.forEach(
        (title, tests) -> {
          for (JsonObject test : tests.asJsonArray().getValuesAs(JsonObject.class)) {
            MLDSAParameters set = ML_DSA.get(test.getString("parameterSet"));
            boolean good = !test.getString("testPassed", "true").equalsIgnoreCase("false");
            tally.judged(good, title + " " + test.getString("tcId"), () -> acvp(set, title, test));
          }
        });
  }

  private static boolean acvp(MLDSAParameters set, String title, JsonObject test)
      throws CryptoException {
    if (title.contains("keyGen")) {
      MLDSAPrivateKeyParameters made =
          new MLDSAPrivateKeyParameters(set, Fields.octets(test, "seed"));
      return Tally.same(Fields.octets(test, "pk"), made.getPublicKey())
          && Tally.same(
              Fields.octets(test, "sk"),
              made.withPreferredFormat(MLDSAPrivateKeyParameters.EXPANDED_KEY).getEncoded());
    }
    byte[] message = Fields.octets(test, "message");
    byte[] signature = Fields.octets(test, "signature");
    if (title.contains("sigGen")) {
      MLDSAPrivateKeyParameters key = new MLDSAPrivateKeyParameters(set, Fields.octets(test, "sk"));
      byte[] mu = mu(key.getTr(), message);
      return Tally.same(signature, signer(true, key, new byte[0]).generateMuSignature(mu));
    }
    byte[] octets = Fields.octets(test, "pk");
    MLDSAPublicKeyParameters key = new MLDSAPublicKeyParameters(set, octets);
    byte[] tr = shake(octets);
    return signer(false, key, new byte[0]).verifyMuSignature(mu(tr, message), signature);
  }

  private static byte[] mu(byte[] tr, byte[] message) {
    return shake(Fields.joined(tr, message));
  }

  private static byte[] shake(byte[] input) {
    SHAKEDigest shake = new SHAKEDigest(256);
    shake.update(input, 0, input.length);
    byte[] out = new byte[64];
    shake.doFinal(out, 0, out.length);
    return out;
  }

  /** The internal interface, which the library does not show. */
  private static final class Internal extends SLHDSASigner {
    boolean verifies(SLHDSAPublicKeyParameters key, byte[] message, byte[] signature) {
      init(false, key);
      return internalVerifySignature(message, signature);
    }
  }

  static void slhDsaAcvp(JsonObject file, Tally tally) {
    file.forEach(
        (title, tests) -> {
          SLHDSAParameters set = SLH_DSA.get(title.substring(0, title.indexOf(' ')));
          for (JsonObject test : tests.asJsonArray().getValuesAs(JsonObject.class)) {
            byte[] key = Fields.octets(test, "pk");
            String id = title + " " + tally.cases();
            if (title.endsWith("keyGen")) {
              tally.accepted(id, () -> Tally.same(key, SlhDsaKey.from(set, test)));
            } else {
              tally.judged(
                  test.getString("testPassed").equalsIgnoreCase("true"),
                  id,
                  () ->
                      new Internal()
                          .verifies(
                              new SLHDSAPublicKeyParameters(set, key),
                              Fields.octets(test, "message"),
                              Fields.octets(test, "signature")));
            }
          }
        });
  }

  /** HSS with two levels, the last level alone, and each with one bit changed. */
  static void lms(JsonObject file, Tally tally) {
    Provider provider = new org.bouncycastle.jce.provider.BouncyCastleProvider();
    file.forEach(
        (title, value) -> {
          JsonObject test = value.asJsonObject();
          byte[] key =
              Fields.octets(test, test.containsKey("Public key") ? "Public key" : "Public Key");
          lms(provider, tally, title, key, test, Fields.octets(test, "Signature"));
          if (test.containsKey("LMS public key")) {
            byte[] one =
                Fields.joined(new byte[] {0, 0, 0, 1}, Fields.octets(test, "LMS public key"));
            byte[] signature = Fields.joined(new byte[4], Fields.octets(test, "LMS signature"));
            lms(provider, tally, title + " last level", one, test, signature);
          }
        });
  }

  private static void lms(
      Provider provider, Tally tally, String id, byte[] key, JsonObject test, byte[] signature) {
    byte[] message = Fields.octets(test, "Message");
    tally.accepted(id, () -> HssKey.verifies(provider, key, message, signature));
    byte[] changed = signature.clone();
    changed[changed.length / 3] ^= 4;
    tally.refused(id + " changed", () -> HssKey.verifies(provider, key, message, changed));
    byte[] longer = java.util.Arrays.copyOf(signature, signature.length + 1);
    tally.refused(id + " longer", () -> HssKey.verifies(provider, key, message, longer));
  }

  /** The pure ML-DSA of the composite set; composites are not used here: two signatures are. */
  static void pureOfComposites(JsonObject file, Tally tally) {
    byte[] message = Base64.getDecoder().decode(file.getString("m"));
    byte[] context = Base64.getDecoder().decode(file.getString("ctx"));
    Fields.objects(file, "tests")
        .filter(t -> ML_DSA.containsKey(t.getString("tcId").substring(3)))
        .forEach(
            test -> {
              String name = test.getString("tcId").substring(3);
              MLDSAPublicKeyParameters key =
                  new MLDSAPublicKeyParameters(
                      ML_DSA.get(name), Base64.getDecoder().decode(test.getString("pk")));
              byte[] plain = Base64.getDecoder().decode(test.getString("s"));
              byte[] bound = Base64.getDecoder().decode(test.getString("sWithContext"));
              tally.accepted(name, () -> verifies(key, new byte[0], message, plain));
              tally.accepted(name + " context", () -> verifies(key, context, message, bound));
              tally.refused(name + " no context", () -> verifies(key, new byte[0], message, bound));
            });
  }
}
