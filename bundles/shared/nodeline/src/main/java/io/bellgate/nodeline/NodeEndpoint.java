package io.bellgate.nodeline;

import io.bellgate.api.bits.Secret;
import io.bellgate.oscore.NodeStackFactory;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKey;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.eclipse.californium.scandium.util.SecretUtil;

/** The endpoint of one node, which speaks to one gateway, under one key. Small as a node is. */
public final class NodeEndpoint implements AutoCloseable {
  private static final int MOST_BODY_OCTETS = 65_536;

  static {
    CoapConfig.register();
    UdpConfig.register();
    SystemConfig.register();
    DtlsConfig.register();
  }

  private final CoapEndpoint endpoint;
  private final Runnable wipe;

  private NodeEndpoint(CoapEndpoint endpoint, Runnable wipe) {
    this.endpoint = endpoint;
    this.wipe = wipe;
  }

  /** Without protection, on any free port. */
  public static NodeEndpoint plain() {
    return new NodeEndpoint(udp().build(), () -> {});
  }

  /**
   * Under TLS_PSK_WITH_AES_256_CCM_8, with the gateway's connection ID and none of its own.
   *
   * @param key of the node; lent for the call
   */
  public static NodeEndpoint dtls(String identity, Secret key) {
    Configuration configuration = configuration();
    SecretKey given = key.lend(octets -> SecretUtil.create(octets, "PSK"));
    AdvancedSinglePskStore store = new AdvancedSinglePskStore(identity, given);
    SecretUtil.destroy(given); // the store has a copy
    DtlsConnectorConfig config =
        DtlsConnectorConfig.builder(configuration)
            .set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY)
            .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
            .setAsList(DtlsConfig.DTLS_CIPHER_SUITES, CipherSuite.TLS_PSK_WITH_AES_256_CCM_8)
            .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0)
            .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
            .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1)
            .set(DtlsConfig.DTLS_MAX_CONNECTIONS, 2)
            .setAdvancedPskStore(store)
            .build();
    return new NodeEndpoint(
        CoapEndpoint.builder()
            .setConfiguration(configuration)
            .setConnector(new DTLSConnector(config))
            .setCoapStackFactory(new NodeStackFactory(EchoLayer::new))
            .build(),
        () -> SecretUtil.destroy(store));
  }

  /**
   * Under OSCORE, where a request carries its option.
   *
   * @param context closed with the endpoint
   */
  public static NodeEndpoint oscore(GatewayContext context) {
    NodeStackFactory stack = NodeStackFactory.oscore(context, Optional::empty);
    return new NodeEndpoint(udp().setCoapStackFactory(stack).build(), context::close);
  }

  private static CoapEndpoint.Builder udp() {
    return CoapEndpoint.builder()
        .setConfiguration(configuration())
        .setInetSocketAddress(new InetSocketAddress(0));
  }

  private static Configuration configuration() {
    return new Configuration()
        .set(CoapConfig.MAX_RESOURCE_BODY_SIZE, MOST_BODY_OCTETS)
        .set(CoapConfig.MAX_ACTIVE_PEERS, 2)
        .set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, 1)
        .set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1)
        .set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1)
        .set(SystemConfig.HEALTH_STATUS_INTERVAL, 0, TimeUnit.SECONDS);
  }

  /** What Californium knows it by; not started yet. */
  public CoapEndpoint coap() {
    return endpoint;
  }

  /** Ends it and wipes what it had of the key. */
  @Override
  public void close() {
    endpoint.destroy();
    wipe.run();
  }
}
