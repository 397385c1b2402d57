package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bellgate.itests.traffic.Delivered;
import jakarta.json.JsonObject;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.SessionAdapter;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that speak DTLS do not notice that the endpoint is swapped under them. */
class DtlsSwapIT {
  private static final int NODES = 4;

  private final AtomicInteger handshakes = new AtomicInteger();
  private final Set<String> accepted = new ConcurrentSkipListSet<>();
  private final List<CoapEndpoint> endpoints = new ArrayList<>();
  private volatile boolean stopping;
  private TwoSites sites;
  private int port;

  @BeforeEach
  void start() throws Exception {
    sites = TwoSites.make();
    try (DatagramSocket free =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      port = free.getLocalPort();
    }
    sites.secure(port);
    sites.run();
  }

  @AfterEach
  void end() {
    endpoints.forEach(CoapEndpoint::destroy);
    sites.close();
  }

  private CoapClient node(String name) throws Exception {
    String[] given =
        sites.alice().command("nodes", "add", name).expect(0).out().strip().split("\\s+");
    DtlsConnectorConfig config =
        DtlsConnectorConfig.builder(Configuration.createStandardWithoutFile())
            .set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY)
            .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
            .setAsList(DtlsConfig.DTLS_CIPHER_SUITES, CipherSuite.TLS_PSK_WITH_AES_256_CCM_8)
            .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0)
            .setAdvancedPskStore(
                new AdvancedSinglePskStore(
                    given[1], new SecretKeySpec(HexFormat.of().parseHex(given[3]), "PSK")))
            .setSessionListener(
                new SessionAdapter() {
                  @Override
                  public void handshakeStarted(Handshaker handshaker) {
                    handshakes.incrementAndGet();
                  }
                })
            .build();
    CoapEndpoint endpoint = CoapEndpoint.builder().setConnector(new DTLSConnector(config)).build();
    endpoints.add(endpoint);
    return new CoapClient("coaps://127.0.0.1:" + port + "/telemetry/" + name + "/pressure")
        .setEndpoint(endpoint)
        .setTimeout(TimeUnit.SECONDS.toMillis(30));
  }

  private Void talk(String name, CoapClient client) throws Exception {
    for (long sequence = 0; !stopping; sequence++) {
      byte[] payload = ("{\"seq\":" + sequence + "}").getBytes(StandardCharsets.UTF_8);
      CoapResponse response = client.post(payload, MediaTypeRegistry.APPLICATION_JSON);
      if (response == null || response.getCode() != ResponseCode.CHANGED) {
        throw new AssertionError("an exchange is lost: " + name + "/" + sequence + " " + response);
      }
      accepted.add(name + "/" + sequence);
    }
    return null;
  }

  private void awaitAnother(int readings, List<Future<Void>> nodes) throws Exception {
    int wanted = accepted.size() + readings;
    long until = System.nanoTime() + Gateway.HANG.toNanos();
    while (accepted.size() < wanted) {
      for (Future<Void> node : nodes) {
        if (node.isDone()) {
          node.get(); // says what went wrong
        }
      }
      if (System.nanoTime() > until) {
        throw new AssertionError("readings: wanted=" + wanted + " are=" + accepted.size());
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Test
  void loseNoExchangeAndShakeHandsOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(NODES);
    try {
      List<Future<Void>> nodes = new ArrayList<>();
      for (int i = 0; i < NODES; i++) {
        String name = "sealed-" + i;
        CoapClient client = node(name);
        nodes.add(threads.submit(() -> talk(name, client)));
      }
      awaitAnother(40, nodes);
      String demo = Gateway.PROGRAM + "/demo/io.bellgate.coap.node-0.1.1-demo.jar";
      JsonObject report = sites.alice().command("swap", demo, "--json").expect(0).json();
      assertEquals("0.1.1", report.getString("after"));
      awaitAnother(40, nodes);
      stopping = true;
      for (Future<Void> node : nodes) {
        node.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(NODES, handshakes.get(), "one for each node");
    Set<String> how = new TreeSet<>();
    new Delivered(sites.bob().north())
        .awaitExactlyOnce(accepted, Gateway.HANG)
        .forEach(line -> how.add(line.line().getJsonObject("evidence").getString("protection")));
    assertEquals(Set.of("pqc"), how);
  }
}
