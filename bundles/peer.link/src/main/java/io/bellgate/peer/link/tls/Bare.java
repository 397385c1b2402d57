package io.bellgate.peer.link.tls;

import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.crypto.TlsCrypto;

/**
 * The library alone, with a constant pre-shared key and the hybrid group: what a measurement of the
 * channel stands beside.
 */
final class Bare {
  private Bare() {}

  private static TlsPSKExternal psk(TlsCrypto crypto) {
    return new BasicTlsPSKExternal(
        new byte[64],
        crypto.createSecret(new byte[Binding.PSK_OCTETS]),
        PRFAlgorithm.tls13_hkdf_sha384);
  }

  /** The dialling end. */
  static final class Client extends AbstractTlsClient {
    private final Group group;

    Client(TlsCrypto crypto, Group group) {
      super(crypto);
      this.group = group;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
      return ProtocolVersion.TLSv13.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
      return new int[] {CipherSuite.TLS_AES_256_GCM_SHA384};
    }

    @Override
    @SuppressWarnings("rawtypes") // the library's signature
    protected Vector getSupportedGroups(Vector roles) {
      return getEarlyKeyShareGroups();
    }

    @Override
    @SuppressWarnings("rawtypes") // the library's signature
    public Vector getEarlyKeyShareGroups() {
      return new Vector<>(List.of(group.codePoint()));
    }

    @Override
    @SuppressWarnings("rawtypes") // the library's signature
    public Vector getExternalPSKs() {
      return new Vector<>(List.of(psk(getCrypto())));
    }

    @Override
    public TlsAuthentication getAuthentication() {
      return null;
    }
  }

  /** The answering end. */
  static final class Server extends AbstractTlsServer {
    private final Group group;

    Server(TlsCrypto crypto, Group group) {
      super(crypto);
      this.group = group;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
      return ProtocolVersion.TLSv13.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
      return new int[] {CipherSuite.TLS_AES_256_GCM_SHA384};
    }

    @Override
    public int[] getSupportedGroups() {
      return new int[] {group.codePoint()};
    }

    @Override
    @SuppressWarnings("rawtypes") // the library's signature
    public TlsPSKExternal getExternalPSK(Vector identities) {
      return psk(getCrypto());
    }

    @Override
    public TlsCredentials getCredentials() {
      return null;
    }
  }
}
