package io.bellgate.itests.framework;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bellgate.itests.bridge.InFramework;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;

/**
 * Every shipped feature resolves and all its components are bound. A feature that is a part of a
 * gateway says here which services it alone lacks; each of those comes from another shipped
 * feature.
 */
@ExtendWith(InFramework.class)
class FeaturesIT {
  private GatewayUnderTest gateway;

  @Configuration
  static Option[] framework() {
    return Host.framework(FeaturesIT.class);
  }

  @BeforeEach
  void open() {
    gateway = new GatewayUnderTest(this);
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  @Test
  void haveATestEach() throws Exception {
    List<String> tests =
        Arrays.stream(FeaturesIT.class.getDeclaredMethods())
            .filter(m -> m.isAnnotationPresent(Test.class))
            .map(m -> m.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
            .filter(n -> !n.equals("have-a-test-each"))
            .sorted()
            .toList();
    assertEquals(Program.features(), tests);
  }

  @Test
  void base() {
    gateway.awaitBound();
  }

  @Test
  void coap() throws Exception {
    gateway
        .start("coap")
        .configure("io.bellgate.coap.node", Map.of("socket", "coap"))
        .awaitBoundBut("io.bellgate.api.message.Intake");
  }

  @Test
  void demo() throws Exception {
    gateway.start("demo").awaitBound();
  }

  @Test
  void entropy() throws Exception {
    gateway.start("entropy").awaitBound();
  }

  @Test
  void gateway() throws Exception {
    gateway.startLocal("gateway");
  }

  @Test
  void gatewayPqc() throws Exception {
    gateway.startLocal("gateway-pqc");
  }

  @Test
  void keysPool() throws Exception {
    gateway
        .start("keys-pool")
        .configure("io.bellgate.keys.pool", Map.of())
        .awaitBoundBut("io.bellgate.api.entropy.RandomBits");
  }

  @Test
  void keysPqc() throws Exception {
    gateway.start("keys-pqc").configure("io.bellgate.keys.pool", Map.of()).awaitBound();
  }

  @Test
  void lab() throws Exception {
    gateway.startLocal("lab");
  }

  @Test
  void northFile() throws Exception {
    gateway
        .start("north-file")
        .configure(
            "io.bellgate.north.file", Map.of("folder", gateway.data().resolve("north").toString()))
        .awaitBound();
  }

  @Test
  void peerLink() throws Exception {
    gateway.start("peer-link").awaitBoundBut("io.bellgate.api.keys.SiteIdentity");
  }

  @Test
  void policy() throws Exception {
    gateway
        .start("policy")
        .configure(
            "io.bellgate.policy.rules",
            Map.of("rules", new String[] {"all: * => pqc"}, "destination", "bob"))
        .awaitBound();
  }

  @Test
  void router() throws Exception {
    gateway
        .start("router")
        .configure(
            "io.bellgate.gateway.router",
            Map.of("site", "alice", "folder", gateway.data().resolve("router").toString()))
        .awaitBoundBut(
            "io.bellgate.api.policy.Policy",
            "io.bellgate.api.keys.KeyPool",
            "io.bellgate.api.peer.PeerLink",
            "io.bellgate.api.message.Sink");
  }
}
