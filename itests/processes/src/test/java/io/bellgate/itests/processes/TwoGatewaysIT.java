package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.itests.traffic.Await;
import io.bellgate.itests.traffic.Delivered;
import io.bellgate.itests.traffic.Load;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole path: node, alice, bob, file. */
class TwoGatewaysIT {
  private TwoSites sites;

  @BeforeEach
  void start() throws Exception {
    sites = TwoSites.start();
  }

  @AfterEach
  void end() {
    sites.close();
  }

  @Test
  void deliverEachReadingOnceAndProtected() throws Exception {
    try (Load load = Load.start("node", 4, sites::coap, 50)) {
      Set<String> accepted = load.join();
      assertEquals(200, accepted.size());
      List<Delivered.Delivery> lines =
          new Delivered(sites.bob().north()).awaitExactlyOnce(accepted, Gateway.HANG);
      assertEquals(200, lines.size());
      Map<String, Integer> classes = new TreeMap<>();
      for (Delivered.Delivery delivery : lines) {
        JsonObject line = delivery.line();
        classes.merge(line.getString("class"), 1, Integer::sum);
        assertEquals("pqc", line.getJsonObject("evidence").getString("protection"));
        assertEquals("alice", line.getString("site"));
      }
      assertEquals(Map.of("critical", 68, "process", 68, "ambient", 64), classes);
    }
    sites.light(); // an unpaired link is a problem
    Await.until(
        "no problem of the link",
        Gateway.HANG,
        () -> sites.alice().status("qkd.link").getJsonArray("problems").isEmpty());
    assertTrue(sites.alice().command("doctor").expect(0).out().contains("ok"));
  }

  @Test
  void keepEveryReadingThroughSwapsUnderLoad() throws Exception {
    try (Load load = Load.endless("swap", 3, sites::coap)) {
      load.awaitAnother(30);
      for (String bundle : List.of("policy.rules", "coap.node")) {
        String jar = Gateway.PROGRAM + "/demo/io.bellgate." + bundle + "-0.1.1-demo.jar";
        JsonObject report = sites.alice().command("swap", jar, "--json").expect(0).json();
        assertEquals("0.1.0", report.getString("before"));
        assertEquals("0.1.1", report.getString("after"));
        assertEquals(List.of(), report.getJsonArray("blastRadiusBundles"));
        assertEquals(List.of(), report.getJsonArray("blastRadiusComponents"));
        load.awaitAnother(30);
      }
      sites.alice().kill9();
      sites.alice().start().awaitReady();
      load.awaitAnother(30);
      JsonObject bundles = sites.alice().status("gateway").getJsonObject("bundles");
      assertEquals("0.1.1", bundles.getString("io.bellgate.coap.node"), "committed");
      assertEquals("0.1.1", bundles.getString("io.bellgate.policy.rules"), "committed");
      new Delivered(sites.bob().north()).awaitExactlyOnce(load.finish(), Gateway.HANG);
    }
  }
}
