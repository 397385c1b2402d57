package io.bellgate.qkd.optics;

import io.bellgate.api.qkd.Role;
import io.bellgate.qkd.optics.Message.Begin;
import io.bellgate.qkd.optics.Message.Hello;
import io.bellgate.qkd.optics.Message.ToAlice;
import io.bellgate.qkd.optics.Message.ToBob;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One fibre with a place for a bench at either end. One block at a time. One lock, on this object;
 * nothing is sent to a bench under it.
 */
final class Link {
  private final String name;
  private final Table table;
  private final Pace pace;
  private final BlockRun.Counts counts = new BlockRun.Counts();
  private Station<ToAlice> alice;
  private Station<ToBob> bob;
  private BlockRun running;
  private String lastEnd = "none";

  Link(String name, Table table, Pace pace) {
    this.name = name;
    this.table = table;
    this.pace = pace;
  }

  /**
   * A bench arrives. One of the same site takes the place of the one before.
   *
   * @throws Station.Broken if the place is another site's
   */
  synchronized Station<?> join(Hello hello, OutputStream out, AutoCloseable connection)
      throws Station.Broken {
    boolean alices = hello.role() == Role.ALICE;
    Station<?> before = alices ? alice : bob;
    Station<?> opposite = alices ? bob : alice;
    if (before != null && !before.site().equals(hello.site())
        || opposite != null && opposite.site().equals(hello.site())) {
      throw new Station.Broken(
          "BG-OPTICS-003 a link has one site at either end: link="
              + name
              + " role="
              + hello.role()
              + " site="
              + hello.site()
              + "; compare role and link of the two benches");
    }
    if (before != null) {
      before.close();
    }
    if (alices) {
      alice = new Station<>(hello.site(), out, connection);
      return alice;
    }
    bob = new Station<>(hello.site(), out, connection);
    return bob;
  }

  /** A bench is gone; a block with it ends. */
  void leave(Station<?> station) {
    station.left();
    synchronized (this) {
      alice = alice == station ? null : alice;
      bob = bob == station ? null : bob;
    }
  }

  /** A bench is ready for a block; with both of them ready it begins. */
  void begin(Station<?> station, Begin begin) throws Malformed {
    synchronized (this) {
      if (station.waiting() != null) {
        throw new Malformed("a bench runs one block at a time");
      }
      station.waits(begin);
    }
    startIfReady();
  }

  private void startIfReady() {
    Station<ToAlice> hers;
    Station<ToBob> his;
    Begin one;
    synchronized (this) {
      hers = alice;
      his = bob;
      if (running != null || !ready(hers) || !ready(his)) {
        return;
      }
      one = hers.waiting();
      if (one.equals(his.waiting())) {
        running = new BlockRun(one, hers, his, table, pace, counts);
        BlockRun run = running;
        Thread thread = new Thread(() -> run(run, hers, his), "optics-" + name);
        thread.setDaemon(true);
        thread.start();
        return;
      }
      hers.waits(null);
      his.waits(null);
      lastEnd = "BG-OPTICS-005 both benches begin one block: link=" + name;
    }
    BlockRun.tell(hers, new Message.Ended(lastEnd));
    BlockRun.tell(his, new Message.Ended(lastEnd));
  }

  private static boolean ready(Station<?> station) {
    return station != null && station.waiting() != null;
  }

  private void run(BlockRun run, Station<?> hers, Station<?> his) {
    String reason = run.run(() -> finished(hers, his));
    synchronized (this) {
      running = null;
      lastEnd = reason == null ? "passed" : reason;
    }
    startIfReady();
  }

  private synchronized void finished(Station<?> hers, Station<?> his) {
    hers.waits(null);
    his.waits(null);
  }

  synchronized Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("alice", alice == null ? "absent" : alice.site());
    status.put("bob", bob == null ? "absent" : bob.site());
    status.put(
        "state",
        running != null ? "running" : ready(alice) || ready(bob) ? "one end waits" : "idle");
    status.putAll(counts.asMap());
    status.put("lastEnd", lastEnd);
    return status;
  }
}
