package io.bellgate.keys.pqc.registry;

import io.bellgate.api.crypto.Algorithm.Primitive;
import io.bellgate.api.crypto.Algorithm.Status;
import java.util.ArrayList;
import java.util.List;

/**
 * What the registry knows. Code points: the object identifiers of the standards, IANA's registries
 * for TLS, COSE and HPKE. Categories: as the standards of NIST say; LMS has none there, it gets
 * that of SHA-256.
 */
final class Catalogue {
  /** The name of the experimental one. */
  static final String HQC = "HQC-128";

  private static final String NIST = "OID 2.16.840.1.101.3.4.";

  private Catalogue() {}

  static List<Entry> all() {
    List<Entry> all = new ArrayList<>();
    all.addAll(kems());
    all.addAll(agreements());
    all.addAll(signatures());
    all.addAll(symmetric());
    return List.copyOf(all);
  }

  private static Entry mlKem(int set, String codes, int level, int keyOctets) {
    String name = "ML-KEM-" + set;
    return Entry.single(
        name,
        codes,
        Primitive.KEM,
        level,
        "KeyPairGenerator." + name,
        new KemTrial(name, name, "ML-KEM", keyOctets),
        Source.JDK,
        Source.BOUNCY_CASTLE);
  }

  private static List<Entry> kems() {
    return List.of(
        mlKem(512, NIST + "4.1, TLS group 0x0200", 1, 800),
        mlKem(768, NIST + "4.2, TLS group 0x0201", 3, 1184),
        mlKem(1024, NIST + "4.3, TLS group 0x0202", 5, 1568),
        Entry.joined("X25519MLKEM768", "TLS group 0x11EC", 3, "ML-KEM-768", "X25519"),
        Entry.joined("SecP384r1MLKEM1024", "TLS group 0x11ED", 5, "ML-KEM-1024", "P-384"),
        Entry.single(
            "X-Wing",
            "HPKE KEM 0x647A, OID 1.3.6.1.4.1.62253.25722",
            Primitive.KEM,
            3,
            "KeyPairGenerator.X-WING",
            new KemTrial("X-Wing", "X-WING", "X-WING", 1216),
            Source.BOUNCY_CASTLE),
        Entry.single(
                HQC,
                "none: draft",
                Primitive.KEM,
                1,
                "KeyPairGenerator.HQC",
                new HqcTrial(),
                Source.EXPERIMENTAL)
            .normally(Status.DISABLED));
  }

  private static List<Entry> agreements() {
    return List.of(
        Entry.single(
            "X25519",
            "OID 1.3.101.110, TLS group 0x001D",
            Primitive.KEY_AGREEMENT,
            0,
            "KeyAgreement.X25519",
            new X25519Trial(),
            Source.BOUNCY_CASTLE,
            Source.JDK),
        Entry.single(
            "P-384",
            "OID 1.3.132.0.34, TLS group 0x0018",
            Primitive.KEY_AGREEMENT,
            0,
            "AlgorithmParameters.EC",
            new P384Trial(),
            Source.JDK,
            Source.BOUNCY_CASTLE));
  }

  private static Entry mlDsa(int set, String codes, int level, int keyOctets) {
    String name = "ML-DSA-" + set;
    return Entry.single(
        name,
        codes,
        Primitive.SIGNATURE,
        level,
        "Signature." + name,
        new SignatureTrial(name, name, keyOctets),
        Source.JDK,
        Source.BOUNCY_CASTLE);
  }

  private static Entry slhDsa(String set, String code, int level, int keyOctets) {
    String name = "SLH-DSA-" + set;
    return Entry.single(
        name,
        NIST + code,
        Primitive.SIGNATURE,
        level,
        "Signature." + name,
        new SignatureTrial(name, name, keyOctets),
        Source.BOUNCY_CASTLE);
  }

  private static List<Entry> signatures() {
    return List.of(
        mlDsa(44, NIST + "3.17, TLS signature 0x0904, COSE -48", 2, 1312),
        mlDsa(65, NIST + "3.18, TLS signature 0x0905, COSE -49", 3, 1952),
        mlDsa(87, NIST + "3.19, TLS signature 0x0906, COSE -50", 5, 2592),
        slhDsa("SHA2-128s", "3.20", 1, 32),
        slhDsa("SHA2-192s", "3.22", 3, 48),
        slhDsa("SHA2-256s", "3.24", 5, 64),
        Entry.single(
                "LMS",
                "OID 1.2.840.113549.1.9.16.3.17, COSE -46",
                Primitive.SIGNATURE,
                2,
                "Signature.LMS",
                new LmsTrial(),
                Source.BOUNCY_CASTLE)
            .normally(Status.ACCEPT_ONLY),
        Entry.single(
            "Ed25519",
            "OID 1.3.101.112, TLS signature 0x0807, COSE -8",
            Primitive.SIGNATURE,
            0,
            "Signature.Ed25519",
            new Ed25519Trial(),
            Source.BOUNCY_CASTLE,
            Source.JDK));
  }

  private static List<Entry> symmetric() {
    return List.of(
        Entry.single(
            "AES-256-GCM",
            NIST + "1.46, COSE 3, HPKE AEAD 0x0002",
            Primitive.AEAD,
            5,
            "Cipher.AES/GCM/NoPadding",
            new GcmTrial(),
            Source.JDK,
            Source.BOUNCY_CASTLE),
        mac(256, "OID 1.2.840.113549.2.9, COSE 5", 5),
        mac(384, "OID 1.2.840.113549.2.10, COSE 6", 5),
        hkdf(256, "OID 1.2.840.113549.1.9.16.3.28, HPKE KDF 0x0001", 5),
        hkdf(384, "OID 1.2.840.113549.1.9.16.3.29, HPKE KDF 0x0002", 5),
        hash(256, NIST + "2.1, COSE -16", 2),
        hash(384, NIST + "2.2, COSE -43", 4),
        hash(512, NIST + "2.3, COSE -44", 5));
  }

  private static Entry mac(int hash, String codes, int level) {
    String name = "HMAC-SHA-" + hash;
    String jca = "HmacSHA" + hash;
    return Entry.single(
        name,
        codes,
        Primitive.MAC,
        level,
        "Mac." + jca,
        new MacTrial(name, jca),
        Source.JDK,
        Source.BOUNCY_CASTLE);
  }

  private static Entry hkdf(int hash, String codes, int level) {
    return Entry.single(
        "HKDF-SHA-" + hash,
        codes,
        Primitive.KDF,
        level,
        "Mac.HmacSHA" + hash,
        new HkdfTrial(hash),
        Source.JDK,
        Source.BOUNCY_CASTLE);
  }

  private static Entry hash(int bits, String codes, int level) {
    String name = "SHA-" + bits;
    return Entry.single(
        name,
        codes,
        Primitive.HASH,
        level,
        "MessageDigest." + name,
        new HashTrial(name),
        Source.JDK,
        Source.BOUNCY_CASTLE);
  }
}
