package io.bellgate.ops.demo.bench;

import io.bellgate.ops.demo.Site;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Duration;

/**
 * One phase of load on two gateways and what it cost, from the first post until all is delivered.
 *
 * @param trace what happened to its readings
 * @param alice what alice spent
 * @param bob what bob spent
 * @param self what this process spent: nodes and followers
 * @param aliceCommits commits of alice's router store; NaN if she does not count them
 * @param bobCommits of bob's
 */
record Phase(Trace trace, Cost alice, Cost bob, Cost self, double aliceCommits, double bobCommits) {
  private static final Duration SETTLE_BOUND = Duration.ofSeconds(180);

  /** What nodes do in a phase. */
  interface Nodes {
    void run(Load load) throws InterruptedException;
  }

  /**
   * Runs a phase.
   *
   * @param name of the trace, unique among the pair's phases
   * @param resource says which rule applies
   */
  static Phase run(Bench.Pair pair, String name, String resource, Nodes nodes)
      throws IOException, InterruptedException {
    Trace trace = new Trace(name);
    Site alice = pair.sandbox().alice();
    Site bob = pair.sandbox().bob();
    FileFollower follower = pair.follower(resource);
    follower.tell(trace);
    double aliceCommits = commits(alice);
    double bobCommits = commits(bob);
    Cost aliceBefore = Cost.of(alice.pid());
    Cost bobBefore = Cost.of(bob.pid());
    Cost selfBefore = Cost.of(ProcessHandle.current().pid());
    Load load = new Load(pair.nodes(), resource, trace);
    nodes.run(load);
    load.settled(SETTLE_BOUND);
    Phase phase =
        new Phase(
            trace,
            Cost.of(alice.pid()).since(aliceBefore),
            Cost.of(bob.pid()).since(bobBefore),
            Cost.of(ProcessHandle.current().pid()).since(selfBefore),
            commits(alice) - aliceCommits,
            commits(bob) - bobCommits);
    follower.forget(trace);
    return phase;
  }

  private static double commits(Site site) throws IOException {
    JsonObject status = site.status();
    JsonObject router = status.getJsonObject("router");
    return router == null || !router.containsKey("storeCommits")
        ? Double.NaN
        : router.getJsonNumber("storeCommits").doubleValue();
  }

  double perMessage(double amount) {
    return amount / trace.acceptances();
  }
}
