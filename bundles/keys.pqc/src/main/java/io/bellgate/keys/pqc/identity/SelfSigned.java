package io.bellgate.keys.pqc.identity;

import io.bellgate.api.entropy.RandomBits;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.TimeZone;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/**
 * Self-signed X.509 certificates over ML-DSA-65 keys (RFC 9881: the algorithm identifier has no
 * parameters, the key is the raw one of FIPS 204).
 *
 * <p>They are pinned octet for octet, so that nobody goes by their dates: a box may have no clock
 * when it starts. They say 2020 to 9999, "no well-defined expiration" (RFC 5280, 4.1.2.5).
 */
final class SelfSigned {
  private static final AlgorithmIdentifier ML_DSA_65 =
      new AlgorithmIdentifier(NISTObjectIdentifiers.id_ml_dsa_65);

  private SelfSigned() {}

  /** Makes the certificate of a site, DER. The signature is hedged: each call gives another one. */
  static byte[] certificate(String site, SigningKey key, RandomBits random) {
    try {
      V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
      X500Name name =
          new X500NameBuilder(BCStyle.INSTANCE)
              .addRDN(BCStyle.O, "Bellgate")
              .addRDN(BCStyle.CN, site)
              .build();
      byte[] publicKey = key.publicKey();
      byte[] serial = Arrays.copyOf(Octets.sha256(publicKey), 16);
      generator.setSerialNumber(new ASN1Integer(new BigInteger(1, serial)));
      generator.setSignature(ML_DSA_65);
      generator.setIssuer(name);
      generator.setSubject(name);
      generator.setStartDate(new Time(startOf2020()));
      generator.setEndDate(new Time(new ASN1GeneralizedTime("99991231235959Z")));
      generator.setSubjectPublicKeyInfo(new SubjectPublicKeyInfo(ML_DSA_65, publicKey));
      TBSCertificate signed = generator.generateTBSCertificate();
      byte[] signature = key.sign(signed.getEncoded(ASN1Encoding.DER), random);
      return new Certificate(signed, ML_DSA_65, new DERBitString(signature))
          .getEncoded(ASN1Encoding.DER);
    } catch (IOException impossible) {
      throw new IllegalStateException("a certificate cannot be encoded", impossible);
    }
  }

  private static Date startOf2020() {
    Calendar calendar = new GregorianCalendar(TimeZone.getTimeZone("UTC"), java.util.Locale.ROOT);
    calendar.clear();
    calendar.set(2020, Calendar.JANUARY, 1);
    return calendar.getTime();
  }

  /**
   * Checks that a certificate is one of this kind and signed with its own key.
   *
   * @return the site it names
   * @throws IllegalArgumentException if it is not
   */
  static String siteOf(byte[] der) {
    try {
      Certificate certificate = Certificate.getInstance(der);
      SubjectPublicKeyInfo key = certificate.getSubjectPublicKeyInfo();
      boolean kind =
          Arrays.equals(der, certificate.getEncoded(ASN1Encoding.DER))
              && ML_DSA_65.equals(key.getAlgorithm())
              && ML_DSA_65.equals(certificate.getSignatureAlgorithm())
              && SigningKey.verifies(
                  key.getPublicKeyData().getOctets(),
                  certificate.getTBSCertificate().getEncoded(ASN1Encoding.DER),
                  certificate.getSignature().getOctets());
      if (kind) {
        return IETFUtils.valueToString(
            certificate.getSubject().getRDNs(BCStyle.CN)[0].getFirst().getValue());
      }
    } catch (IOException | RuntimeException malformed) {
      throw new IllegalArgumentException(
          "an identity holds a DER certificate: octets=" + der.length, malformed);
    }
    throw new IllegalArgumentException(
        "an identity holds a certificate over an ML-DSA-65 key, signed with that key");
  }

  /** The ML-DSA-65 key of a certificate that {@link #siteOf} accepted, 1,952 octets. */
  static byte[] keyOf(byte[] der) {
    return Certificate.getInstance(der).getSubjectPublicKeyInfo().getPublicKeyData().getOctets();
  }
}
