package io.bellgate.api.qkd;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;

/**
 * Two ends of a quantum channel in memory, with loss, errors and an eavesdropper: enough of BB84's
 * physics for tests of protocols and links. The same seed and the same settings give the same
 * detections, whatever the threads do; a block is run by two threads, one for each end, once for
 * each ID. Every pulse takes the same number of draws, so that changing one setting changes no
 * other pulse.
 *
 * <p>It asks for settings of some more pulses than click, as a device may.
 */
public final class FakeFibre {
  private static final long HANG_SECONDS = 60;

  /** Of the pulses asked for, how many click. */
  private static final double CLICKS_OF_ASKED = 0.8;

  private final long seed;
  private final Light light;
  private final Map<UUID, CompletableFuture<byte[]>> prepared = new ConcurrentHashMap<>();
  private volatile boolean cut;

  /**
   * What happens on the way.
   *
   * @param source what both ends say that Alice sends
   * @param detection probability in (0,1] that a pulse clicks
   * @param error probability in [0,1] that the wrong detector clicks where the bases are equal
   * @param intercepted fraction in [0,1] of the pulses that an eavesdropper measures and sends
   *     anew, in a basis that she chooses at random
   * @param doubled probability in [0,1] that both detectors click, if one does
   */
  public record Light(
      QuantumChannel.Source source,
      double detection,
      double error,
      double intercepted,
      double doubled) {
    /** Every single photon arrives, and nothing goes wrong. */
    public static final Light PERFECT =
        new Light(QuantumChannel.Source.IDEAL_SINGLE_PHOTON, 1, 0, 0, 0);

    /**
     * The same with another source.
     *
     * @param other what both ends say that Alice sends
     * @return a copy
     */
    public Light from(QuantumChannel.Source other) {
      return new Light(other, detection, error, intercepted, doubled);
    }

    /**
     * The same with loss.
     *
     * @param probability that a pulse clicks
     * @return a copy
     */
    public Light detecting(double probability) {
      return new Light(source, probability, error, intercepted, doubled);
    }

    /**
     * The same with errors.
     *
     * @param probability that the wrong detector clicks
     * @return a copy
     */
    public Light erring(double probability) {
      return new Light(source, detection, probability, intercepted, doubled);
    }

    /**
     * The same with an eavesdropper.
     *
     * @param fraction of the pulses that she intercepts
     * @return a copy
     */
    public Light intercepting(double fraction) {
      return new Light(source, detection, error, fraction, doubled);
    }

    /**
     * The same with double clicks.
     *
     * @param probability that both detectors click, if one does
     * @return a copy
     */
    public Light doubling(double probability) {
      return new Light(source, detection, error, intercepted, probability);
    }
  }

  /**
   * Lays a fibre.
   *
   * @param seed which the test prints
   * @param light what happens on the way
   */
  public FakeFibre(long seed, Light light) {
    this.seed = seed;
    this.light = light;
  }

  /**
   * The end of a role.
   *
   * @param role which
   * @return a transmitter or a receiver
   */
  public QuantumChannel end(Role role) {
    return new End(role);
  }

  /** Breaks both devices: who emits, detects or waits learns it. */
  public void cut() {
    cut = true;
    prepared.values().forEach(p -> p.complete(null));
  }

  /** The pulses that are asked for, in rising order; the same at both ends. */
  private long[] asked(UUID block, long pulses) {
    Random random = new Random(seed ^ block.getLeastSignificantBits());
    double p = Math.min(1, light.detection() / CLICKS_OF_ASKED);
    long[] asked = new long[16];
    int count = 0;
    for (long pulse = gap(random, p); pulse < pulses; pulse += 1 + gap(random, p)) {
      if (count == asked.length) {
        asked = Arrays.copyOf(asked, 2 * count);
      }
      asked[count++] = pulse;
    }
    return Arrays.copyOf(asked, count);
  }

  /** How many pulses pass between two that are asked for: geometric. */
  private static long gap(Random random, double p) {
    return p >= 1 ? 0 : (long) (Math.log(1 - random.nextDouble()) / Math.log1p(-p));
  }

