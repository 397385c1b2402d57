package io.bellgate.nodekeys;

import io.bellgate.api.bits.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * What an enrolment gives: in the manner of CatKDF of ETSI TS 103 744 V1.2.1 (section 7) with HKDF
 * and SHA-256. {@code part(x)} is the length of x in 4 octets and x:
 *
 * <pre>
 * secret  = present key | X25519 secret (32) | ML-KEM secret (32)
 * context = SHA-256(part(info) | part(message A) | part(message B))
 * info    = part(suite) | part(node) | part(present identity)
 * next key (32) | confirmation key (32) = Expand(Extract("bellgate enrol 1", secret), context, 64)
 * MAC     = first 16 octets of HMAC(confirmation key, "gateway" or "node" | context)
 * </pre>
 *
 * <p>We deviate from the standard in the lengths before messages, which it counts in hexadecimal
 * digits, and in what the info holds. The present key stands first and the others have fixed
 * lengths, so no two secrets give the same input.
 *
 * <p>Security: the next key is unknown to whoever lacks one of the three secrets. Who knows the
 * present key and only listens lacks two; who knows it and stands in between has all three.
 */
public final class Enrolment implements AutoCloseable {
  /** Octets of a MAC. */
  public static final int MAC_OCTETS = 16;

  private static final int KEY_OCTETS = 32;
  private static final byte[] LABEL = "bellgate enrol 1".getBytes(StandardCharsets.US_ASCII);

  private final byte[] context;
  private final Secret key;
  private final Secret confirmation;

  /**
   * The two ends before the exchange.
   *
   * @param present key of the node; lent
   * @param node its ID
   * @param identity of the present key
   */
  public record Before(Secret present, String node, String identity) {}

  /**
   * The gateway's end.
   *
   * @param answer to be sent
   * @param enrolment what it gives, which the caller owns
   */
  public record Answered(EnrolAnswer answer, Enrolment enrolment) {}

  private Enrolment(byte[] context, Secret key, Secret confirmation) {
    this.context = context;
    this.key = key;
    this.confirmation = confirmation;
  }

  /**
   * The gateway's part of the exchange, which does not need the present key; its secrets are used
   * once.
   *
   * @param answer without a MAC
   */
  public record Share(EnrolAnswer answer, Secret x25519, Secret kem) implements AutoCloseable {
    /** What it gives with the present key. */
    public Answered join(Before before, EnrolRequest request) {
      Enrolment made = derive(before, x25519, kem, request, answer);
      return new Answered(answer.with(made.mac("gateway")), made);
    }

    @Override
    public void close() {
      x25519.destroy();
      kem.destroy();
    }
  }

  /**
   * Answers a node.
   *
   * @param kem provider of ML-KEM
   * @param x25519 provider of X25519
   * @param generation of the key that is agreed on
   * @param identity of it
   * @return which the caller closes
   * @throws GeneralSecurityException if what the node sent are no keys
   */
  public static Share answer(
      EnrolRequest request,
      Provider kem,
      Provider x25519,
      SecureRandom random,
      int generation,
      String identity)
      throws GeneralSecurityException {
    try (Secret own = X25519.generate(random)) {
      byte[] share = X25519.publicValue(x25519, own);
      MlKem.Encapsulated made =
          MlKem.encapsulate(request.suite(), kem, request.encapsulationKey(), random);
      Secret agreed;
      try {
        agreed = X25519.agree(x25519, own, request.x25519());
      } catch (GeneralSecurityException allZero) {
        made.secret().destroy();
        throw allZero;
      }
      EnrolAnswer answer =
          new EnrolAnswer(
              request.suite(), share, made.ciphertext(), generation, identity, new byte[0]);
      return new Share(answer, agreed, made.secret());
    } catch (IllegalArgumentException malformed) {
      throw new InvalidKeyException("no key of " + request.suite(), malformed);
    }
  }

  static Enrolment derive(
      Before before, Secret x25519, Secret kem, EnrolRequest request, EnrolAnswer answer) {
    byte[] context =
        Hkdf.hash(
            part(
                part(text(request.suite().toString())),
                part(text(before.node())),
                part(text(before.identity()))),
            part(request.encode()),
            part(answer.message()));
    byte[] prk =
        before.present().lend(p -> x25519.lend(x -> kem.lend(k -> Hkdf.extract(LABEL, p, x, k))));
    byte[] output = Hkdf.expand(prk, context, 2 * KEY_OCTETS);
    Arrays.fill(prk, (byte) 0);
    try (Secret both = Secret.absorb(output)) {
      return new Enrolment(context, both.part(0, KEY_OCTETS), both.part(KEY_OCTETS, KEY_OCTETS));
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] part(byte[]... octets) {
    int length = Arrays.stream(octets).mapToInt(o -> o.length).sum();
    ByteBuffer part = ByteBuffer.allocate(4 + length).putInt(length);
    Arrays.stream(octets).forEach(part::put);
    return part.array();
  }

  private byte[] mac(String end) {
    return confirmation.lend(k -> Arrays.copyOf(Hkdf.hmac(k, text(end), context), MAC_OCTETS));
  }

  /** The node's word that it has the key. */
  byte[] nodeMac() {
    return mac("node");
  }

  /** Whether the node has shown that it has the key; in constant time. */
  public boolean confirmedBy(EnrolConfirmation word) {
    return MessageDigest.isEqual(nodeMac(), word.mac());
  }

  /** Whether the gateway has shown that it has the key; in constant time. */
  boolean confirmedBy(EnrolAnswer answer) {
    return MessageDigest.isEqual(mac("gateway"), answer.mac());
  }

  /** A copy of the next key, which the caller owns. */
  public Secret key() {
    return key.part(0, KEY_OCTETS);
  }

  @Override
  public void close() {
    key.destroy();
    confirmation.destroy();
  }
}
