package io.bellgate.peer.link.tls;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.peer.PeerSession;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.PskIdentity;
import org.bouncycastle.tls.PskKeyExchangeMode;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsSecret;

/**
 * The answering end of a handshake. A ClientHello with a pre-shared key is answered by that key or
 * refused; one without is answered with certificates. Nothing is consumed before the peer's
 * Finished was verified.
 */
class Responder extends DefaultTlsServer implements Outcome {
  private final Terms terms;
  private final Collection<String> peers;
  private final PreSharedKeys keys;
  private PreSharedKeys.Held held;
  private TlsSecret psk;
  private boolean offered;
  private boolean bound;
  private PublicIdentity peer;
  private String refusal;
  private Agreed agreed;

  Responder(Terms terms, TlsCrypto crypto, Collection<String> peers, PreSharedKeys keys) {
    super(crypto);
    this.terms = terms;
    this.peers = peers;
    this.keys = keys;
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
  public int[] getSupportedGroups() {
    return new int[] {terms.group().codePoint()};
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
  public TlsPSKExternal getExternalPSK(Vector identities) {
    offered = true;
    try {
      return identities.size() == 1
          ? external(((PskIdentity) identities.get(0)).getIdentity())
          : refuse("BG-PEER-010 one pre-shared key is offered: keys=" + identities.size());
    } catch (Refused e) {
      return refuse(e.getMessage());
    } catch (RuntimeException e) {
      return refuse("BG-PEER-010 keys cannot be looked up now: " + e.getMessage());
    }
  }

  private TlsPSKExternal external(byte[] identity) throws Refused {
    KeyName name = KeyName.read(identity);
    PublicIdentity own = terms.identity().own();
    if (!name.responder().equals(own.site()) || !peers.contains(name.initiator())) {
      throw new Refused(
          "BG-PEER-010 a pre-shared key is for this site and one that may dial it: initiator="
              + name.initiator()
              + " responder="
              + name.responder());
    }
    if (!name.group().equals(terms.group().standardName()) || name.epoch() < terms.epoch()) {
      throw new Refused(
          "BG-PEER-010 a pre-shared key is of this group and of no earlier policy: group="
              + name.group()
              + " epoch="
              + name.epoch()
              + " lowest="
              + terms.epoch());
    }
    PublicIdentity other = terms.trusted(name.initiator());
    held =
        keys.find(name)
            .orElseThrow(
                () -> new Refused("BG-PEER-010 no such pre-shared key is here: " + name.key()));
    peer = other;
    try (Secret derived = Binding.psk(held.secret(), name, other, own)) {
      psk = derived.lend(getCrypto()::createSecret);
    }
    return new BasicTlsPSKExternal(identity, psk, hash());
  }

  private TlsPSKExternal refuse(String why) {
    refusal = why;
    return null;
  }

  /** Called after the binder was verified, or when no pre-shared key was chosen. */
  @Override
  public int getSelectedCipherSuite() throws IOException {
    bound = held != null;
    if (offered && !bound) {
      throw new TlsFatalAlert(AlertDescription.unknown_psk_identity);
    }
    if ((clientProtocolNames == null || clientProtocolNames.isEmpty()) && terms.lowest() > 1) {
      refusal = Outcome.tooOld("arriving");
      throw new TlsFatalAlert(AlertDescription.no_application_protocol);
    }
    return super.getSelectedCipherSuite();
  }

  @Override
  public CertificateRequest getCertificateRequest() throws IOException {
    return new CertificateRequest(TlsUtils.EMPTY_BYTES, Credentials.ML_DSA_65, null, null);
  }

  @Override
  public void notifyClientCertificate(Certificate chain) throws IOException {
    byte[] certificate = Credentials.presented(chain);
    for (String candidate : peers) {
      Optional<PublicIdentity> pinned =
          terms
              .identity()
              .trusted(candidate)
              .filter(p -> MessageDigest.isEqual(p.certificate(), certificate));
      if (pinned.isPresent()) {
        peer = pinned.get();
        return;
      }
    }
    refusal =
        "BG-PEER-001 a peer is not trusted: shown="
            + HexFormat.of().formatHex(Binding.sha256(certificate))
            + " peers="
            + peers
            + ": compare the fingerprint with its operator, get its identity file and run: bellgate"
            + " identity trust FILE";
    throw new TlsFatalAlert(AlertDescription.bad_certificate);
  }

  @Override
  public TlsCredentials getCredentials() throws IOException {
    if (offered) {
      throw new TlsFatalAlert(AlertDescription.unknown_psk_identity);
    }
    return new Credentials(terms.identity(), getCrypto(), TlsUtils.EMPTY_BYTES);
  }

  @Override
  public void notifyHandshakeComplete() throws IOException {
    super.notifyHandshakeComplete();
    if (peer == null) {
      throw new TlsFatalAlert(AlertDescription.internal_error);
    }
    if (Agreed.version(context) < terms.lowest()) {
      refusal = Outcome.tooOld(peer.site());
      throw new TlsFatalAlert(AlertDescription.no_application_protocol);
    }
    agreed =
        Agreed.of(
            context,
            peer,
            held == null ? PeerSession.Level.PQC : held.level(),
            held == null ? "" : held.origin(),
            terms.group());
    if (held != null) {
      held.commit();
    }
  }

  @Override
  public Agreed agreed() {
    return agreed;
  }

  @Override
  public Optional<String> refusal() {
    return Optional.ofNullable(
        refusal == null && offered && !bound
            ? "BG-PEER-010 the offer of a pre-shared key does not prove that the peer has it"
            : refusal);
  }

  @Override
  public void close() {
    if (offered && !bound) {
      keys.missed();
    }
    if (held != null) {
      held.close();
    }
    if (psk != null) {
      psk.destroy();
    }
  }
}
