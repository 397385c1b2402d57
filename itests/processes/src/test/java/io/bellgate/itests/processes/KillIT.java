package io.bellgate.itests.processes;

import io.bellgate.itests.traffic.Delivered;
import io.bellgate.itests.traffic.Load;
import java.util.Random;
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
    killed(sites.bob());
  }

  @Test
  void losesAndRepeatsNothingWhenTheSenderIsKilled() throws Exception {
    killed(sites.alice());
  }

  private void killed(Gateway victim) throws Exception {
    Random random = new Random(seed);
    try (Load load = Load.endless("kill", 4, sites::coap)) {
      for (int kill = 0; kill < KILLS; kill++) {
        load.awaitAnother(20 + random.nextInt(60));
        victim.kill9();
        victim.start().awaitReady();
      }
      load.awaitAnother(40);
      new Delivered(sites.bob().north()).awaitExactlyOnce(load.finish(), Gateway.HANG);
    }
  }
}
