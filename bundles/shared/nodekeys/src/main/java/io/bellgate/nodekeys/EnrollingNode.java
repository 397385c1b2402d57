package io.bellgate.nodekeys;

import io.bellgate.api.bits.Secret;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Provider;
import java.security.SecureRandom;

/** The node's end of one enrolment. Used once, by one thread. */
public final class EnrollingNode implements AutoCloseable {
  private final Provider kem;
  private final Provider x25519;
  private final KeyPair pair;
  private final Secret own;
  private final EnrolRequest request;

  /**
   * What the node has from now on, if the gateway takes its word.
   *
   * @param key 32 octets, which the caller owns
   * @param identity of it
   * @param generation of it
   * @param word to be sent
   */
  public record Enrolled(Secret key, String identity, int generation, EnrolConfirmation word) {}

  /**
   * Draws fresh keys.
   *
   * @param kem provider of ML-KEM
   * @param x25519 provider of X25519
   * @param random where keys come from
   */
  public EnrollingNode(EnrolSuite suite, Provider kem, Provider x25519, SecureRandom random)
      throws GeneralSecurityException {
    this.kem = kem;
    this.x25519 = x25519;
    pair = MlKem.generate(suite, kem, random);
    own = X25519.generate(random);
    request =
        new EnrolRequest(
            suite, X25519.publicValue(x25519, own), MlKem.octets(suite, pair.getPublic()));
  }

  /** What to say first. */
  public EnrolRequest request() {
    return request;
  }

  /**
   * Takes the gateway's answer.
   *
   * @param before the key under which the node asked
   * @throws GeneralSecurityException if the gateway does not show that it has the same key
   */
  public Enrolled finish(Enrolment.Before before, EnrolAnswer answer)
      throws GeneralSecurityException {
    if (answer.suite() != request.suite()) {
      throw new GeneralSecurityException("the answer is of another suite: " + answer.suite());
    }
    try (Secret agreed = X25519.agree(x25519, own, answer.x25519());
        Secret secret = MlKem.decapsulate(kem, pair.getPrivate(), answer.ciphertext());
        Enrolment made = Enrolment.derive(before, agreed, secret, request, answer)) {
      if (!made.confirmedBy(answer)) {
        throw new GeneralSecurityException("the gateway has not the same key");
      }
      return new Enrolled(
          made.key(),
          answer.identity(),
          answer.generation(),
          new EnrolConfirmation(answer.identity(), made.nodeMac()));
    }
  }

  @Override
  public void close() {
    own.destroy();
  }
}
