package io.bellgate.keys.pqc.vectors;

import jakarta.json.JsonObject;
import java.util.Map;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.crypto.kems.MLKEMExtractor;
import org.bouncycastle.crypto.kems.MLKEMGenerator;
import org.bouncycastle.crypto.params.MLKEMParameters;
import org.bouncycastle.crypto.params.MLKEMPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLKEMPublicKeyParameters;

/** ML-KEM (FIPS 203). Stateless. */
final class MlKemVectors {
  private static final Map<String, MLKEMParameters> SETS =
      Map.of(
          "ML-KEM-512", MLKEMParameters.ml_kem_512,
          "ML-KEM-768", MLKEMParameters.ml_kem_768,
          "ML-KEM-1024", MLKEMParameters.ml_kem_1024);

  private MlKemVectors() {}

  private static MLKEMParameters set(JsonObject group) {
    return SETS.get(group.getString("parameterSet"));
  }

  private static byte[] decapsulated(MLKEMParameters set, byte[] key, byte[] ciphertext) {
    return new MLKEMExtractor(new MLKEMPrivateKeyParameters(set, key)).extractSecret(ciphertext);
  }

  private static boolean encapsulates(
      MLKEMParameters set, byte[] key, byte[] m, byte[] ciphertext, byte[] secret) {
    SecretWithEncapsulation made =
        MLKEMGenerator.internalGenerateEncapsulated(new MLKEMPublicKeyParameters(set, key), m);
    return Tally.same(ciphertext, made.getEncapsulation()) && Tally.same(secret, made.getSecret());
  }

  private static boolean generates(MLKEMParameters set, byte[] seed, byte[] ek, byte[] dk) {
    if (seed.length != 64) {
      return false;
    }
    MLKEMPrivateKeyParameters made = new MLKEMPrivateKeyParameters(set, seed);
    byte[] expanded = made.withPreferredFormat(MLKEMPrivateKeyParameters.EXPANDED_KEY).getEncoded();
    return Tally.same(ek, made.getPublicKey()) && (dk.length == 0 || Tally.same(dk, expanded));
  }

  /** Decapsulation from a seed; the sizes are ours to check, as the peer service does. */
  static void decapsulation(JsonObject file, Tally tally) {
    tally.wycheproof(
        file,
        group -> {
          MLKEMParameters set = set(group);
          return test -> {
            byte[] seed = Fields.octets(test, "seed");
            byte[] key = seed.length == 64 ? seed : new byte[0];
            return Tally.same(
                Fields.octets(test, "K"), decapsulated(set, key, Fields.octets(test, "c")));
          };
        });
  }

  static void encapsulation(JsonObject file, Tally tally) {
    tally.wycheproof(
        file,
        group -> {
          MLKEMParameters set = set(group);
          return test -> encapsulates(set, test);
        });
  }

  private static boolean encapsulates(MLKEMParameters set, JsonObject test) {
    boolean published = test.containsKey("K");
    if (!published) { // a malformed key: any answer is one too many
      MLKEMGenerator.internalGenerateEncapsulated(
          new MLKEMPublicKeyParameters(set, Fields.octets(test, "ek")), Fields.octets(test, "m"));
      return true;
    }
    return encapsulates(
        set,
        Fields.octets(test, "ek"),
        Fields.octets(test, "m"),
        Fields.octets(test, "c"),
        Fields.octets(test, "K"));
  }

  static void generation(JsonObject file, Tally tally) {
    tally.wycheproof(
        file,
        group -> {
          MLKEMParameters set = set(group);
          return test ->
              generates(
                  set,
                  Fields.octets(test, "seed"),
                  Fields.octets(test, "ek"),
                  Fields.octets(test, "dk"));
        });
  }

  /** Expanded keys; this gateway takes only seeds, the library is tried. */
  static void expanded(JsonObject file, Tally tally) {
    tally.wycheproof(
        file,
        group -> {
          MLKEMParameters set = set(group);
          return test -> {
            byte[] secret = decapsulated(set, Fields.octets(test, "dk"), Fields.octets(test, "c"));
            return !test.containsKey("K") || Tally.same(Fields.octets(test, "K"), secret);
          };
        });
  }

  /** C2SP CCTV: comparison of a whole ciphertext, and matrices that need many octets of SHAKE. */
  static void cctv(JsonObject file, Tally tally) {
    for (String kind : new String[] {"strcmp", "unluckysample"}) {
      file.getJsonObject(kind)
          .forEach(
              (name, value) -> {
                JsonObject test = value.asJsonObject();
                byte[] secret = Fields.octets(test, "K");
                byte[] c = Fields.octets(test, "c");
                tally.accepted(
                    kind + " " + name,
                    () ->
                        Tally.same(
                            secret, decapsulated(SETS.get(name), Fields.octets(test, "dk"), c)));
                if (test.containsKey("m")) {
                  tally.accepted(
                      kind + " encaps " + name,
                      () ->
                          encapsulates(
                              SETS.get(name),
                              Fields.octets(test, "ek"),
                              Fields.octets(test, "m"),
                              c,
                              secret));
                }
              });
    }
  }

  /** C2SP CCTV: coefficients that are not reduced (FIPS 203, section 7.2). */
  static void modulus(JsonObject file, Tally tally) {
    file.getJsonArray("ek")
        .getValuesAs(jakarta.json.JsonString.class)
        .forEach(
            key ->
                tally.refused(
                    tally.cases(),
                    () -> {
                      MLKEMGenerator.internalGenerateEncapsulated(
                          new MLKEMPublicKeyParameters(
                              MLKEMParameters.ml_kem_768,
                              java.util.HexFormat.of().parseHex(key.getString())),
                          new byte[32]);
                      return true;
                    }));
  }

  /** NIST ACVP. */
  static void acvp(JsonObject file, Tally tally) {
    file.forEach(
        (title, tests) -> {
          MLKEMParameters set = SETS.get(title.substring(0, title.indexOf(' ')));
          for (JsonObject test : tests.asJsonArray().getValuesAs(JsonObject.class)) {
            tally.accepted(title + " " + tally.cases(), () -> acvp(set, title, test));
          }
        });
  }

  private static boolean acvp(MLKEMParameters set, String title, JsonObject test) {
    if (title.endsWith("keyGen")) {
      byte[] seed = Fields.joined(Fields.octets(test, "d"), Fields.octets(test, "z"));
      return generates(set, seed, Fields.octets(test, "ek"), Fields.octets(test, "dk"));
    }
    byte[] c = Fields.octets(test, "c");
    byte[] secret = Fields.octets(test, "k");
    return title.endsWith("encaps")
        ? encapsulates(set, Fields.octets(test, "ek"), Fields.octets(test, "m"), c, secret)
        : Tally.same(secret, decapsulated(set, Fields.octets(test, "dk"), c));
  }
}
