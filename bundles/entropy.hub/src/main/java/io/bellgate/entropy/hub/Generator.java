package io.bellgate.entropy.hub;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * RBG2(P) and RBG3(XOR) (NIST SP 800-90C, 2025) over the credited sources there are. Thread safe.
 *
 * <p>A seed is 64 octets of full entropy from one source, with what the others and the operating
 * system give as additional input that counts for nothing: so nothing is claimed of their
 * independence. A generator rests on a source as long as that is healthy; it is forgotten when the
 * last one it was seeded from fails. If that one goes in good health (its driver is swapped, say),
 * the generator is seeded anew from the next that is ready, and waits {@link #GONE_SECONDS} for
 * one.
 */
final class Generator implements AutoCloseable {
  private static final int SEED_OCTETS = 64;
  private static final int SEED_BLOCKS = SEED_OCTETS / Reservoir.BLOCK_OCTETS;
  private static final long MOST_REQUESTS = 1L << 20;

  /**
   * How long a generator goes on after its source has gone in good health, or after a reseed was
   * due and the source, which is healthy, had nothing yet: it keeps its secret, and is not
   * refreshed.
   */
  static final int GONE_SECONDS = 5;

  private final SystemSource system;
  private final Supplier<List<Source>> all;
  private final LongSupplier nanos;
  private final long reseedNanos;
  private final byte[] personalization;
  private final Map<String, Long> reseeds = new TreeMap<>();
  private HashDrbg drbg;
  private Source seeded;
  private long seededNanos;
  private boolean gone;
  private long goneNanos;

  /**
   * Begins without a seed.
   *
   * @param all sources there are, credited or not: what they give is mixed in
   */
  Generator(
      SystemSource system, Supplier<List<Source>> all, int reseedSeconds, LongSupplier nanos) {
    this.system = system;
    this.all = all;
    this.nanos = nanos;
    this.reseedNanos = TimeUnit.SECONDS.toNanos(reseedSeconds);
    this.personalization =
        ("bellgate entropy.hub 1 "
                + ManagementFactory.getRuntimeMXBean().getName()
                + " "
                + System.currentTimeMillis())
            .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * RBG2(P).
   *
   * @param credited sources in the order of preference, as they are once it is this call's turn:
   *     one seeded by a list of before would be forgotten; who is not healthy gives nothing
   * @return the source that the bits rest on, or null: none has a seed ready
   */
  synchronized Source generate(byte[] out, Supplier<List<Source>> credited) {
    if (!ready(credited.get())) {
      return null;
    }
    for (int at = 0; at < out.length; at += HashDrbg.MOST_OCTETS) {
      drbg.generate(out, at, Math.min(HashDrbg.MOST_OCTETS, out.length - at));
    }
    return seeded;
  }

  /**
   * RBG3(XOR).
   *
   * @return the source whose full-entropy bits are in the output, or null: none has so many
   */
  synchronized Source generateFull(
      byte[] out, List<Source> sources, Supplier<List<Source>> credited) {
    byte[] full = new byte[out.length];
    for (Source source : sources) {
      if (source.take(full, SEED_BLOCKS)) { // what a seed takes stays
        if (generate(out, credited) == null) {
          system.fill(out);
        }
        for (int i = 0; i < out.length; i++) {
          out[i] ^= full[i];
        }
        Arrays.fill(full, (byte) 0);
        return source;
      }
    }
    return null;
  }

  private boolean ready(List<Source> sources) {
    watch(sources);
    boolean due =
        drbg == null
            || gone
            || nanos.getAsLong() - seededNanos >= reseedNanos
            || drbg.requests() >= MOST_REQUESTS;
    if (due && !seed(sources) && drbg != null && !goesOn()) {
      forget(); // its source gives no more: it rests on nothing that is watched now
    }
    return drbg != null;
  }

  private void watch(List<Source> sources) {
    if (seeded == null || seeded.healthy() && sources.contains(seeded)) {
      return;
    }
    if (!seeded.wentHealthy()) {
      forget();
    } else if (!gone) {
      gone = true;
      goneNanos = nanos.getAsLong();
    }
  }

  /** Whether the generator may give once more without a seed that is due. */
  private boolean goesOn() {
    long grace = TimeUnit.SECONDS.toNanos(GONE_SECONDS);
    long now = nanos.getAsLong();
    return reseedNanos > 0
        && now - seededNanos < reseedNanos + grace
        && (!gone || now - goneNanos < grace);
  }

  /** What bits would rest on now; null if {@link #generate} would give none. */
  synchronized Source restsOn(Supplier<List<Source>> credited) {
    List<Source> sources = credited.get();
    watch(sources);
    boolean seeding = drbg == null || gone || nanos.getAsLong() - seededNanos >= reseedNanos;
    if (!seeding) {
      return seeded;
    }
    return sources.stream()
        .filter(s -> s.waiting() >= SEED_OCTETS)
        .findFirst()
        .orElse(drbg != null && goesOn() ? seeded : null);
  }

  private boolean seed(List<Source> sources) {
    byte[] entropy = new byte[SEED_OCTETS];
    for (Source source : sources) {
      if (source.take(entropy)) {
        byte[] additional = additional(source);
        if (drbg == null) {
          drbg = new HashDrbg(entropy, additional);
        } else {
          drbg.reseed(entropy, additional);
        }
        Arrays.fill(entropy, (byte) 0);
        Arrays.fill(additional, (byte) 0);
        seeded = source;
        gone = false;
        seededNanos = nanos.getAsLong();
        reseeds.merge(source.description().name(), 1L, Long::sum);
        return true;
      }
    }
    return false;
  }

  private byte[] additional(Source but) {
    List<Source> sources = all.get();
    byte[] mixed = new byte[(1 + sources.size()) * Reservoir.BLOCK_OCTETS + personalization.length];
    byte[] one = new byte[Reservoir.BLOCK_OCTETS];
    int at = 0;
    for (Source other : sources) {
      if (other != but && other.take(one)) {
        System.arraycopy(one, 0, mixed, at, one.length);
      }
      at += one.length;
    }
    if (system.healthy()) {
      system.fill(one);
      System.arraycopy(one, 0, mixed, at, one.length);
    }
    at += one.length;
    System.arraycopy(personalization, 0, mixed, at, personalization.length);
    Arrays.fill(one, (byte) 0);
    return mixed;
  }

  private void forget() {
    if (drbg != null) {
      drbg.destroy();
    }
    drbg = null;
    seeded = null;
    gone = false;
  }

  synchronized Map<String, Long> reseeds() {
    return new TreeMap<>(reseeds);
  }

  @Override
  public synchronized void close() {
    forget();
  }
}
