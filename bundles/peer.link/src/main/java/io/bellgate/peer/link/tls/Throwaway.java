package io.bellgate.peer.link.tls;

import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.keys.SiteIdentity;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.generators.MLDSAKeyPairGenerator;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAKeyGenerationParameters;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.MLDSASigner;

/**
 * A site identity with real keys that lives in memory alone: for measurements and tests. Trusts
 * whom it is told to.
 */
public final class Throwaway implements SiteIdentity {
  private static final AlgorithmIdentifier ML_DSA_65 =
      new AlgorithmIdentifier(NISTObjectIdentifiers.id_ml_dsa_65);

  /** Whom it trusts. */
  public final Map<String, PublicIdentity> trusted = new ConcurrentHashMap<>();

  private final String site;
  private final AsymmetricCipherKeyPair keys;
  private final Ed25519PrivateKeyParameters second =
      new Ed25519PrivateKeyParameters(new SecureRandom());
  private final PublicIdentity own;

  /** Makes one. */
  public Throwaway(String site) {
    this.site = site;
    MLDSAKeyPairGenerator generator = new MLDSAKeyPairGenerator();
    generator.init(new MLDSAKeyGenerationParameters(new SecureRandom(), MLDSAParameters.ml_dsa_65));
    keys = generator.generateKeyPair();
    try {
      own =
          new PublicIdentity(
              site, selfSigned(), second.generatePublicKey().getEncoded(), new byte[1_216]);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private byte[] selfSigned() throws java.io.IOException {
    V3TBSCertificateGenerator tbs = new V3TBSCertificateGenerator();
    tbs.setSerialNumber(new ASN1Integer(BigInteger.ONE));
    tbs.setSignature(ML_DSA_65);
    tbs.setIssuer(new X500Name("CN=" + site));
    tbs.setSubject(new X500Name("CN=" + site));
    tbs.setStartDate(new Time(new Date(0)));
    tbs.setEndDate(new Time(new Date(4_000_000_000_000L)));
    tbs.setSubjectPublicKeyInfo(
        new SubjectPublicKeyInfo(
            ML_DSA_65, ((MLDSAPublicKeyParameters) keys.getPublic()).getEncoded()));
    TBSCertificate signed = tbs.generateTBSCertificate();
    ASN1EncodableVector parts = new ASN1EncodableVector();
    parts.add(signed);
    parts.add(ML_DSA_65);
    parts.add(new DERBitString(sign(Family.ML_DSA_65, signed.getEncoded("DER"))));
    return new DERSequence(parts).getEncoded("DER");
  }

  @Override
  public String site() {
    return site;
  }

  @Override
  public PublicIdentity own() {
    return own;
  }

  /** Both trust each other. */
  public static void trust(Throwaway one, Throwaway other) {
    one.trusted.put(other.site, other.own);
    other.trusted.put(one.site, one.own);
  }

  @Override
  public byte[] sign(Family family, byte[] message) {
    Signer signer = family == Family.ED25519 ? new Ed25519Signer() : new MLDSASigner();
    signer.init(true, family == Family.ED25519 ? second : keys.getPrivate());
    signer.update(message, 0, message.length);
    try {
      return signer.generateSignature();
    } catch (CryptoException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Optional<PublicIdentity> trusted(String peer) {
    return Optional.ofNullable(trusted.get(peer));
  }
}
