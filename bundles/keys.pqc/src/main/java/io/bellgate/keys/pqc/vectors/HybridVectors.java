package io.bellgate.keys.pqc.vectors;

import io.bellgate.keys.pqc.registry.FixedRandom;
import io.bellgate.keys.pqc.registry.Hkdf;
import io.bellgate.keys.pqc.registry.JcaKem;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Provider;
import java.util.Arrays;
import java.util.HexFormat;

/** Combiners: X-Wing, and those of ETSI TS 103 744 with HKDF. Stateless. */
final class HybridVectors {
  private static final byte[] INFO =
      "ETSI_QSHKE_TEST_VECTORS_V_1_2".getBytes(StandardCharsets.US_ASCII);

  private HybridVectors() {}

  /** draft-connolly-cfrg-xwing-kem, Appendix C. */
  static void xWing(JsonArray tests, Provider provider, Tally tally) {
    for (JsonObject test : tests.getValuesAs(JsonObject.class)) {
      tally.accepted(
          tally.cases(), () -> xWing(provider, test, "eseed", Fields.octets(test, "ss")));
    }
  }

  /**
   * draft-irtf-cfrg-hybrid-kems, an expired revision: key and ciphertext are those of X-Wing, the
   * combiner is another one, which nothing here uses.
   */
  static void kitchenSink(JsonArray tests, Provider provider, Tally tally) {
    for (JsonObject test : tests.getValuesAs(JsonObject.class)) {
      tally.accepted(tally.cases(), () -> xWing(provider, test, "randomness", null));
    }
  }

  private static boolean xWing(Provider provider, JsonObject test, String random, byte[] secret)
      throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("X-WING", provider);
    generator.initialize(256, new FixedRandom(Fields.octets(test, "seed")));
    KeyPair pair = generator.generateKeyPair();
    byte[] encoded = pair.getPublic().getEncoded();
    byte[] key = Arrays.copyOfRange(encoded, encoded.length - 1216, encoded.length);
    byte[] ciphertext = Fields.octets(test, "ct");
    JcaKem.Encapsulated made =
        JcaKem.encapsulate(
            "X-WING", provider, pair.getPublic(), new FixedRandom(Fields.octets(test, random)));
    byte[] back = JcaKem.decapsulate("X-WING", provider, pair.getPrivate(), ciphertext);
    return Tally.same(Fields.octets(test, "pk"), key)
        && Tally.same(ciphertext, made.ciphertext())
        && Tally.same(made.secret(), back)
        && (secret == null || Tally.same(secret, back));
  }

  /** ETSI TS 103 744 V1.2.1: CatKDF and CasKDF. */
  static void etsi(JsonObject file, Provider provider, Tally tally) {
    Fields.objects(file, "catkdf")
        .forEach(t -> tally.accepted(t.getString("title"), () -> concatenated(provider, t)));
    Fields.objects(file, "caskdf")
        .forEach(
            t -> tally.accepted(t.getString("title"), () -> cascaded(provider, t, label(file, t))));
  }

  private static int hash(JsonObject test) {
    return Integer.parseInt(test.getString("hash").substring(3));
  }

  private static byte[] digest(JsonObject test, byte[] input) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-" + hash(test)).digest(input);
  }

  private static boolean concatenated(Provider provider, JsonObject test)
      throws GeneralSecurityException {
    Hkdf hkdf = new Hkdf(hash(test), provider);
    byte[] context =
        digest(
            test,
            counted(INFO, message(test, "LA", "PA1", "PA2"), message(test, "LB", "PB1", "PB2")));
    byte[] prk =
        hkdf.extract(
            Fields.octets(test, "label"),
            Fields.joined(Fields.octets(test, "k1"), Fields.octets(test, "k2")));
    byte[] okm = Fields.octets(test, "okm");
    return Tally.same(Fields.octets(test, "f_context"), context)
        && Tally.same(okm, hkdf.expand(prk, context, okm.length));
  }

  /** The first round: the label of the second one stands in no published set that is known. */
  private static boolean cascaded(Provider provider, JsonObject test, byte[] label)
      throws GeneralSecurityException {
    Hkdf hkdf = new Hkdf(hash(test), provider);
    byte[] bound =
        digest(
            test,
            counted(
                Fields.octets(test, "k1"),
                message(test, "LA1", "PA1"),
                message(test, "LB1", "PB1")));
    byte[] chain = Fields.octets(test, "chain_secret1");
    byte[] material = Fields.octets(test, "key_material1");
    byte[] prk = hkdf.extract(label, hkdf.mac(new byte[0], bound));
    return Tally.same(
        Fields.joined(chain, material), hkdf.expand(prk, INFO, chain.length + material.length));
  }

  /** A cascade has the label of the concatenation whose suite differs in the last digit. */
  private static byte[] label(JsonObject file, JsonObject cascade) {
    String family = cascade.getString("cid").substring(0, 3);
    return Fields.objects(file, "catkdf")
        .filter(t -> t.getString("cid").startsWith(family))
        .findFirst()
        .map(t -> Fields.octets(t, "label"))
        .orElseThrow();
  }

  /** A message; inside, a length counts hexadecimal digits: so the published answers have it. */
  private static byte[] message(JsonObject test, String... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(HexFormat.of().parseHex(test.getString("cid")));
    for (String field : fields) {
      byte[] octets = Fields.octets(test, field);
      out.writeBytes(ByteBuffer.allocate(4).putInt(2 * octets.length).array());
      out.writeBytes(octets);
    }
    return out.toByteArray();
  }

  private static byte[] counted(byte[]... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] field : fields) {
      out.writeBytes(ByteBuffer.allocate(4).putInt(field.length).array());
      out.writeBytes(field);
    }
    return out.toByteArray();
  }
}
