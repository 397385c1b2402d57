package io.bellgate.itests.framework;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.ops.StatusSource;
import io.bellgate.api.qkd.QkdProtocol;
import io.bellgate.api.qkd.QuantumChannel;
import io.bellgate.api.qkd.Reconciler;
import io.bellgate.itests.bridge.InFramework;
import io.bellgate.itests.traffic.Delivered;
import io.bellgate.itests.traffic.Load;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;

/**
 * Each swappable bundle is replaced while nodes talk: nothing is lost, nothing comes twice, no
 * other bundle or component goes down.
 */
@ExtendWith(InFramework.class)
class SwapIT {
  private GatewayUnderTest gateway;

  @Configuration
  static Option[] framework() {
    return Host.framework(SwapIT.class);
  }

  @BeforeEach
  void open() throws Exception {
    gateway = new GatewayUnderTest(this).startLocal("lab-link");
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  private void swapsUnderTraffic(String symbolicName) throws Exception {
    swapsUnderTraffic(symbolicName, NewVersion.of(symbolicName, "0.1.7"));
  }

  private void swapsUnderTraffic(String symbolicName, Path jar) throws Exception {
    int port = gateway.port("coap");
    try (Load load = Load.endless(symbolicName, 2, () -> port);
        Deactivations deactivations = new Deactivations(gateway, symbolicName)) {
      load.awaitAnother(20);
      GatewayUnderTest.Swap swap = gateway.swap(jar).expect(0);
      load.awaitAnother(20);
      Set<String> accepted = load.finish();
      assertEquals(Set.of(), deactivations.down());
      assertEquals(0, swap.report().getJsonArray("blastRadiusBundles").size());
      assertEquals(0, swap.report().getJsonArray("blastRadiusComponents").size());
      new Delivered(gateway.data().resolve("north"))
          .awaitExactlyOnce(accepted, GatewayUnderTest.HANG);
    }
    gateway.awaitBound();
    assertEquals(
        swapped(jar), gateway.bundle(symbolicName).getVersion().toString(), "the new one serves");
  }

  private static String swapped(Path jar) throws Exception {
    try (java.util.jar.JarFile file = new java.util.jar.JarFile(jar.toFile())) {
      return file.getManifest().getMainAttributes().getValue("Bundle-Version");
    }
  }

  @Test
  void coapCommands() throws Exception {
    swapsUnderTraffic("io.bellgate.coap.commands");
  }

  @Test
  void coapNode() throws Exception {
    swapsUnderTraffic("io.bellgate.coap.node");
  }

  @Test
  void coapNodeVariant() throws Exception {
    swapsUnderTraffic("io.bellgate.coap.node", NewVersion.variant("coap.node"));
  }

  @Test
  void entropyHub() throws Exception {
    swapsUnderTraffic("io.bellgate.entropy.hub");
  }

  @Test
  void gatewayRouter() throws Exception {
    swapsUnderTraffic("io.bellgate.gateway.router");
  }

  @Test
  void keysPool() throws Exception {
    swapsUnderTraffic("io.bellgate.keys.pool");
  }

  @Test
  void keysPqc() throws Exception {
    swapsUnderTraffic("io.bellgate.keys.pqc");
  }

  @Test
  void northFile() throws Exception {
    swapsUnderTraffic("io.bellgate.north.file");
  }

  @Test
  void opsShell() throws Exception {
    swapsUnderTraffic("io.bellgate.ops.shell");
  }

  @Test
  void opsUpgrade() throws Exception {
    gateway.swap(NewVersion.of("io.bellgate.north.file", "0.1.7")).expect(0);
    swapsUnderTraffic("io.bellgate.ops.upgrade");
    String last =
        gateway
            .service(StatusSource.class, "(status.section=swaps)")
            .status()
            .get("last")
            .toString();
    assertTrue(
        last.contains("symbolicName=io.bellgate.north.file")
            && last.contains("symbolicName=io.bellgate.ops.upgrade"),
        () -> "the new version knows what the old one did: " + last);
  }

  @Test
  void peerLink() throws Exception {
    swapsUnderTraffic("io.bellgate.peer.link");
  }

  @Test
  void qkdBb84() throws Exception {
    swapsUnderTraffic("io.bellgate.qkd.bb84");
    linkHas("io.bellgate.qkd.bb84", QkdProtocol.class);
  }

  @Test
  void qkdBb84Variant() throws Exception {
    swapsUnderTraffic("io.bellgate.qkd.bb84", NewVersion.variant("qkd.bb84"));
    linkHas("io.bellgate.qkd.bb84", QkdProtocol.class);
  }

  @Test
  void qkdCascade() throws Exception {
    swapsUnderTraffic("io.bellgate.qkd.cascade");
    linkHas("io.bellgate.qkd.cascade", Reconciler.class);
  }

  @Test
  void qkdLink() throws Exception {
    swapsUnderTraffic("io.bellgate.qkd.link");
    linkHas("io.bellgate.qkd.bb84", QkdProtocol.class);
    linkHas("io.bellgate.qkd.cascade", Reconciler.class);
    linkHas("io.bellgate.qkd.optics", QuantumChannel.class);
  }

  @Test
  void qkdOptics() throws Exception {
    swapsUnderTraffic("io.bellgate.qkd.optics");
    linkHas("io.bellgate.qkd.optics", QuantumChannel.class);
  }

  private void linkHas(String provider, Class<?> service) {
    assertTrue(
        gateway.uses("io.bellgate.qkd.link", provider, service),
        () -> "the link is bound to the version that serves: " + provider);
  }

  @Test
  void policyRules() throws Exception {
    swapsUnderTraffic("io.bellgate.policy.rules");
  }

  @Test
  void policyRulesVariant() throws Exception {
    swapsUnderTraffic("io.bellgate.policy.rules", NewVersion.variant("policy.rules"));
  }
}
