package io.bellgate.keys.pqc;

import io.bellgate.api.bits.Secret;
import java.security.SecureRandom;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;

/** X25519 (RFC 7748). A peer's value that leads to the all-zero result is refused (section 6.1). */
final class X25519 implements Kem {
  private static final int OCTETS = 32;

  @Override
  public int offerOctets() {
    return OCTETS;
  }

  @Override
  public int replyOctets() {
    return OCTETS;
  }

  @Override
  public Offered offer(SecureRandom random) {
    X25519PrivateKeyParameters own = new X25519PrivateKeyParameters(random);
    byte[] offer = own.generatePublicKey().getEncoded();
    return new Offered() {
      @Override
      public byte[] offer() {
        return offer;
      }

      @Override
      public Secret secret(byte[] reply) {
        return agree(own, reply);
      }
    };
  }

  @Override
  public Replied reply(byte[] offer, SecureRandom random) {
    X25519PrivateKeyParameters own = new X25519PrivateKeyParameters(random);
    return new Replied(own.generatePublicKey().getEncoded(), agree(own, offer));
  }

  private static Secret agree(X25519PrivateKeyParameters own, byte[] peers) {
    byte[] result = new byte[OCTETS];
    try {
      own.generateSecret(new X25519PublicKeyParameters(peers), result, 0);
    } catch (IllegalStateException allZero) {
      throw new IllegalArgumentException("X25519 must not give zero", allZero);
    }
    int any = 0;
    for (byte octet : result) {
      any |= octet;
    }
    if (any == 0) {
      throw new IllegalArgumentException("X25519 must not give zero");
    }
    return Secret.absorb(result);
  }
}