  private static byte[] settings(int count, IntSupplier settings) throws InterruptedException {
    byte[] chosen = new byte[count];
    for (int i = 0; i < count; i++) {
      if (Thread.interrupted()) {
        throw new InterruptedException("the block was cancelled");
      }
      chosen[i] = (byte) settings.getAsInt();
    }
    return chosen;
  }

  private byte[] await(UUID block) throws ChannelBroken, InterruptedException {
    try {
      CompletableFuture<byte[]> coming =
          prepared.computeIfAbsent(block, b -> new CompletableFuture<>());
      byte[] came = cut ? null : coming.get(HANG_SECONDS, TimeUnit.SECONDS);
      if (came != null && !cut) {
        return came;
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new ChannelBroken(ChannelBroken.Reason.DEVICE, "the transmitter did not follow");
    }
    throw new ChannelBroken(ChannelBroken.Reason.DEVICE, "the fibre is cut");
  }

  private QuantumChannel.Detections measure(long[] asked, byte[] alice, byte[] bob, Random random) {
    double clicks = light.detection() / Math.min(1, light.detection() / CLICKS_OF_ASKED);
    long[] pulses = new long[asked.length];
    byte[] settings = new byte[asked.length];
    byte[] values = new byte[asked.length];
    int count = 0;
    for (int i = 0; i < asked.length; i++) {
      boolean click = random.nextDouble() < clicks;
      byte value = value(alice[i], bob[i], random);
      if (click) {
        pulses[count] = asked[i];
        settings[count] = bob[i];
        values[count++] = value;
      }
    }
    return new QuantumChannel.Detections(
        Arrays.copyOf(pulses, count), Arrays.copyOf(settings, count), Arrays.copyOf(values, count));
  }

  private byte value(int alice, int bob, Random random) {
    boolean intercepted = random.nextDouble() < light.intercepted();
    int eve = random.nextInt(4);
    int chance = random.nextInt(2);
    boolean error = random.nextDouble() < light.error();
    if (random.nextDouble() < light.doubled()) {
      return 2;
    }
    // equal bases give the value that was prepared, different ones a random value
    int sent = !intercepted ? alice : alice >> 1 == eve >> 1 ? alice : eve;
    int value = sent >> 1 == bob >> 1 ? sent & 1 : chance;
    return (byte) (error ? value ^ 1 : value);
  }

  private final class End implements QuantumChannel {
    private final Role role;

    End(Role role) {
      this.role = role;
    }

    private void mustBe(Role needed) throws ChannelBroken {
      if (role != needed) {
        throw new IllegalStateException("only " + needed + " does that: role=" + role);
      }
      if (cut) {
        throw new ChannelBroken(ChannelBroken.Reason.DEVICE, "the fibre is cut");
      }
    }

    @Override
    public Emission emit(UUID block, long pulses, IntSupplier settings)
        throws ChannelBroken, InterruptedException {
      mustBe(Role.ALICE);
      long[] asked = asked(block, pulses);
      byte[] chosen = settings(asked.length, settings);
      prepared.computeIfAbsent(block, b -> new CompletableFuture<>()).complete(chosen.clone());
      return new Prepared(asked, chosen);
    }

    @Override
    public Detections detect(UUID block, long pulses, IntSupplier settings)
        throws ChannelBroken, InterruptedException {
      mustBe(Role.BOB);
      long[] asked = asked(block, pulses);
      byte[] chosen = settings(asked.length, settings);
      return measure(
          asked, await(block), chosen, new Random(~seed ^ block.getMostSignificantBits()));
    }

    @Override
    public Source source() {
      return light.source();
    }

    @Override
    public boolean simulated() {
      return true;
    }

    @Override
    public String description() {
      return "fake fibre in memory, " + light.source();
    }
  }

  private record Prepared(long[] asked, byte[] chosen) implements QuantumChannel.Emission {
    @Override
    public int setting(long pulse) {
      int found = Arrays.binarySearch(asked, pulse);
      return found < 0 ? -1 : chosen[found];
    }

    @Override
    public void close() {
      Arrays.fill(chosen, (byte) -1);
    }
  }
}
