package io.bellgate.entropy.remote.server;

import io.bellgate.api.bits.Secret;
import io.bellgate.entropy.remote.feed.SecretFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Certificates and their private key in one PEM file (RFC 7468), for its owner only. */
final class TlsFile {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

  private TlsFile() {}

  /**
   * Reads it.
   *
   * @throws IOException with BG-ENTROPY-058 if the file is not there or open to others
   * @throws IllegalArgumentException if it holds something else
   */
  static SSLContext context(SecretFile file) throws IOException {
    try (Secret pem = file.read()) {
      return pem.lend(p -> context(new String(p, StandardCharsets.US_ASCII)));
    }
  }

  private static SSLContext context(String pem) {
    char[] password = {'-'}; // the store never leaves this method
    try {
      List<Certificate> chain = chain(pem);
      PrivateKey key = key(pem, chain.get(0).getPublicKey());
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, password);
      store.setKeyEntry("server", key, password, chain.toArray(new Certificate[0]));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, password);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      // without the cause, which may quote the key
      throw new IllegalArgumentException(rule());
    }
  }

  private static String rule() {
    return "a TLS file is PEM: certificates, the server's own first, and its private key in PKCS#8,"
        + " not encrypted";
  }

  private static List<byte[]> blocks(String pem, String name) {
    List<byte[]> blocks = new ArrayList<>();
    for (Matcher block = BLOCK.matcher(pem); block.find(); ) {
      if (block.group(1).equals(name)) {
        blocks.add(Base64.getMimeDecoder().decode(block.group(2)));
      }
    }
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException(rule());
    }
    return blocks;
  }

  private static List<Certificate> chain(String pem) throws GeneralSecurityException {
    CertificateFactory certificates = CertificateFactory.getInstance("X.509");
    List<Certificate> chain = new ArrayList<>();
    for (byte[] block : blocks(pem, "CERTIFICATE")) {
      chain.add(certificates.generateCertificate(new ByteArrayInputStream(block)));
    }
    return chain;
  }

  private static PrivateKey key(String pem, PublicKey of) throws GeneralSecurityException {
    byte[] block = blocks(pem, "PRIVATE KEY").get(0);
    try {
      PrivateKey key =
          KeyFactory.getInstance(of.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(block));
      check(key, of);
      return key;
    } finally {
      Arrays.fill(block, (byte) 0);
    }
  }

  private static void check(PrivateKey key, PublicKey of) throws GeneralSecurityException {
    String algorithm =
        switch (of.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> of.getAlgorithm();
        };
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(of.getEncoded());
    byte[] signed = signature.sign();
    signature.initVerify(of);
    signature.update(of.getEncoded());
    if (!signature.verify(signed)) {
      throw new IllegalArgumentException("a TLS file's private key is not its certificate's");
    }
  }
}
