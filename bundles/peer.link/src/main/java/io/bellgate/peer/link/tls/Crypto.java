package io.bellgate.peer.link.tls;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import java.io.IOException;
import java.security.Provider;
import java.security.SecureRandom;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.TlsAEADCipher;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/**
 * Bouncy Castle's primitives of TLS, with the gateway's random bits, and with AES-GCM of the
 * provider that the registry names.
 */
final class Crypto extends BcTlsCrypto {
  private final Provider gcm;

  Crypto(RandomBits random, Provider gcm) {
    super(new Bits(random));
    this.gcm = gcm;
  }

  @Override
  protected TlsAEADCipher createCipher_AES_GCM(
      TlsCryptoParameters parameters, int keyOctets, int tagOctets) throws IOException {
    return new TlsAEADCipher(
        parameters,
        new JcaGcm(gcm, true),
        new JcaGcm(gcm, false),
        keyOctets,
        tagOctets,
        TlsAEADCipher.AEAD_GCM,
        null); // nonces of TLS 1.3 need no generator
  }

  /** The gateway's random bits in the form that the library wants. */
  private static final class Bits extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final transient RandomBits source;

    Bits(RandomBits source) {
      super(null, null);
      this.source = source;
    }

    @Override
    public void nextBytes(byte[] octets) {
      for (int at = 0; at < octets.length; ) {
        int part = Math.min(octets.length - at, 65_536);
        try (Secret drawn = source.draw(part)) {
          int to = at;
          drawn.use(o -> System.arraycopy(o, 0, octets, to, part));
        }
        at += part;
      }
    }

    @Override
    public byte[] generateSeed(int octets) {
      byte[] seed = new byte[octets];
      nextBytes(seed);
      return seed;
    }
  }
}
