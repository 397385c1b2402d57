package io.bellgate.ops.node.line;

import io.bellgate.api.bits.Secret;
import io.bellgate.nodekeys.NodeContext;
import io.bellgate.oscore.Contexts;
import io.bellgate.oscore.OscoreStackFactory;
import io.bellgate.oscore.SecurityContext;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.crypto.SecretKey;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.eclipse.californium.scandium.util.SecretUtil;

/** Makes the endpoint of a node, small as a node is. */
final class Endpoints {
  private static final int MOST_BODY_OCTETS = 65_536;

  static {
    CoapConfig.register();
    UdpConfig.register();
    SystemConfig.register();
    DtlsConfig.register();
  }

  private Endpoints() {}

  /**
   * An endpoint, and what wipes its keys when it is destroyed.
   *
   * @param endpoint not started
   * @param wipe to be run last
   */
  record Made(CoapEndpoint endpoint, Runnable wipe) {}

  private static Configuration configuration() {
    return new Configuration()
        .set(CoapConfig.MAX_RESOURCE_BODY_SIZE, MOST_BODY_OCTETS)
        .set(CoapConfig.MAX_ACTIVE_PEERS, 2)
        .set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, 1)
        .set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1)
        .set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1)
        .set(SystemConfig.HEALTH_STATUS_INTERVAL, 0, TimeUnit.SECONDS);
  }

  private static CoapEndpoint.Builder udp() {
    return CoapEndpoint.builder()
        .setConfiguration(configuration())
        .setInetSocketAddress(new InetSocketAddress(0));
  }

  static Made plain() {
    return new Made(udp().build(), () -> {});
  }

  /** TLS_PSK_WITH_AES_256_CCM_8, with the gateway's connection ID and none of its own. */
  static Made dtls(Keying keying) {
    Configuration configuration = configuration();
    SecretKey key = keying.key().lend(octets -> SecretUtil.create(octets, "PSK"));
    AdvancedSinglePskStore store = new AdvancedSinglePskStore(keying.identity(), key);
    SecretUtil.destroy(key); // the store has a copy
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
    return new Made(
        CoapEndpoint.builder()
            .setConfiguration(configuration)
            .setConnector(new DTLSConnector(config))
            .build(),
        () -> SecretUtil.destroy(store));
  }

  static Made oscore(Keying keying) {
    SecurityContext context;
    try (Secret secret = NodeContext.masterSecret(keying.key(), keying.identity())) {
      context =
          new SecurityContext(
              "gateway",
              secret,
              new SecurityContext.Parameters(
                  new byte[0],
                  Optional.empty(),
                  NodeContext.kid(keying.identity()),
                  new byte[0],
                  keying.aead()),
              keying.numbers()::getAsLong);
    }
    return new Made(
        udp()
            .setCoapStackFactory(new OscoreStackFactory(new Towards(context), Optional::empty))
            .build(),
        context::destroy);
  }

  /** The one context of a node: with its gateway, which sends no requests. */
  private record Towards(SecurityContext context) implements Contexts {
    @Override
    public Optional<SecurityContext> of(byte[] kid, Optional<byte[]> kidContext) {
      return Optional.empty();
    }

    @Override
    public Optional<SecurityContext> towards(EndpointContext destination) {
      return Optional.of(context);
    }
  }
}
