package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.itests.traffic.Await;
import io.bellgate.itests.traffic.Delivered;
import io.bellgate.itests.traffic.Load;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
  private static final String CONFIRMED = "blocksConfirmed";
  private static final String ABORTED = "blocksAborted";
  private static final String[] QUANTUM_ONLY = {
    "pads: (node=pad-*) => otp else hold", "rest: (node=*) => qkd+pqc else hold"
  };

  private final long seed = Long.getLong("bellgate.seed", System.nanoTime());
  private TwoSites sites;

  @BeforeEach
  void make() throws Exception {
    System.out.println("QuantumLinkIT -Dbellgate.seed=" + seed);
    sites = TwoSites.make();
    sites.insatiable();
  }

  @AfterEach
  void end() {
    sites.close();
  }

  private static long blocks(Gateway gateway, String count) throws IOException {
    return gateway.status("qkd.link").getJsonNumber(count).longValue();
  }

  private static void awaitBlocks(Gateway gateway, String count, long least) throws Exception {
    Await.until(
        () -> least + " " + count + " of " + gateway.site() + " " + link(gateway),
        Gateway.HANG,
        () -> blocks(gateway, count) >= least);
  }

  private static void awaitMore(Gateway gateway, String count, long more) throws Exception {
    awaitBlocks(gateway, count, blocks(gateway, count) + more);
  }

  private static String link(Gateway gateway) {
    try {
      return gateway.status("qkd.link").toString();
    } catch (IOException | AssertionError e) {
      return e + " it said: " + gateway.said();
    }
  }

  @Test
  void protectsMessagesWithItsKeys() throws Exception {
    sites.rules(QUANTUM_ONLY);
    sites.run();
    sites.light();
    deliversUnderQuantumKeys("node");
  }

  /** Every reading once, each under what the rules say and nothing else. */
  private void deliversUnderQuantumKeys(String nodes) throws Exception {
    try (Load load = Load.start(nodes, 2, sites::coap, 20);
        Load pads = Load.start("pad-" + nodes, 1, sites::coap, 10)) {
      Set<String> accepted = load.join();
      accepted.addAll(pads.join());
      assertEquals(50, accepted.size());
      new Delivered(sites.bob().north())
          .awaitExactlyOnce(accepted, Gateway.HANG)
          .forEach(line -> assertUnderQuantumKeys(line.line()));
    }
  }

  private static void assertUnderQuantumKeys(JsonObject line) {
    JsonObject evidence = line.getJsonObject("evidence");
    boolean pad = line.getString("node").startsWith("pad-");
    assertEquals(pad ? "otp" : "qkd+pqc", evidence.getString("protection"));
    String origin = evidence.getString("origin");
    assertTrue(origin.contains("QKD*simulated"), line::toString);
    assertEquals(!pad, origin.contains("PQC"), line::toString);
  }

  @Test
  void abortsUnderAnEavesdropperAndComesBack() throws Exception {
    sites.run();
    sites.light();
    awaitBlocks(sites.alice(), CONFIRMED, 1);
    sites.optics().ask("optics", "eve", "intercept-resend").expect(0);
    // the block in flight has met her in part only
    awaitMore(sites.alice(), ABORTED, 2);
    JsonObject link = sites.alice().status("qkd.link");
    assertEquals("qber", link.getString("lastReason"));
    // a whole block: 25 % and half of the fibre's own errors; some 42,000 bits, 5 sigma
    assertEquals(0.255, link.getJsonNumber("lastQber").doubleValue(), 0.011);
    sites.optics().ask("optics", "eve", "none").expect(0);
    awaitMore(sites.alice(), CONFIRMED, 1);
  }

  /** Twenty times, at any moment, either end or both; then both have the same keys. */
  @Test
  void holdsTheSameKeysAtBothEndsAfterKills() throws Exception {
    Random random = new Random(seed);
    sites.rules(QUANTUM_ONLY);
    sites.run();
    sites.light();
    for (int kills = 0; kills < KILLS; ) {
      awaitMore(sites.alice(), CONFIRMED, kills % 2);
      // somewhere in the block that runs now
      long moment = System.nanoTime() + random.nextInt(1_500) * 1_000_000L;
      Await.until("a moment", Gateway.HANG, () -> System.nanoTime() - moment >= 0);
      kills += kill(random.nextInt(3));
    }
    awaitStock(40_000);
    deliversUnderQuantumKeys("after");
    sites.optics().stop();
    awaitEqualStocks();
    deliversUnderQuantumKeys("dark");
    awaitEqualStocks();
    assertEquals(0, protectedAgain(), "every key that one end uses is known at the other");
  }

  private int kill(int which) throws Exception {
    List<Gateway> victims =
        switch (which) {
          case 0 -> List.of(sites.alice());
          case 1 -> List.of(sites.bob());
          default -> List.of(sites.alice(), sites.bob());
        };
    for (Gateway victim : victims) {
      victim.kill9();
    }
    for (Gateway victim : victims) {
      victim.start();
    }
    for (Gateway victim : victims) {
      victim.awaitReady();
    }
    return victims.size();
  }

  private int protectedAgain() throws IOException {
    JsonObject counts = sites.alice().status("router").getJsonObject("counts");
    return counts.getInt("protected again", 0);
  }

  /** Waits until alice has so many octets of QKD key to use. */
  private void awaitStock(long octets) throws Exception {
    Await.until(
        () -> octets + " octets: " + stocks(sites.alice()) + link(sites.alice()),
        Gateway.HANG,
        () ->
            stocks(sites.alice()).entrySet().stream()
                .anyMatch(s -> s.getKey().contains("QKD") && s.getValue().get(0) >= octets));
  }

  private void awaitEqualStocks() throws Exception {
    Await.until(
        () -> "the same keys at both ends: " + stocks(sites.alice()) + stocks(sites.bob()),
        Gateway.HANG,
        this::equalStocks);
  }

  private boolean equalStocks() {
    Map<String, List<Long>> mirrored = new TreeMap<>();
    stocks(sites.bob()).forEach((o, n) -> mirrored.put(o, List.of(n.get(1), n.get(0), n.get(2))));
    return stocks(sites.alice()).equals(mirrored);
  }

  /** For each origin the octets of this end, of the peer, unconfirmed. */
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
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return stocks;
  }

  /** Protocol, reconciler and the link itself, while blocks run and nodes talk. */
  @Test
  void losesAtMostTheBlockInFlightInASwap() throws Exception {
    sites.rules(QUANTUM_ONLY);
    sites.run();
    sites.light();
    Path folder = sites.config().getParent();
    List<Path> jars =
        List.of(
            Gateway.PROGRAM.resolve("demo/io.bellgate.qkd.bb84-0.1.1-demo.jar"),
            NextVersion.of("qkd.cascade", folder),
            NextVersion.of("qkd.link", folder));
    try (Load load = Load.endless("swap", 1, sites::coap)) {
      awaitBlocks(sites.alice(), CONFIRMED, 1);
      for (Path jar : jars) {
        long bad = bad(sites.bob());
        JsonObject report = sites.alice().ask("swap", jar.toString(), "--json").expect(0).json();
        assertEquals("0.1.1", report.getString("after"));
        assertEquals(List.of(), report.getJsonArray("blastRadiusBundles"));
        assertEquals(List.of(), report.getJsonArray("blastRadiusComponents"));
        awaitMore(sites.alice(), CONFIRMED, 2);
        assertTrue(bad(sites.bob()) - bad <= 1, () -> jar + " " + records(sites.bob()));
      }
      new Delivered(sites.bob().north()).awaitExactlyOnce(load.finish(), Gateway.HANG);
    }
    assertTrue(
        records(sites.alice()).stream().anyMatch(r -> r.getString("bound").contains("DEMO")),
        "blocks say which version ran them");
    sites.optics().stop();
    awaitEqualStocks();
    deliversUnderQuantumKeys("dark");
    assertEquals(0, protectedAgain(), "every key that one end uses is known at the other");
  }

  private static long bad(Gateway gateway) {
    return records(gateway).stream()
        .filter(r -> !r.getString("outcome").equals("confirmed"))
        .count();
  }

  private static List<JsonObject> records(Gateway gateway) {
    List<JsonObject> records = new ArrayList<>();
    Path file = gateway.data().resolve("qkd/blocks.jsonl");
    try {
      for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
        try (JsonReader reader = Json.createReader(new StringReader(line))) {
          records.add(reader.readObject());
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return records;
  }

  /** Whoever puts back an old copy of the data folder must not use its keys a second time. */
  @Test
  void usesNoKeyTwiceAfterACopyWasRestored() throws Exception {
    sites.rules("all: (data.class=*) => qkd+pqc, pqc else hold");
    sites.run();
    sites.light();
    awaitStock(10_000);
    Path copy = sites.config().resolveSibling("copy");
    Delivered delivered = new Delivered(sites.bob().north());
    try (Load load = Load.endless("before", 2, sites::coap)) {
      load.awaitAnother(20);
      sites.alice().backUp(copy);
      load.awaitAnother(40);
      awaitMore(sites.alice(), CONFIRMED, 1);
      // what she accepts after the copy is hers no more once it is restored
      delivered.awaitExactlyOnce(load.finish(), Gateway.HANG);
    }
    sites.alice().kill9();
    sites.alice().restore(copy);
    sites.alice().start().awaitReady();
    try (Load load = Load.start("after", 2, sites::coap, 30)) {
      delivered.awaitExactlyOnce(load.join(), Gateway.HANG);
    }
    sites.optics().stop();
    Await.until(
        () -> "found out, or covered: " + stocks(sites.alice()) + stocks(sites.bob()),
        Gateway.HANG,
        () ->
            foundOut()
                || covered(sites.alice(), sites.bob()) && covered(sites.bob(), sites.alice()));
  }

  /** Whatever one end can take, the other can receive. */
  private static boolean covered(Gateway taker, Gateway receiver) {
    Map<String, List<Long>> there = stocks(receiver);
    return stocks(taker).entrySet().stream()
        .allMatch(s -> s.getValue().get(0) <= there.get(s.getKey()).get(1));
  }

  private boolean foundOut() throws IOException {
    for (Gateway gateway : List.of(sites.alice(), sites.bob())) {
      for (JsonObject peer :
          gateway.status("keys").getJsonArray("peers").getValuesAs(JsonObject.class)) {
        if (peer.getInt("restoredHere") + peer.getInt("restoredAtPeer") > 0) {
          return true;
        }
      }
    }
    return false;
  }
}
