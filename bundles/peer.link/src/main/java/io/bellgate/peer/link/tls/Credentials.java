package io.bellgate.peer.link.tls;

import io.bellgate.api.keys.SiteIdentity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsStreamSigner;

/** Signs a handshake with the site's ML-DSA-65 key, which the identity keeps to itself. */
final class Credentials implements TlsCredentialedSigner {
  /** The only signature scheme. */
  static final Vector<SignatureAndHashAlgorithm> ML_DSA_65 =
      new Vector<>(List.of(SignatureScheme.getSignatureAndHashAlgorithm(SignatureScheme.mldsa65)));

  private final SiteIdentity identity;
  private final Certificate certificate;

  Credentials(SiteIdentity identity, TlsCrypto crypto, byte[] requestContext) throws IOException {
    this.identity = identity;
    this.certificate =
        new Certificate(
            requestContext,
            new CertificateEntry[] {
              new CertificateEntry(crypto.createCertificate(identity.own().certificate()), null)
            });
  }

  /** The one certificate of a chain. */
  static byte[] presented(Certificate chain) throws IOException {
    if (chain == null || chain.isEmpty()) {
      throw new TlsFatalAlert(AlertDescription.certificate_required);
    }
    return chain.getCertificateAt(0).getEncoded();
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
        return identity.sign(SiteIdentity.Family.ML_DSA_65, message.toByteArray());
      }
    };
  }
}
