package io.bellgate.keys.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.Gone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two pools under random schedules: takes, lost sessions, crashes, swaps, copies of a data folder
 * that are restored or run beside the original. No chunk is ever given out twice, by any copy of
 * either end. {@code -Dschedule.seed=N -Dschedule.count=N} repeats or prolongs a run.
 *
 * <p>What cannot be found out is left out: an end is restored only if the other was not since they
 * met.
 */
class ScheduleTest {
  private static final long SEED = Long.getLong("schedule.seed", System.nanoTime());
  private static final int STEPS = 150;

  /** Thousands of starts and restored stores: held, so that it stays quiet. */
  private static final java.util.logging.Logger QUIET =
      java.util.logging.Logger.getLogger("io.bellgate.keys.pool");

  @TempDir Path folder;
  private final Map<String, Integer> done = new TreeMap<>();

  /** One schedule. */
  private final class Schedule {
    final Joined joined;
    final Random random;
    final boolean copies;
    final Map<Joined.Site, List<Path>> kept;
    Joined.Site restored;
    int chunks;

    Schedule(long seed, boolean copies) throws IOException {
      this.joined = new Joined(folder, seed);
      this.random = joined.random;
      this.copies = copies;
      this.kept = Map.of(joined.alice, new ArrayList<>(), joined.bob, new ArrayList<>());
    }

    Joined.Site any() {
      return random.nextBoolean() ? joined.alice : joined.bob;
    }

    void run() throws Exception {
      for (int i = 0; i < STEPS; i++) {
        step();
        for (Joined.Site site : List.of(joined.alice, joined.bob)) {
          assertEquals("", site.pool().status().get("failure"));
        }
      }
    }

    private void step() throws Exception {
      int what = random.nextInt(200);
      if (what < 70) {
        for (int i = random.nextInt(20); i >= 0; i--) {
          joined.step();
        }
      } else if (what < 115) {
        take();
      } else if (what < 145) {
        receive();
      } else if (what < 155) {
        deposit();
      } else if (what < 168) {
        joined.connect();
      } else if (what < 171) {
        joined.disconnect();
      } else if (what < 174) {
        count("restart");
        any().restart(random.nextBoolean());
      } else if (what < 177) {
        count("swap");
        any().swap(1 + random.nextInt(2));
      } else if (what < 178) {
        joined.clock.advance(Duration.ofMinutes(random.nextInt(30) - 10));
      } else if (what < 188) {
        joined.settle();
        met();
      } else if (copies) {
        copies(what - 188);
      }
    }

    private void count(String what) {
      done.merge(what, 1, Integer::sum);
    }

    private void take() {
      Joined.Site site = any();
      KeyPool.Purpose purpose = KeyPool.Purpose.values()[random.nextInt(3)];
      List<Joined.Running> from = new ArrayList<>(site.ghosts);
      from.add(site.now);
      Optional<KeyId> key =
          site.take(from.get(random.nextInt(from.size())), purpose, 1 + random.nextInt(3));
      key.ifPresent(k -> chunks += k.length() / 32);
    }

    private void receive() {
      try {
        if (random.nextInt(4) == 0 || joined.mail.isEmpty()) {
          UUID block = joined.mail.isEmpty() ? UUID.randomUUID() : any(joined.mail).block();
          KeyId forged = new KeyId(block, 32 * random.nextInt(40), 32 * (1 + random.nextInt(3)));
          any().receive(forged, false);
        } else {
          KeyId key = any(joined.mail);
          Joined.Site to = joined.takers.get(key).equals("alice") ? joined.bob : joined.alice;
          count(to.receive(key, true) ? "committed" : "unknown");
        }
      } catch (Gone notMet) {
        count("gone");
      }
    }

    private <T> T any(List<T> all) {
      return all.get(random.nextInt(all.size()));
    }

    private void deposit() {
      joined.deposit(
          random.nextBoolean() ? Joined.QKD : Joined.PQC,
          1 + random.nextInt(40),
          random.nextInt(4) > 0,
          random.nextInt(4) > 0);
    }

    private void copies(int what) throws Exception {
      Joined.Site site = any();
      List<Path> copies = kept.get(site);
      if (what < 5) {
        count("copy");
        copies.add(site.now.copy());
      } else if (!copies.isEmpty() && (restored == null || restored == site)) {
        restored = site;
        if (what < 9) {
          count("restore");
          site.restore(any(copies), random.nextBoolean());
        } else if (what < 11 && site.ghosts.size() < 2 || site.ghosts.isEmpty()) {
          count("clone");
          site.clone(any(copies));
        } else {
          count("exchange");
          site.exchange();
        }
      }
    }

    /** After this nothing is hidden any more. */
    private void met() {
      restored = null;
    }

    /** Both ends serve again, whatever happened before. */
    void ends() {
      joined.settle();
      joined.deposit(Joined.PQC, 8, true, true);
      joined.settle();
      for (Joined.Site site : List.of(joined.alice, joined.bob)) {
        KeyId key =
            site.take(site.now, KeyPool.Purpose.MESSAGE, 1)
                .orElseThrow(() -> new AssertionError(site.name + " gives nothing out"));
        assertTrue(site.other().receive(key, true), site.other().name + " knows no key");
      }
    }
  }

  private void campaign(int count, boolean copies) throws Exception {
    QUIET.setLevel(java.util.logging.Level.OFF);
    System.out.println("ScheduleTest -Dschedule.seed=" + SEED + " count=" + count);
    long chunks = 0;
    long found = 0;
    long gifts = 0;
    for (int i = 0; i < count; i++) {
      Schedule schedule = new Schedule(SEED + i, copies);
      try {
        schedule.run();
        schedule.ends();
        found += schedule.joined.found();
        gifts += schedule.joined.gifts();
        assertTrue(copies || schedule.joined.found() == 0, "nobody was restored");
        chunks += schedule.joined.givenOut();
      } catch (Exception | AssertionError failed) {
        throw new AssertionError("schedule.seed=" + (SEED + i) + " copies=" + copies, failed);
      } finally {
        schedule.joined.close();
      }
      clear();
    }
    QUIET.setLevel(null);
    System.out.println(
        "schedules="
            + count
            + " chunks="
            + chunks
            + " found="
            + found
            + " gifts="
            + gifts
            + " "
            + done);
  }

  private void clear() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        if (!path.equals(folder)) {
          Files.delete(path);
        }
      }
    }
  }

  @Test
  void noChunkIsGivenOutTwiceByAnyCopy() throws Exception {
    campaign(Integer.getInteger("schedule.count", 120), true);
  }

  @Test
  void noStoreIsCalledRestoredThatWasNot() throws Exception {
    campaign(Integer.getInteger("schedule.count", 120) / 2, false);
  }

  @Test
  @Tag("long")
  void noChunkIsGivenOutTwiceInACampaign() throws Exception {
    campaign(Integer.getInteger("schedule.count", 5_000), true);
  }
}
