package io.bellgate.keys.pqc;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.Algorithm;
import io.bellgate.keys.pqc.registry.BouncyCastle;
import io.bellgate.keys.pqc.registry.JcaX25519;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;

/**
 * X25519 (RFC 7748). A peer's value that leads to the all-zero result is refused (section 6.1).
 * Public values and agreements are made by the provider of the registry, with what its self-test
 * has known answers of; with JCA a public value is the agreement with the base point.
 */
final class X25519 implements Kem {
  private static final int OCTETS = 32;

  private final Provider provider;

  /** As the registry says now. */
  X25519(Algorithm algorithm) {
    provider = algorithm.provider();
  }

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
    byte[] offer = publicValue(own);
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
    return new Replied(publicValue(own), agree(own, offer));
  }

  private byte[] publicValue(X25519PrivateKeyParameters own) {
    try {
      return provider instanceof BouncyCastle
          ? own.generatePublicKey().getEncoded()
          : byJca(own, JcaX25519.BASE);
    } catch (GeneralSecurityException tested) {
      throw new IllegalStateException("X25519 passed its self-test and fails", tested);
    }
  }

  private Secret agree(X25519PrivateKeyParameters own, byte[] peers) {
    byte[] result;
    try {
      result = provider instanceof BouncyCastle ? direct(own, peers) : byJca(own, peers);
    } catch (GeneralSecurityException | IllegalStateException allZero) {
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

  private static byte[] direct(X25519PrivateKeyParameters own, byte[] peers) {
    byte[] result = new byte[OCTETS];
    own.generateSecret(new X25519PublicKeyParameters(peers), result, 0);
    return result;
  }

  private byte[] byJca(X25519PrivateKeyParameters own, byte[] peers)
      throws GeneralSecurityException {
    return JcaX25519.agree(
        provider,
        JcaX25519.privateKey(provider, own.getEncoded()),
        JcaX25519.publicKey(provider, peers));
  }
}
