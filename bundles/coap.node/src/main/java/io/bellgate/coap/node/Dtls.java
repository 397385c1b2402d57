package io.bellgate.coap.node;

import io.bellgate.coap.node.keys.NodeKeys;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.PskPublicInformation;
import org.eclipse.californium.scandium.dtls.PskSecretResult;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedPskStore;
import org.eclipse.californium.scandium.util.SecretUtil;
import org.eclipse.californium.scandium.util.ServerNames;

/**
 * DTLS 1.2 (RFC 6347) with pre-shared keys and connection IDs (RFC 9146) on a lent socket. AES-256,
 * and AES-128 for nodes that have nothing else if an operator says so; no resumption, so that
 * nothing lives on under a key that was retired; unverified sources get a cookie and nothing else.
 * Stopping it ends the loan, and its connections can be carried to another one.
 *
 * <p>Security: a key of 256 bits is quantum safe as far as AES-256 and SHA-256 are; there is no
 * forward secrecy against somebody who learns it later.
 */
final class Dtls extends DTLSConnector {
  private static final System.Logger LOG = System.getLogger(Dtls.class.getName());
  private static final int MTU = 1_280;
  private static final int MOST_CONNECTIONS = 10_000;
  private static final int CID_OCTETS = 6;
  private static final long QUIET_SECONDS = TimeUnit.DAYS.toSeconds(2);

  static {
    DtlsConfig.register();
  }

  private static final List<CipherSuite> AES_256 =
      List.of(
          CipherSuite.TLS_PSK_WITH_AES_256_CCM_8,
          CipherSuite.TLS_PSK_WITH_AES_256_CCM,
          CipherSuite.TLS_PSK_WITH_AES_256_GCM_SHA378);
  private static final List<CipherSuite> AES_128 =
      List.of(
          CipherSuite.TLS_PSK_WITH_AES_128_CCM_8,
          CipherSuite.TLS_PSK_WITH_AES_128_CCM,
          CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256);

  private final DatagramSocket socket;
  private final boolean aes128;
  private final Connections store;

  Dtls(DatagramSocket socket, boolean aes128, Configuration configuration, NodeKeys keys) {
    this(socket, aes128, configuration, keys, new Connections(keys, MOST_CONNECTIONS));
  }

  private Dtls(
      DatagramSocket socket,
      boolean aes128,
      Configuration configuration,
      NodeKeys keys,
      Connections store) {
    super(config(socket, aes128, configuration, new Store(keys, store)), store);
    this.socket = socket;
    this.aes128 = aes128;
    this.store = store;
  }

  /** How many connections there are, and handshakes under way. */
  int count() {
    return MOST_CONNECTIONS - store.remainingCapacity();
  }

  private static DtlsConnectorConfig config(
      DatagramSocket socket, boolean aes128, Configuration configuration, Store keys) {
    List<CipherSuite> suites = new ArrayList<>(AES_256);
    if (aes128) {
      suites.addAll(AES_128);
    }
    return DtlsConnectorConfig.builder(configuration)
        .setAddress((InetSocketAddress) socket.getLocalSocketAddress())
        .set(DtlsConfig.DTLS_ROLE, DtlsRole.SERVER_ONLY)
        .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
        .set(DtlsConfig.DTLS_CIPHER_SUITES, suites)
        .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, CID_OCTETS)
        .set(DtlsConfig.DTLS_SERVER_USE_SESSION_ID, false)
        .set(DtlsConfig.DTLS_USE_HELLO_VERIFY_REQUEST, true)
        .set(DtlsConfig.DTLS_REMOVE_STALE_DOUBLE_PRINCIPALS, true)
        .set(DtlsConfig.DTLS_MAX_CONNECTIONS, MOST_CONNECTIONS)
        .set(DtlsConfig.DTLS_MAX_PENDING_INBOUND_JOBS, Endpoint.MOST_UNDER_WAY)
        .set(DtlsConfig.DTLS_MAX_PENDING_OUTBOUND_JOBS, Endpoint.MOST_UNDER_WAY)
        .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
        .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1)
        .setAdvancedPskStore(keys)
        .setSessionListener(new HalfOpen(keys.connections()::end))
        .build();
  }

  @Override
  protected void start(InetSocketAddress bound) throws IOException {
    init(bound, socket, MTU);
  }

  /** The connections of a connector that was stopped, behind what they may be; they are secret. */
  byte[] connections() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(aes128 ? 1 : 0);
    try {
      saveConnections(out, QUIET_SECONDS);
      return out.toByteArray();
    } catch (IOException | RuntimeException e) { // a library that says so is no reason to stay
      LOG.log(Level.WARNING, "connections of nodes are lost, they will shake hands again", e);
      return new byte[0];
    }
  }

  /** Takes connections over; before the start. */
  void take(byte[] connections) {
    if (connections.length > 0 && connections[0] != 0 && !aes128) {
      LOG.log(Level.WARNING, "AES-128 is not spoken any more: nodes will shake hands again");
    } else if (connections.length > 0) {
      try {
        loadConnections(new ByteArrayInputStream(connections, 1, connections.length - 1), 0);
      } catch (IOException | IllegalArgumentException e) {
        LOG.log(
            Level.WARNING, "connections of nodes cannot be read, they will shake hands again", e);
      }
    }
  }

  /** Keys by identity, for nodes that may shake hands now. */
  private record Store(NodeKeys keys, Connections connections) implements AdvancedPskStore {
    @Override
    public boolean hasEcdhePskSupported() {
      return false;
    }

    @Override
    public PskSecretResult requestPskSecretResult(
        ConnectionId cid,
        ServerNames serverNames,
        PskPublicInformation identity,
        String hmacAlgorithm,
        SecretKey otherSecret,
        byte[] seed,
        boolean useExtendedMasterSecret) {
      String name = identity.getPublicInfoAsString();
      SecretKey key = connections.mayShakeHands(name) ? key(name) : null;
      return new PskSecretResult(cid, identity, SecretUtil.create(key));
    }

    private SecretKey key(String identity) {
      return keys.lend(
              identity,
              k ->
                  (SecretKey)
                      k.key().lend(o -> new SecretKeySpec(o, PskSecretResult.ALGORITHM_PSK)))
          .orElse(null);
    }

    @Override
    public PskPublicInformation getIdentity(InetSocketAddress peer, ServerNames virtualHost) {
      return null; // this end never begins
    }

    @Override
    public void setResultHandler(HandshakeResultHandler handler) {
      // every result is there at once
    }
  }
}
