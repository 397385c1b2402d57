package io.bellgate.entropy.hub;

import io.bellgate.api.entropy.HealthTest;
import io.bellgate.api.entropy.NoiseSource;
import io.bellgate.api.entropy.NoiseSource.Description;
import io.bellgate.entropy.hub.HealthTests.Verdict;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * One noise source at work: a thread reads it all the time, fast until enough waits and slowly
 * then; the health tests see every sample, and only what passed is conditioned.
 *
 * <p>After a lesser alarm the block, and all that waits unreleased, is thrown away and the start-up
 * tests run again. A total failure, or too many lesser alarms in an hour, ends the source until it
 * is tested on demand or comes anew.
 */
final class Source implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Source.class.getName());
  private static final int READ_SAMPLES = 4_096;
  private static final int CAPACITY_BLOCKS = 2_048;
  private static final int MOST_ALARMS = 3;
  private static final long ALARM_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final long IDLE_MILLIS = 1_000;
  private static final long RETRY_MILLIS = 1_000;
  private static final long STOP_MILLIS = 2_000;

  /** How a source is doing. */
  enum State {
    /** The start-up tests have not passed yet. */
    STARTING,
    /** It gives. */
    HEALTHY,
    /** It cannot be read; this is tried again. */
    UNREADABLE,
    /** The health tests have ended it. */
    FAILED,
    /** Raw samples are being captured for an assessment. */
    CAPTURED,
    /** Its driver has gone. */
    CLOSED
  }

  private final NoiseSource noise;
  private final Description description;
  private final Runnable changed;
  private final Ledger ledger = new Ledger();
  private final Reservoir reservoir;
  private final HealthTests tests;
  private final FurtherTests further;
  private final Thread thread;
  private final Deque<Long> alarmNanos = new ArrayDeque<>();

  /** Guards changes of state. */
  private final Object changing = new Object();

  private volatile State state = State.STARTING;
  private volatile NoiseSource.Reading reading;
  private volatile boolean closing;
  private volatile boolean wentHealthy;
  private volatile boolean demanded;
  private volatile Capture capture;
  private volatile long alarms;
  private volatile String lastAlarm = "";

  /** What the tests said last; on the source's thread. */
  private String found = "";

  private volatile long lastAlarmSeconds;

  /**
   * Starts reading.
   *
   * @param changed called after each change of state, on the source's thread
   * @param brought tests of other bundles that are there now
   */
  Source(NoiseSource noise, Runnable changed, Supplier<List<HealthTest>> brought) {
    this.noise = noise;
    this.description = noise.description();
    this.changed = changed;
    this.reservoir = new Reservoir(description, ledger, CAPACITY_BLOCKS);
    this.tests = new HealthTests(description);
    this.further = new FurtherTests(description, brought);
    thread = new Thread(this::run, "entropy-" + description.name());
    thread.setDaemon(true);
    thread.start();
  }

  Description description() {
    return description;
  }

  boolean healthy() {
    return state == State.HEALTHY;
  }

  /** Whether it was closed, and healthy until then. */
  boolean wentHealthy() {
    return wentHealthy;
  }

  /** Full-entropy octets, or none; see {@link Reservoir#take}. */
  boolean take(byte[] out) {
    return take(out, 0);
  }

  /** The same, but for so many blocks. */
  boolean take(byte[] out, int keep) {
    boolean taken = healthy() && reservoir.take(out, keep);
    synchronized (this) {
      notifyAll(); // there is room
    }
    return taken;
  }

  /** Full-entropy octets that wait. */
  int waiting() {
    return healthy() ? reservoir.octets() : 0;
  }

  private void run() {
    while (!closing) {
      if (demanded) {
        demanded = false;
        alarmNanos.clear();
        to(State.STARTING, "tested on demand");
      }
      Capture wanted = capture;
      if (wanted != null) {
        to(State.CAPTURED, "raw samples are captured");
        wanted.from(noise);
        capture = null;
        LOG.log(
            Level.INFO,
            "raw samples were captured: source={0} rows={1} samples={2}",
            description.name(),
            wanted.rows(),
            wanted.samples());
        to(State.STARTING, "tested after a capture");
      }
      try (NoiseSource.Reading opened = noise.open()) {
        reading = opened;
        work(opened);
      } catch (IOException | RuntimeException | LinkageError e) {
        // a LinkageError comes of a driver that is being swapped
        broken(String.valueOf(e.getMessage()));
      } finally {
        reading = null;
      }
    }
    reservoir.discard();
  }

  private void work(NoiseSource.Reading opened) throws IOException {
    start(opened);
    byte[] samples = new byte[Samples.octets(description, READ_SAMPLES)];
    while (!closing && !demanded && state == State.HEALTHY) {
      opened.read(samples);
      Verdict verdict = tested(samples);
      if (verdict == Verdict.HEALTHY) {
        reservoir.put(samples);
      } else {
        alarm(verdict, opened);
      }
      Arrays.fill(samples, (byte) 0);
      idle();
    }
    awaitDemand();
  }

  /** Section 4.3: before anything is used, and after whatever may have changed the source. */
  private void start(NoiseSource.Reading opened) throws IOException {
    tests.restart();
    further.restart();
    reservoir.discard();
    byte[] samples = new byte[Samples.octets(description, HealthTests.STARTUP_SAMPLES)];
    opened.read(samples);
    Verdict verdict = tested(samples);
    Arrays.fill(samples, (byte) 0); // they are not used
    to(verdict == Verdict.HEALTHY ? State.HEALTHY : State.FAILED, found);
  }

  private Verdict tested(byte[] samples) {
    Verdict verdict = tests.feed(samples);
    found = tests.found();
    if (verdict == Verdict.HEALTHY) {
      Optional<String> alarm = further.feed(samples);
      found = alarm.orElse(found);
      verdict = alarm.isPresent() ? Verdict.INTERMITTENT : verdict;
    }
    return verdict;
  }

  private void alarm(Verdict verdict, NoiseSource.Reading opened) throws IOException {
    reservoir.discard();
    synchronized (changing) {
      wentHealthy = false; // though it was closed meanwhile
    }
    alarms++;
    alarmed(found);
    long now = System.nanoTime();
    alarmNanos.add(now);
    while (now - alarmNanos.peekFirst() > ALARM_NANOS) {
      alarmNanos.removeFirst();
    }
    if (verdict == Verdict.PERMANENT || alarmNanos.size() > MOST_ALARMS) {
      to(State.FAILED, found);
    } else {
      to(State.STARTING, found);
      start(opened);
    }
  }

  private void to(State next, String why) {
    synchronized (changing) {
      if (state == next || closing) {
        return;
      }
      state = next;
    }
    if (next == State.HEALTHY) {
      LOG.log(Level.INFO, "noise source is healthy: source={0}", description.name());
    } else {
      reservoir.discard();
      LOG.log(
          Level.WARNING,
          "BG-ENTROPY-001 noise source gives nothing now: source={0} state={1} why={2}",
          description.name(),
          next,
          why);
    }
    changed.run();
  }

  private void alarmed(String why) {
    Instant now = Instant.now();
    lastAlarm = now + " " + why;
    lastAlarmSeconds = now.getEpochSecond();
  }

  private void broken(String why) {
    if (closing || demanded) {
      return;
    }
    alarmed(why);
    to(State.UNREADABLE, why);
    pause(RETRY_MILLIS);
  }

  /** An idle source is sampled on, at a low rate. */
  private void idle() {
    if (reservoir.full()) {
      pause(IDLE_MILLIS);
    }
  }

  private void awaitDemand() {
    while (!closing && !demanded && state == State.FAILED) {
      pause(IDLE_MILLIS);
    }
  }

  private synchronized void pause(long millis) {
    try {
      if (!closing && !demanded) {
        wait(millis);
      }
    } catch (InterruptedException e) {
      closing = true;
    }
  }

  /** The tests on demand: what it has is thrown away, and it starts as if it had come anew. */
  void test() {
    NoiseSource.Reading before = reading; // not one that is opened for this test
    demanded = true;
    to(State.STARTING, "tested on demand");
    interrupt(before);
    synchronized (this) {
      notifyAll();
    }
  }

  /**
   * As {@link #test()}, and waits for the verdict.
   *
   * @return whether the source is healthy
   */
  boolean test(long seconds) {
    test();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while ((demanded || state == State.STARTING) && System.nanoTime() < until && !closing) {
      LockSupport.parkNanos(1_000_000);
    }
    return healthy();
  }

  /** Gives its raw samples to somebody, and nothing else meanwhile. */
  void capture(Capture wanted) {
    if (closing) {
      wanted.done().completeExceptionally(new IOException("the source is being closed"));
      return;
    }
    capture = wanted;
    test();
  }

  private static void interrupt(NoiseSource.Reading open) {
    if (open != null) {
      open.close();
    }
  }

  Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("name", description.name() + (description.simulated() ? " SIMULATED" : ""));
    status.put("device", description.device());
    status.put("state", state.name().toLowerCase(java.util.Locale.ROOT));
    status.put("output", description.output().name().toLowerCase(java.util.Locale.ROOT));
    status.put("sampleBits", description.sampleBits());
    status.put("minEntropyBitsPerSample", description.minEntropy());
    status.put("claim", description.claim());
    status.put("repetitionCutoff", tests.cutoffs().repetitions());
    status.put("proportionCutoff", tests.cutoffs().matches());
    status.put("samplesTested", tests.samples());
    status.put("alarms", alarms);
    status.put("lastAlarm", lastAlarm);
    status.put("lastAlarmEpochSeconds", lastAlarmSeconds);
    status.put("waitingOctets", reservoir.octets());
    status.put("ledger", ledger.status());
    return status;
  }

  /** Stops within a bound, though the device may block. */
  @Override
  public void close() {
    synchronized (changing) {
      wentHealthy |= healthy();
      closing = true;
      state = State.CLOSED;
    }
    interrupt(reading);
    synchronized (this) {
      notifyAll();
    }
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    reservoir.discard();
  }
}
