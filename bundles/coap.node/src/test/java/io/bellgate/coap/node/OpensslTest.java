package io.bellgate.coap.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramSocket;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSL's DTLS client, which can offer one suite alone. */
class OpensslTest {
  private static final byte[] KEY = "0123456789abcdef0123456789ABCDEF".getBytes(UTF_8);

  @TempDir Path folder;
  private DatagramSocket secure;
  private PlugtestServer server;

  @BeforeEach
  void open() throws Exception {
    secure = new LentSocket();
    server = new PlugtestServer(secure, folder, "n1#1", KEY);
  }

  @AfterEach
  void close() {
    server.close();
  }

  /** What a handshake with one suite comes to. */
  private String offer(String suite) throws Exception {
    Path program = Peers.need("openssl", Peers.onPath("openssl"), "no openssl on the PATH");
    return Peers.run(
        List.of(
            program.toString(),
            "s_client",
            "-dtls1_2",
            "-connect",
            "127.0.0.1:" + secure.getLocalPort(),
            "-psk_identity",
            "n1#1",
            "-psk",
            HexFormat.of().formatHex(KEY),
            "-cipher",
            suite + ":@SECLEVEL=0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PSK-AES256-CCM8", "PSK-AES256-CCM", "PSK-AES256-GCM-SHA384"})
  void agreesOnSuitesWithKeysOf256Bits(String suite) throws Exception {
    String said = offer(suite);
    assertTrue(said.contains("Cipher is " + suite), said);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PSK-AES128-CCM8",
        "PSK-AES128-GCM-SHA256",
        "ECDHE-PSK-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES256-GCM-SHA384"
      })
  void isRefusedWithAnAlertIfItOffersOthers(String suite) throws Exception {
    String said = offer(suite);
    assertTrue(said.contains("Cipher is (NONE)"), said);
    assertTrue(said.contains("SSL alert number 40"), said); // handshake_failure, RFC 5246, 7.2.2
  }
}
