package io.bellgate.itests.processes;

import io.bellgate.itests.traffic.Await;
import io.bellgate.itests.traffic.Delivered;
import io.bellgate.itests.traffic.Load;
import java.io.IOException;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Gateways are killed under load: nothing that was accepted is lost or delivered twice. */
class KillIT {
  private static final int KILLS = 5;

  private final long seed = Long.getLong("bellgate.seed", System.nanoTime());
  private TwoSites sites;

  @BeforeEach
  void start() throws Exception {
    System.out.println("KillIT -Dbellgate.seed=" + seed);
    sites = TwoSites.start();
  }

  @AfterEach
  void end() {
    sites.close();
  }

  @Test
  void losesAndRepeatsNothingWhenTheReceiverIsKilled() throws Exception {
    killed(sites.bob(), 1); // she accepts on meanwhile: thousands from four
  }

  @Test
  void losesAndRepeatsNothingWhenTheSenderIsKilled() throws Exception {
    killed(sites.alice(), 4);
  }

  private void killed(Gateway victim, int nodes) throws Exception {
    Random random = new Random(seed);
    Delivered delivered = new Delivered(sites.bob().north());
    try (Load load = Load.endless("kill", nodes, sites::coap)) {
      for (int kill = 0; kill < KILLS; kill++) {
        load.awaitAnother(20);
        awaitAnother(delivered, 20 + random.nextInt(60));
        victim.kill9();
        victim.start().awaitReady();
      }
      load.awaitAnother(40);
      Set<String> accepted = load.finish();
      Await.until(this::sender, Gateway.HANG, () -> delivered.lines().size() >= accepted.size());
      delivered.awaitExactlyOnce(accepted, Gateway.HANG);
    }
  }

  /** What holds the sender up. */
  private String sender() {
    try {
      return sites.alice().ask("status", "router", "keys", "peers", "--json").out();
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** A kill while nothing arrives would show little. */
  private static void awaitAnother(Delivered delivered, int readings) throws Exception {
    int wanted = delivered.lines().size() + readings;
    Await.until(
        () -> wanted + " deliveries", Gateway.HANG, () -> delivered.lines().size() >= wanted);
  }
}
