package io.bellgate.itests.framework;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.StatusSource;
import io.bellgate.itests.bridge.InFramework;
import io.bellgate.itests.traffic.Await;
import io.bellgate.itests.traffic.Delivered;
import io.bellgate.itests.traffic.Load;
import java.util.Dictionary;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * State goes from version to version, forward and back; a refusal leaves the old version serving.
 */
@ExtendWith(InFramework.class)
class HandoverIT {
  private static final String COAP = "io.bellgate.coap.node";
  private GatewayUnderTest gateway;

  @Configuration
  static Option[] framework() {
    return Host.framework(HandoverIT.class);
  }

  @BeforeEach
  void open() throws Exception {
    gateway = new GatewayUnderTest(this).startLocal("gateway-pqc");
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  private Map<String, Object> coap() {
    return gateway.service(StatusSource.class, "(status.section=coap)").status();
  }

  @Test
  void goesFromFormat1To2AndBack() throws Exception {
    int port = gateway.port("coap");
    try (Load load = Load.endless("formats", 2, () -> port)) {
      load.awaitAnother(10);
      assertEquals(1, coap().get("stateFormat"));
      gateway.swap(NewVersion.variant("coap.node")).expect(Command.OK);
      assertEquals(2, coap().get("stateFormat"));
      load.awaitAnother(10);
      GatewayUnderTest.Swap back = gateway.swap(NewVersion.of(COAP, "0.1.2")).expect(Command.OK);
      assertEquals(1, back.report().getInt("stateFormat"));
      assertEquals(1, coap().get("stateFormat"));
      Set<String> accepted = load.finish();
      new Delivered(gateway.data().resolve("north"))
          .awaitExactlyOnce(accepted, GatewayUnderTest.HANG);
      assertTrue(coap().get("nodes").toString().contains("formats-1"), "the nodes are still known");
    }
  }

  /** Neither its state nor the loan of a socket is lost over a configuration that cannot be. */
  @Test
  void isServedAgainAfterAConfigurationThatCouldNotBe() throws Exception {
    int port = gateway.port("coap");
    org.osgi.service.cm.Configuration configuration =
        gateway.service(ConfigurationAdmin.class, null).getConfiguration(COAP, "?");
    Dictionary<String, Object> good = configuration.getProperties();
    Dictionary<String, Object> bad = configuration.getProperties();
    bad.put("secure.socket", "no-such-socket");
    try (Load load = Load.endless("changed", 2, () -> port)) {
      load.awaitAnother(10);
      for (int times = 0; times < 2; times++) {
        configuration.update(bad);
        Await.until(
            () -> "not served: " + coap().get("address"),
            GatewayUnderTest.HANG,
            () -> "parked".equals(coap().get("address")));
        configuration.update(good);
        load.awaitAnother(10);
      }
      gateway.swap(NewVersion.of(COAP, "0.1.5")).expect(Command.OK);
      load.awaitAnother(10);
      Set<String> accepted = load.finish();
      new Delivered(gateway.data().resolve("north"))
          .awaitExactlyOnce(accepted, GatewayUnderTest.HANG);
    }
  }

  @Test
  void leavesTheOldVersionServingIfTheNewOneReadsNoneOfItsFormats() throws Exception {
    refused(
        NewVersion.of(
            COAP,
            "0.1.3",
            xml ->
                xml.replaceAll(
                    "(?s)(name=\"handover.reads\" type=\"Integer\">).*?<", "$199\n99<")));
  }

  @Test
  void leavesTheOldVersionServingIfTheNewOneDoesNotActivate() throws Exception {
    refused(
        NewVersion.of(
            COAP,
            "0.1.4",
            xml -> xml.replace("implementation class=\"", "implementation class=\"no.such.")));
  }

  private void refused(java.nio.file.Path jar) throws Exception {
    String before = gateway.bundle(COAP).getVersion().toString();
    int port = gateway.port("coap");
    try (Load load = Load.endless("refused-" + System.nanoTime(), 2, () -> port);
        Deactivations deactivations = new Deactivations(gateway, COAP)) {
      load.awaitAnother(10);
      GatewayUnderTest.Swap swap = gateway.swap(jar).expect(Command.REFUSED);
      assertTrue(swap.report().getString("error").startsWith("BG-SWAP-"), swap.toString());
      load.awaitAnother(10);
      Set<String> accepted = load.finish();
      new Delivered(gateway.data().resolve("north"))
          .awaitExactlyOnce(accepted, GatewayUnderTest.HANG);
      assertEquals(Set.of(), deactivations.down());
    }
    gateway.awaitBound();
    assertEquals(before, gateway.bundle(COAP).getVersion().toString());
  }
}
