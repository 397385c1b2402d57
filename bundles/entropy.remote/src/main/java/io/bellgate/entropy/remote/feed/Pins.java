package io.bellgate.entropy.remote.feed;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The certificates or keys that a server may have; with a pin nothing else is looked at, neither
 * issuer nor name nor date (a box may have no clock, an appliance signs for itself).
 *
 * <p>A pin is {@code sha256/BASE64} of the public key (SubjectPublicKeyInfo, as in RFC 7469,
 * section 2.4), or the SHA-256 fingerprint of the certificate in 64 hexadecimal digits, colons
 * allowed.
 */
public final class Pins {
  private static final String KEY = "sha256/";

  private final Set<String> pins;

  /**
   * Checks them.
   *
   * @param pins any of which will do; empty: the machine's certification authorities decide
   * @throws IllegalArgumentException if one is none
   */
  public Pins(List<String> pins) {
    this.pins = pins.stream().map(Pins::normal).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Whether there is none.
   *
   * @return true if the machine's certification authorities decide
   */
  public boolean isEmpty() {
    return pins.isEmpty();
  }

  private static String normal(String pin) {
    try {
      boolean key = pin.startsWith(KEY);
      byte[] digest =
          key
              ? Base64.getDecoder().decode(pin.substring(KEY.length()))
              : HexFormat.of().parseHex(pin.replace(":", ""));
      if (digest.length == 32) {
        return key ? pin : HexFormat.of().formatHex(digest);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(rule(pin), e);
    }
    throw new IllegalArgumentException(rule(pin));
  }

  private static String rule(String pin) {
    return "a pin is sha256/BASE64 of a public key, or a certificate's fingerprint in 64 hexadecimal"
        + " digits: pin="
        + pin;
  }

  /**
   * The pin of a certificate's public key.
   *
   * @param certificate of a server
   * @return {@code sha256/BASE64}
   */
  public static String ofKey(Certificate certificate) {
    return KEY
        + Base64.getEncoder().encodeToString(sha256(certificate.getPublicKey().getEncoded()));
  }

  private static byte[] sha256(byte[] octets) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(octets);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 is in every JDK", e);
    }
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    String key = ofKey(chain[0]);
    String whole = HexFormat.of().formatHex(sha256(chain[0].getEncoded())).toLowerCase(Locale.ROOT);
    if (!pins.contains(key) && !pins.contains(whole)) {
      throw new CertificateException(
          "a server shows another certificate than the pinned one: shown=" + key);
    }
  }

  /**
   * TLS that accepts what is pinned.
   *
   * @return of this machine if nothing is pinned
   */
  public SSLContext context() {
    try {
      if (pins.isEmpty()) {
        return SSLContext.getDefault();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Pinned()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS is in every JDK", e);
    }
  }

  /** Extended, so that the JDK adds no check of the name. */
  private final class Pinned extends X509ExtendedTrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("not a server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw new CertificateException("not a server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("not a server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
