package io.bellgate.coap.node;

import io.bellgate.api.bits.Secret;
import io.bellgate.nodeline.GatewayContext;
import io.bellgate.oscore.Aead;
import io.bellgate.oscore.Contexts;
import io.bellgate.oscore.NodeStackFactory;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;

/** The nodes of {@link NodeCost}: a line in says port, count and kind; one out, how many failed. */
final class NodeCostLoad {
  private static final int NODES = 32;
  private static final AtomicLong SEQUENCE = new AtomicLong();
  private static final Map<String, CoapEndpoint[]> LOOPS = new HashMap<>();

  private NodeCostLoad() {}

  static void main() throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] order = line.split(" ");
      int port = Integer.parseInt(order[0]);
      int count = Integer.parseInt(order[1]);
      String kind = order[2];
      if (kind.endsWith("new")) {
        int first = order.length > 3 ? Integer.parseInt(order[3]) : 0;
        int failed = 0;
        for (int i = first; i < first + count; i++) {
          CoapEndpoint one = node(kind, i);
          failed += loop(new CoapEndpoint[] {one}, kind, port, 1, i);
          one.destroy();
        }
        System.out.println(failed);
      } else {
        CoapEndpoint[] loops = LOOPS.get(kind + port);
        if (loops == null) {
          loops = new CoapEndpoint[NODES];
          for (int i = 0; i < NODES; i++) {
            loops[i] = node(kind, i);
          }
          LOOPS.put(kind + port, loops);
        }
        System.out.println(loop(loops, kind, port, count, 0));
      }
    }
  }

  private static int loop(CoapEndpoint[] from, String kind, int port, int count, int first)
      throws Exception {
    AtomicInteger left = new AtomicInteger(count);
    AtomicInteger failed = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(count);
    long began = System.nanoTime();
    for (int i = 0; i < from.length; i++) {
      String name = (kind.equals("plain") ? "p" : "n") + (first + i);
      String scheme = kind.startsWith("dtls") ? "coaps" : "coap";
      String uri = scheme + "://127.0.0.1:" + port + "/telemetry/" + name + "/level";
      CoapClient client = new CoapClient(uri);
      client.setEndpoint(from[i]);
      CoapHandler handler =
          new CoapHandler() {
            @Override
            public void onLoad(CoapResponse response) {
              if (response.getCode() != ResponseCode.CHANGED) {
                System.err.println(uri + " was answered " + response.getCode());
                failed.incrementAndGet();
              }
              done.countDown();
              post(client, kind, left, this);
            }

            @Override
            public void onError() {
              System.err.println(
                  uri
                      + " was not answered in ms "
                      + (System.nanoTime() - began) / 1_000_000
                      + " "
                      + from[0].getAddress());
              failed.incrementAndGet();
              done.countDown();
              post(client, kind, left, this);
            }
          };
      post(client, kind, left, handler);
    }
    done.await();
    return failed.get();
  }

  private static void post(
      CoapClient client, String kind, AtomicInteger left, CoapHandler handler) {
    if (left.getAndDecrement() <= 0) {
      return;
    }
    Request request = Request.newPost();
    String reading =
        String.format("{\"seq\":%d,\"v\":21.5,\"u\":\"Cel\"", SEQUENCE.incrementAndGet());
    request.setPayload(reading + " ".repeat(63 - reading.length()) + "}");
    request.getOptions().setContentFormat(50);
    if (kind.startsWith("oscore")) {
      request.getOptions().setOscore(new byte[0]);
    }
    client.advanced(handler, request);
  }

  private static CoapEndpoint node(String kind, int number) throws Exception {
    var configuration =
        Endpoint.configuration().set(CoapConfig.RESPONSE_MATCHING, CoapConfig.MatcherMode.STRICT);
    CoapEndpoint.Builder builder = CoapEndpoint.builder().setConfiguration(configuration);
    String identity = "n" + number + "#1";
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (kind.startsWith("dtls")) {
      DtlsConfig.register();
      builder.setConnector(
          new DTLSConnector(
              DtlsConnectorConfig.builder(configuration)
                  .setAddress(any)
                  .set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY)
                  .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
                  .setAsList(DtlsConfig.DTLS_CIPHER_SUITES, CipherSuite.TLS_PSK_WITH_AES_256_CCM_8)
                  .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0)
                  .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
                  .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1)
                  .setAdvancedPskStore(
                      new AdvancedSinglePskStore(identity, new SecretKeySpec(NodeCost.KEY, "PSK")))
                  .build()));
    } else {
      builder.setInetSocketAddress(any);
    }
    if (kind.startsWith("oscore")) {
      Aead aead = kind.endsWith("128") ? Aead.AES_CCM_16_64_128 : Aead.AES_CCM_16_64_256;
      builder.setCoapStackFactory(NodeStackFactory.oscore(one(identity, aead), Optional::empty));
    }
    CoapEndpoint made = builder.build();
    made.start();
    return made;
  }

  private static Contexts one(String identity, Aead aead) {
    AtomicLong sequence = new AtomicLong();
    try (Secret root = Secret.copyOf(NodeCost.KEY)) {
      return GatewayContext.of(identity, root, aead, sequence::getAndIncrement);
    }
  }
}
