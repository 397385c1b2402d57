package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two gateways and the simulated fibre between them: three processes. */
class QuantumLinkIT {
  private static final int KILLS = 20;

  private final long seed = Long.getLong("bellgate.seed", System.nanoTime());
  private TwoSites sites;

  @BeforeEach
  void start() throws Exception {
    System.out.println("QuantumLinkIT -Dbellgate.seed=" + seed);
    sites = TwoSites.make();
  }

  @AfterEach
  void end() {
    sites.close();
  }

  private static long blocks(Gateway gateway, String count)
      throws IOException, InterruptedException {
    return gateway.status("qkd.link").getJsonNumber(count).longValue();
  }

  private void awaitBlocks(Gateway gateway, String count, long least) throws Exception {
    Await.until(
        () -> least + " " + count + " of " + gateway.site() + "; it said: " + gateway.said(),
        Gateway.HANG,
        () -> blocks(gateway, count) >= least);
  }

  @Test
  void protectsMessagesWithItsKeys() throws Exception {
    sites.rules("all: (data.class=*) => qkd+pqc else hold");
    sites.run();
    sites.light();
    try (Load load = Load.start("node", 2, sites::coap, 20)) {
      Set<String> accepted = load.join();
      List<JsonObject> lines =
          new Delivered(sites.bob().north()).awaitExactlyOnce(accepted, Gateway.HANG);
      assertFalse(lines.isEmpty());
      for (JsonObject line : lines) {
        JsonObject evidence = line.getJsonObject("evidence");
        assertEquals("qkd+pqc", evidence.getString("protection"));
        assertTrue(evidence.getString("origin").contains("QKD*simulated"), line.toString());
        assertTrue(evidence.getString("origin").contains("PQC"), line.toString());
      }
    }
  }

  @Test
  void abortsUnderAnEavesdropperAndComesBack() throws Exception {
    sites.run();
    sites.light();
    awaitBlocks(sites.alice(), "blocksConfirmed", 1);
    sites.optics().command("optics", "eve", "intercept-resend").expect(0);
    awaitBlocks(sites.alice(), "blocksAborted", blocks(sites.alice(), "blocksAborted") + 2);
    JsonObject link = sites.alice().status("qkd.link");
    assertEquals("qber", link.getString("lastReason"));
    // a whole block: 25 % and half of the fibre's own errors; some 42,000 bits, 5 sigma
    assertEquals(0.255, link.getJsonNumber("lastQber").doubleValue(), 0.011);
    long confirmed = blocks(sites.alice(), "blocksConfirmed");
    sites.optics().command("optics", "eve", "none").expect(0);
    awaitBlocks(sites.alice(), "blocksConfirmed", confirmed + 1);
  }

  /** Twenty times, at any moment, either end or both; then both count the same keys. */
  @Test
  void holdsTheSameKeysAtBothEndsAfterKills() throws Exception {
    Random random = new Random(seed);
    sites.run();
    sites.light();
    for (int kills = 0; kills < KILLS; ) {
      awaitBlocks(
          sites.alice(), "blocksConfirmed", blocks(sites.alice(), "blocksConfirmed") + kills % 2);
      // somewhere in the block that runs now
      long moment = System.nanoTime() + random.nextInt(1_500) * 1_000_000L;
      Await.until("a moment", Gateway.HANG, () -> System.nanoTime() - moment >= 0);
      List<Gateway> victims =
          switch (random.nextInt(3)) {
            case 0 -> List.of(sites.alice());
            case 1 -> List.of(sites.bob());
            default -> List.of(sites.alice(), sites.bob());
          };
      for (Gateway victim : victims) {
        victim.kill9();
        kills++;
      }
      for (Gateway victim : victims) {
        victim.start();
      }
      for (Gateway victim : victims) {
        victim.awaitReady();
      }
    }
    awaitBlocks(sites.alice(), "blocksConfirmed", 1);
    sites.optics().stop();
    Await.until(
        () -> "the same keys at both ends: " + stocks(sites.alice()) + stocks(sites.bob()),
        Gateway.HANG,
        () -> stocks(sites.alice()).equals(mirrored(stocks(sites.bob()))));
  }

  private static Map<String, List<Long>> stocks(Gateway gateway) {
    Map<String, List<Long>> stocks = new TreeMap<>();
    try {
      for (JsonObject stock :
          gateway.status("keys").getJsonArray("stocks").getValuesAs(JsonObject.class)) {
        stocks.put(
            stock.getString("origin"),
            List.of(
                stock.getJsonNumber("ownOctets").longValue(),
                stock.getJsonNumber("peersOctets").longValue(),
                stock.getJsonNumber("unconfirmedOctets").longValue()));
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
    return stocks;
  }

  private static Map<String, List<Long>> mirrored(Map<String, List<Long>> stocks) {
    Map<String, List<Long>> mirrored = new TreeMap<>();
    stocks.forEach((o, n) -> mirrored.put(o, List.of(n.get(1), n.get(0), n.get(2))));
    return mirrored;
  }
}
