package io.bellgate.entropy.remote.feed;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server's key and the certificate that it signed itself, made by the JDK's keytool. */
public final class TlsIdentity {
  private static final char[] PASSWORD = "for a test".toCharArray();

  private static final TlsIdentity ONE = make();
  private static final TlsIdentity OTHER = make();

  private final KeyStore store = KeyStore.getInstance("PKCS12");

  private TlsIdentity(Path file) throws Exception {
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
  }

  /** A server; named for a host that no test uses. */
  public static TlsIdentity one() {
    return ONE;
  }

  /** Whoever is in its place. */
  public static TlsIdentity other() {
    return OTHER;
  }

  private static TlsIdentity make() {
    try {
      Path folder = Files.createTempDirectory("bellgate-tls");
      Path file = folder.resolve("identity.p12");
      try {
        keytool(file);
        return new TlsIdentity(file);
      } finally {
        Files.deleteIfExists(file);
        Files.delete(folder);
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void keytool(Path file) throws Exception {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-Xshare:auto",
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=appliance.example",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes());
    if (keytool.waitFor() != 0) {
      throw new AssertionError(said);
    }
  }

  public X509Certificate certificate() throws Exception {
    return (X509Certificate) store.getCertificate("server");
  }

  public SSLContext context() throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  /** Certificate and key, as a server's configuration has them. */
  public String pem() throws Exception {
    Key key = store.getKey("server", PASSWORD);
    Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
    return "-----BEGIN CERTIFICATE-----\n"
        + lines.encodeToString(certificate().getEncoded())
        + "\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n"
        + lines.encodeToString(key.getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }
}
