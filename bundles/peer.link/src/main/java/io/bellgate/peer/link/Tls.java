package io.bellgate.peer.link;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.SiteIdentity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/**
 * TLS 1.3 (RFC 9846) between two gateways: one suite, one group, mutual certificates that are
 * pinned octet by octet.
 *
 * <p>Suite TLS_AES_256_GCM_SHA384; group X25519MLKEM768 (RFC 10024) and no other, so that nobody
 * can talk the two ends down to a classical one; ML-DSA-65 certificates, checked against the
 * identity files that operators exchanged. Bouncy Castle's lightweight API, nothing registered
 * JVM-wide.
 *
 * <p>Security: keys of the channel are safe while either X25519 or ML-KEM-768 holds; authentication
 * rests on ML-DSA-65 and on the exchange of identity files.
 */
final class Tls {
  private static final Vector<SignatureAndHashAlgorithm> ML_DSA_65 =
      new Vector<>(List.of(SignatureScheme.getSignatureAndHashAlgorithm(SignatureScheme.mldsa65)));

  private final SiteIdentity identity;
  private final TlsCrypto crypto;

  Tls(SiteIdentity identity, RandomBits random) {
    this.identity = identity;
    this.crypto = new BcTlsCrypto(new Bits(random));
  }

  /**
   * A channel whose peer is authenticated.
   *
   * @param peer its site ID
   * @param protocol what was negotiated, for status
   * @param in from the peer
   * @param out to the peer
   * @param tls to close
   */
  record Secured(String peer, String protocol, InputStream in, OutputStream out, TlsProtocol tls) {}

  /**
   * The handshake as the dialling end, which knows whom it dials.
   *
   * @throws IOException if the peer is not trusted or not the one pinned; the message says which
   */
  Secured dial(Socket socket, String peer) throws IOException {
    byte[] pinned = identity.trusted(peer).orElseThrow(() -> new IOException(untrusted(peer)));
    TlsClientProtocol protocol =
        new TlsClientProtocol(socket.getInputStream(), socket.getOutputStream());
    Dialling dialling = new Dialling(peer, pinned);
    try {
      protocol.connect(dialling);
    } catch (IOException e) {
      throw dialling.refusal == null ? e : new IOException(dialling.refusal, e);
    }
    return new Secured(
        peer,
        negotiated(dialling.context()),
        protocol.getInputStream(),
        protocol.getOutputStream(),
        protocol);
  }

  /**
   * The handshake as the end that was dialled: any of the configured peers may be there.
   *
   * @throws IOException if the certificate is pinned for none of them
   */
  Secured answer(Socket socket, List<String> peers) throws IOException {
    TlsServerProtocol protocol =
        new TlsServerProtocol(socket.getInputStream(), socket.getOutputStream());
    Answering answering = new Answering(peers);
    try {
      protocol.accept(answering);
    } catch (IOException e) {
      throw answering.refusal == null ? e : new IOException(answering.refusal, e);
    }
    return new Secured(
        answering.peer,
        negotiated(answering.context()),
        protocol.getInputStream(),
        protocol.getOutputStream(),
        protocol);
  }

  private static String untrusted(String peer) {
    return "BG-PEER-001 the peer is not trusted: peer="
        + peer
        + ": get its identity file and run: bellgate identity trust FILE";
  }

  private static String fingerprint(byte[] certificate) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String negotiated(TlsContext context) {
    SecurityParameters parameters = context.getSecurityParametersConnection();
    return "TLS 1.3, "
        + NamedGroup.getName(parameters.getNegotiatedGroup())
        + ", AES-256-GCM-SHA384, ML-DSA-65 both ways";
  }

  private TlsCredentialedSigner credentials(byte[] requestContext) throws IOException {
    CertificateEntry entry =
        new CertificateEntry(crypto.createCertificate(identity.certificate()), null);
    return new Signer(new Certificate(requestContext, new CertificateEntry[] {entry}));
  }

