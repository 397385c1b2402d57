package io.bellgate.peer.link.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.peer.PeerSession.Level;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsServerProtocol;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The pre-shared form with the hybrid group against OpenSSL 3.5 or later, through Node.js: named by
 * the property {@code bellgate.node} or the variable {@code BELLGATE_NODE}, else the one on the
 * path. Node's callbacks take a key for SHA-256 alone, so here the suite is TLS_AES_128_GCM_SHA256;
 * all else is as between gateways.
 */
class NodeTest {
  private static final String KEY = "00000000-0000-0000-0000-000000000001:0:32";
  private static final KeyName NAME =
      new KeyName(KeyName.QKD, "X25519MLKEM768", "alice", "bob", 1, KEY);

  private final Throwaway alice = new Throwaway("alice");
  private final Throwaway bob = new Throwaway("bob");
  private final String node =
      System.getProperty(
          "bellgate.node", Optional.ofNullable(System.getenv("BELLGATE_NODE")).orElse("node"));

  @BeforeEach
  void needsACurrentNode() throws InterruptedException {
    String version;
    try {
      version = said("-p", "process.versions.openssl");
    } catch (IOException e) {
      version = "none: " + e.getMessage();
    }
    String[] parts = version.split("\\.");
    boolean current =
        parts.length > 1
            && parts[0].matches("[0-9]+")
            && parts[1].matches("[0-9]+")
            && Integer.parseInt(parts[0]) * 100 + Integer.parseInt(parts[1]) >= 305;
    if (!current) {
      System.out.println("SKIPPED: needs Node.js with OpenSSL 3.5, found " + version);
    }
    assumeTrue(current, "needs Node.js with OpenSSL 3.5, found " + version);
    Throwaway.trust(alice, bob);
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new java.util.ArrayList<>(List.of(node));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private String said(String... arguments) throws IOException, InterruptedException {
    Process process = start(arguments);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    return out.strip();
  }

  private static Terms terms(Throwaway identity) {
    return new Terms(identity, new FakeRegistry(), new Bits(), Group.X25519MLKEM768, 1, 2);
  }

  private static Crypto crypto() {
    return new Crypto(new Bits(), new FakeRegistry().require("AES-256-GCM", null).provider());
  }

  private static Secret key() {
    return Secret.absorb(Binding.sha256(KEY.getBytes(StandardCharsets.US_ASCII)));
  }

  private String psk() {
    try (Secret key = key();
        Secret psk = Binding.psk(key, NAME, alice.own(), bob.own())) {
      return psk.lend(HexFormat.of()::formatHex);
    }
  }

  private String script(String what) {
    return "const tls=require('tls'),id=process.argv[1],psk=Buffer.from(process.argv[2],'hex');"
        + "const o={minVersion:'TLSv1.3',ciphers:'TLS_AES_128_GCM_SHA256',"
        + "ecdhCurve:'X25519MLKEM768',ALPNProtocols:['bellgate/2']};"
        + what;
  }

  @Test
  void dialsAServerOfOpenSsl() throws Exception {
    Process process =
        start(
            "-e",
            script(
                "o.pskCallback=(s,i)=>i===id?psk:null;"
                    + "const srv=tls.createServer(o,c=>c.on('data',d=>c.write(d)));"
                    + "srv.listen(0,'127.0.0.1',()=>console.log(srv.address().port));"),
            NAME.toString(),
            psk());
    try (BufferedReader out = process.inputReader()) {
      int port = Integer.parseInt(out.readLine());
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        TlsClientProtocol tls =
            new TlsClientProtocol(socket.getInputStream(), socket.getOutputStream());
        Initiator one =
            new Initiator(
                terms(alice),
                crypto(),
                bob.own(),
                Optional.of(new Offer(NAME, key(), Level.QKD_PQC, "QKD"))) {
              @Override
              int suite() {
                return CipherSuite.TLS_AES_128_GCM_SHA256;
              }

              @Override
              int hash() {
                return PRFAlgorithm.tls13_hkdf_sha256;
              }
            };
        tls.connect(one);
        assertEquals(Level.QKD_PQC, one.agreed().level());
        assertEquals(2, one.agreed().version());
        tls.getOutputStream().write(new byte[] {1, 2, 3});
        assertEquals(1, tls.getInputStream().read());
      }
    } finally {
      process.destroy();
    }
  }

  @Test
  void answersAClientOfOpenSsl() throws Exception {
    try (ServerSocket listen = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Process process =
          start(
              "-e",
              script(
                  "o.host='127.0.0.1';o.port=+process.argv[3];o.checkServerIdentity=()=>{};"
                      + "o.pskCallback=()=>({identity:id,psk});"
                      + "const c=tls.connect(o,()=>c.write('hi'));"
                      + "c.on('data',d=>{console.log(''+d);c.end()});"),
              NAME.toString(),
              psk(),
              Integer.toString(listen.getLocalPort()));
      try (Socket socket = listen.accept()) {
        TlsServerProtocol tls =
            new TlsServerProtocol(socket.getInputStream(), socket.getOutputStream());
        Responder other =
            new Responder(terms(bob), crypto(), List.of("alice"), new OneKey()) {
              @Override
              int suite() {
                return CipherSuite.TLS_AES_128_GCM_SHA256;
              }

              @Override
              int hash() {
                return PRFAlgorithm.tls13_hkdf_sha256;
              }
            };
        tls.accept(other);
        assertNotNull(other.agreed());
        assertEquals("alice", other.agreed().peer().site());
        byte[] said = new byte[2];
        assertEquals(2, tls.getInputStream().readNBytes(said, 0, 2));
        tls.getOutputStream().write(said);
        assertEquals("hi", process.inputReader().readLine());
      } finally {
        process.destroy();
      }
    }
  }

  /** Holds the one key. */
  private static final class OneKey implements PreSharedKeys {
    @Override
    public Optional<Held> find(KeyName name) {
      return Optional.of(
          new Held() {
            private final Secret secret = key();

            @Override
            public Secret secret() {
              return secret;
            }

            @Override
            public Level level() {
              return Level.QKD_PQC;
            }

            @Override
            public String origin() {
              return "QKD";
            }

            @Override
            public void commit() {}

            @Override
            public void close() {
              secret.destroy();
            }
          });
    }

    @Override
    public void missed() {}
  }
}
