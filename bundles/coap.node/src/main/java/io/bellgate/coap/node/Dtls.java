package io.bellgate.coap.node;

import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.sessions.Doubts;
import io.bellgate.coap.node.sessions.RecordNumbers;
import io.bellgate.coap.node.sessions.SealedSessions;
import io.bellgate.coap.node.sessions.Working;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.californium.core.network.MessageIdProvider;
import org.eclipse.californium.elements.RawDataChannel;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.Connection;
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
  private final Optional<DtlsSurvivors> survivors;
  private final Working working;
  private final Doubts doubts;

  /**
   * Makes it.
   *
   * @param sealed where sessions are noted for a start after a power cut; empty for none
   * @param ids numbers messages of its own
   */
  Dtls(
      DatagramSocket socket,
      boolean aes128,
      Configuration configuration,
      NodeKeys keys,
      Optional<SealedSessions> sealed,
      MessageIdProvider ids,
      InstantSource clock) {
    this(
        new Settings(socket, aes128, configuration, keys),
        new Connections(keys, MOST_CONNECTIONS),
        new Working(),
        sealed,
        ids,
        clock);
  }

  private record Settings(
      DatagramSocket socket, boolean aes128, Configuration configuration, NodeKeys keys) {}

  private Dtls(
      Settings settings,
      Connections store,
      Working working,
      Optional<SealedSessions> sealed,
      MessageIdProvider ids,
      InstantSource clock) {
    super(config(settings, store, working), store);
    this.socket = settings.socket();
    this.aes128 = settings.aes128();
    this.store = store;
    this.working = working;
    this.survivors = sealed.map(s -> new DtlsSurvivors(store, s));
    this.doubts = new Doubts(working, ids, clock, this::send, this::end);
  }

  /** How many connections there are, and handshakes under way. */
  int count() {
    return MOST_CONNECTIONS - store.remainingCapacity();
  }

  private static List<CipherSuite> suites(boolean aes128) {
    List<CipherSuite> suites = new ArrayList<>(AES_256);
    if (aes128) {
      suites.addAll(AES_128);
    }
    return suites;
  }

  private static DtlsConnectorConfig config(Settings settings, Connections store, Working working) {
    return DtlsConnectorConfig.builder(settings.configuration())
        .setAddress((InetSocketAddress) settings.socket().getLocalSocketAddress())
        .set(DtlsConfig.DTLS_ROLE, DtlsRole.SERVER_ONLY)
        .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
        .set(DtlsConfig.DTLS_CIPHER_SUITES, suites(settings.aes128()))
        .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, CID_OCTETS)
        .set(DtlsConfig.DTLS_SERVER_USE_SESSION_ID, false)
        .set(DtlsConfig.DTLS_USE_HELLO_VERIFY_REQUEST, true)
        .set(DtlsConfig.DTLS_REMOVE_STALE_DOUBLE_PRINCIPALS, true)
        .set(DtlsConfig.DTLS_MAX_CONNECTIONS, MOST_CONNECTIONS)
        .set(DtlsConfig.DTLS_MAX_PENDING_INBOUND_JOBS, Endpoint.MOST_UNDER_WAY)
        .set(DtlsConfig.DTLS_MAX_PENDING_OUTBOUND_JOBS, Endpoint.MOST_UNDER_WAY)
        .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
        .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1)
        .setAdvancedPskStore(new Store(settings.keys(), store))
        .setSessionListener(new HalfOpen(store::end))
        .setConnectionListener(working)
        .build();
  }

  @Override
  protected void start(InetSocketAddress bound) throws IOException {
    init(bound, socket, MTU);
  }

  @Override
  public void setRawDataReceiver(RawDataChannel receiver) {
    super.setRawDataReceiver(receiver == null ? null : doubts.before(receiver));
  }

  /** Closes the connection there, if it is one under this identity, and tells its node. */
  void close(String identity, InetSocketAddress address) {
    Connection connection = store.get(address);
    Principal principal = connection == null ? null : connection.getEstablishedPeerIdentity();
    if (principal != null && principal.getName().equals(identity)) {
      close(address);
    }
  }

  /** Tells its node that a connection ends. */
  private void end(Connection connection) {
    close(connection.getPeerAddress());
    store.end(connection);
  }

  // ------------------------------------------------------------ what a successor goes on with

  /**
   * The connections of a connector that was stopped; they are secret: an octet, 1 if AES-128 is
   * among them, who is in doubt as {@link Doubts#write} has it, and what the library writes.
   */
  byte[] connections() {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try {
      DataOutputStream out = new DataOutputStream(octets);
      out.writeBoolean(aes128);
      doubts.write(out);
      saveConnections(out, QUIET_SECONDS);
      return octets.toByteArray();
    } catch (IOException | RuntimeException e) { // a library that says so is no reason to stay
      LOG.log(Level.WARNING, "connections of nodes are lost, they will shake hands again", e);
      return new byte[0];
    }
  }

  /** Takes connections over; before the start. */
  void take(byte[] connections) {
    if (connections.length == 0) {
      return;
    }
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(connections));
      if (in.readBoolean() && !aes128) {
        LOG.log(Level.WARNING, "AES-128 is not spoken any more: nodes will shake hands again");
        return;
      }
      doubts.read(in);
      store.taking(() -> load(in));
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      LOG.log(Level.WARNING, "connections of nodes cannot be read, they will shake hands again", e);
    }
  }

  private void load(InputStream in) {
    try {
      loadConnections(in, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ------------------------------------------------------------ what outlives a power cut

  /** Notes new sessions, durably, for a start after a power cut. */
  void note() {
    doubts.keep(store::get);
    survivors.ifPresent(DtlsSurvivors::note);
  }

  /** Notes no more; before it is stopped. */
  void stopNoting() {
    survivors.ifPresent(DtlsSurvivors::stop);
  }

  /**
   * Goes on with the sessions of a run that ended without order; before the start.
   *
   * @return how many
   */
  int restore() {
    List<Connection> left =
        survivors
            .map(
                s ->
                    s.left(
                        c ->
                            suites(aes128)
                                .contains(
                                    c.getEstablishedDtlsContext().getSession().getCipherSuite())))
            .orElse(List.of());
    left.forEach(connection -> doubts.add(connection.getConnectionId()));
    store.taking(() -> left.forEach(this::restoreConnection));
    return (int) left.stream().filter(c -> store.get(c.getConnectionId()) == c).count();
  }

  /** Those of them that did not show yet that they are fresh. */
  int inDoubt() {
    return doubts.size();
  }

  /** How many sessions will outlive a power cut. */
  long noted() {
    return survivors.map(DtlsSurvivors::count).orElse(0L);
  }

  @Override
  protected void sendNextDatagramOverNetwork(DatagramPacket datagram) throws IOException {
    long number = RecordNumbers.of(datagram.getData(), datagram.getOffset(), datagram.getLength());
    if (number >= RecordNumbers.BLOCK && survivors.isPresent()) {
      check(survivors.get(), number);
    }
    super.sendNextDatagramOverNetwork(datagram);
  }

  private void check(DtlsSurvivors known, long number) throws IOException {
    Connection connection =
        working.connection().orElseThrow(() -> new IOException("nobody knows whose record it is"));
    try {
      known.check(connection, number);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a connection has to end: {0}", e.toString());
      store.endNow(connection); // what waits behind this record must not leave either
      throw e;
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
