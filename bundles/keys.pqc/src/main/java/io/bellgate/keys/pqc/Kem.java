package io.bellgate.keys.pqc;

import io.bellgate.api.bits.Secret;
import java.security.SecureRandom;

/**
 * A way for two ends to come to a shared secret in one round: a KEM, or a Diffie-Hellman exchange
 * seen as one. Stateless.
 */
interface Kem {
  /** Octets of what the initiator sends. */
  int offerOctets();

  /** Octets of what the responder sends back. */
  int replyOctets();

  /**
   * Makes a fresh key pair.
   *
   * @return used for one reply, then destroyed
   */
  Offered offer(SecureRandom random);

  /**
   * Answers an offer.
   *
   * @param offer {@link #offerOctets} from outside
   * @throws IllegalArgumentException if it is malformed
   */
  Replied reply(byte[] offer, SecureRandom random);

  /** The initiator's end. */
  interface Offered {
    /** What to send. */
    byte[] offer();

    /**
     * The shared secret, 32 octets.
     *
     * @param reply {@link #replyOctets} from outside
     * @throws IllegalArgumentException if it is malformed
     */
    Secret secret(byte[] reply);
  }

  /**
   * The responder's end.
   *
   * @param reply what to send back
   * @param secret the shared secret, 32 octets, which the caller owns
   */
  record Replied(byte[] reply, Secret secret) {}
}
