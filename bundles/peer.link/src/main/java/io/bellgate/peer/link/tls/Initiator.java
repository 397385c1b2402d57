package io.bellgate.peer.link.tls;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.peer.PeerSession;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.PskKeyExchangeMode;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSK;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsSecret;

/**
 * The dialling end of a handshake: with an offer it takes nothing less, without one certificates.
 */
class Initiator extends AbstractTlsClient implements TlsAuthentication, Outcome {
  private final Terms terms;
  private final PublicIdentity pinned;
  private final Optional<Offer> offer;
  private TlsSecret psk;
  private boolean selected;
  private boolean certified;
  private String refusal;
  private Agreed agreed;

  Initiator(Terms terms, TlsCrypto crypto, PublicIdentity pinned, Optional<Offer> offer) {
    super(crypto);
    this.terms = terms;
    this.pinned = pinned;
    this.offer = offer;
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return ProtocolVersion.TLSv13.only();
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return new int[] {suite()};
  }

  /** The one suite. */
  int suite() {
    return CipherSuite.TLS_AES_256_GCM_SHA384;
  }

  /** The hash of the suite, which is that of the pre-shared key, too. */
  int hash() {
    return PRFAlgorithm.tls13_hkdf_sha384;
  }

  @Override
  @SuppressWarnings("rawtypes") // the library's signature
  protected Vector getSupportedGroups(Vector roles) {
    return getEarlyKeyShareGroups();
  }

  @Override
  @SuppressWarnings("rawtypes") // the library's signature
  public Vector getEarlyKeyShareGroups() {
    return new Vector<>(List.of(terms.group().codePoint()));
  }

  @Override
  @SuppressWarnings("rawtypes") // the library's signature
  protected Vector getSupportedSignatureAlgorithms() {
    return Credentials.ML_DSA_65;
  }

  @Override
  @SuppressWarnings("rawtypes") // the library's signature
  protected Vector getProtocolNames() {
    return terms.protocols();
  }

  @Override
  public short[] getPskKeyExchangeModes() {
    return new short[] {PskKeyExchangeMode.psk_dhe_ke};
  }

  @Override
  @SuppressWarnings("rawtypes") // the library's signature
  public Vector getExternalPSKs() {
    if (offer.isEmpty()) {
      return null;
    }
    Offer o = offer.get();
    try (Secret derived = Binding.psk(o.secret(), o.name(), terms.identity().own(), pinned)) {
      psk = derived.lend(getCrypto()::createSecret);
    }
    return new Vector<>(List.of(new BasicTlsPSKExternal(o.name().octets(), psk, hash())));
  }

  @Override
  public void notifySelectedPSK(TlsPSK chosen) throws IOException {
    selected = chosen != null;
    if (offer.isPresent() && !selected) {
      refusal =
          "BG-PEER-009 the peer did not take the pre-shared key that was offered: peer="
              + pinned.site();
      throw new TlsFatalAlert(AlertDescription.handshake_failure);
    }
  }

  @Override
  public TlsAuthentication getAuthentication() {
    return this;
  }

  @Override
  public void notifyServerCertificate(TlsServerCertificate server) throws IOException {
    byte[] certificate = Credentials.presented(server.getCertificate());
    if (!MessageDigest.isEqual(pinned.certificate(), certificate)) {
      refusal =
          "BG-PEER-002 the peer shows another certificate than its identity file: peer="
              + pinned.site()
              + " shown="
              + HexFormat.of().formatHex(Binding.sha256(certificate))
              + " pinned="
              + HexFormat.of().formatHex(Binding.sha256(pinned.certificate()))
              + ": compare fingerprints with its operator (bellgate identity show)";
      throw new TlsFatalAlert(AlertDescription.bad_certificate);
    }
    certified = true;
  }

  @Override
  public TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
    return new Credentials(terms.identity(), getCrypto(), request.getCertificateRequestContext());
  }

  @Override
  public void notifyHandshakeComplete() throws IOException {
    super.notifyHandshakeComplete();
    if (selected == certified || selected != offer.isPresent()) {
      refusal = "BG-PEER-009 a handshake is proved by the key or by certificates, not both";
      throw new TlsFatalAlert(AlertDescription.internal_error);
    }
    if (Agreed.version(context) < terms.lowest()) {
      refusal = Outcome.tooOld(pinned.site());
      throw new TlsFatalAlert(AlertDescription.no_application_protocol);
    }
    agreed =
        Agreed.of(
            context,
            pinned,
            offer.map(Offer::level).orElse(PeerSession.Level.PQC),
            offer.map(Offer::origin).orElse(""),
            terms.group());
  }

  @Override
  public Agreed agreed() {
    return agreed;
  }

  @Override
  public Optional<String> refusal() {
    return Optional.ofNullable(refusal);
  }

  @Override
  public void close() {
    offer.ifPresent(o -> o.secret().destroy());
    if (psk != null) {
      psk.destroy();
    }
  }
}