  private static byte[] presented(Certificate chain) throws IOException {
    if (chain == null || chain.isEmpty()) {
      throw new TlsFatalAlert(AlertDescription.certificate_required);
    }
    return chain.getCertificateAt(0).getEncoded();
  }

  private final class Dialling extends AbstractTlsClient implements TlsAuthentication {
    private final String peer;
    private final byte[] pinned;
    private String refusal;

    Dialling(String peer, byte[] pinned) {
      super(Tls.this.crypto);
      this.peer = peer;
      this.pinned = pinned;
    }

    TlsContext context() {
      return context;
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
      return group();
    }

    @Override
    @SuppressWarnings("rawtypes") // the library's signature
    public Vector getEarlyKeyShareGroups() {
      return group();
    }

    private Vector<Integer> group() {
      return new Vector<>(List.of(NamedGroup.X25519MLKEM768));
    }

    @Override
    @SuppressWarnings("rawtypes") // the library's signature
    protected Vector getSupportedSignatureAlgorithms() {
      return ML_DSA_65;
    }

    @Override
    public TlsAuthentication getAuthentication() {
      return this;
    }

    @Override
    public void notifyServerCertificate(TlsServerCertificate server) throws IOException {
      byte[] certificate = presented(server.getCertificate());
      if (!MessageDigest.isEqual(pinned, certificate)) {
        refusal =
            "BG-PEER-002 the peer shows another certificate than its identity file: peer="
                + peer
                + " shown="
                + fingerprint(certificate)
                + " pinned="
                + fingerprint(pinned)
                + ": compare fingerprints with its operator (bellgate identity show)";
        throw new TlsFatalAlert(AlertDescription.bad_certificate);
      }
    }

    @Override
    public TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
      return credentials(request.getCertificateRequestContext());
    }
  }

  private final class Answering extends DefaultTlsServer {
    private final List<String> peers;
    private String peer;
    private String refusal;

    Answering(List<String> peers) {
      super(Tls.this.crypto);
      this.peers = peers;
    }

    TlsContext context() {
      return context;
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
      return new int[] {NamedGroup.X25519MLKEM768};
    }

    @Override
    public CertificateRequest getCertificateRequest() throws IOException {
      return new CertificateRequest(TlsUtils.EMPTY_BYTES, ML_DSA_65, null, null);
    }

    @Override
    public void notifyClientCertificate(Certificate chain) throws IOException {
      byte[] certificate = presented(chain);
      for (String candidate : peers) {
        if (identity
            .trusted(candidate)
            .filter(pinned -> MessageDigest.isEqual(pinned, certificate))
            .isPresent()) {
          peer = candidate;
          return;
        }
      }
      refusal =
          "BG-PEER-001 a peer is not trusted: shown="
              + fingerprint(certificate)
              + " peers="
              + peers
              + ": compare the fingerprint with its operator, get its identity file and run: bellgate identity trust FILE";
      throw new TlsFatalAlert(AlertDescription.bad_certificate);
    }

    @Override
    public TlsCredentials getCredentials() throws IOException {
      return credentials(TlsUtils.EMPTY_BYTES);
    }
  }

  /** Signs the handshake with the site's identity, which keeps its key to itself. */
  private final class Signer implements TlsCredentialedSigner {
    private final Certificate certificate;

    Signer(Certificate certificate) {
      this.certificate = certificate;
    }

    @Override
    public Certificate getCertificate() {
      return certificate;
    }

    @Override
    public SignatureAndHashAlgorithm getSignatureAndHashAlgorithm() {
      return ML_DSA_65.get(0);
    }

    @Override
    public byte[] generateRawSignature(byte[] hash) throws IOException {
      throw new TlsFatalAlert(AlertDescription.internal_error); // ML-DSA signs messages, not hashes
    }

    @Override
    public TlsStreamSigner getStreamSigner() {
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      return new TlsStreamSigner() {
        @Override
        public OutputStream getOutputStream() {
          return message;
        }

        @Override
        public byte[] getSignature() {
          return identity.sign(message.toByteArray());
        }
      };
    }
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
        try (io.bellgate.api.bits.Secret drawn = source.draw(part)) {
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
