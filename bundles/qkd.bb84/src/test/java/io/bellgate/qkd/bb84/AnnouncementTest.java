package io.bellgate.qkd.bb84;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.ChannelPair;
import io.bellgate.api.qkd.QuantumChannel.Detections;
import io.bellgate.api.qkd.Role;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AnnouncementTest {
  private static final long SEED = 11;

  private static Detections detections(Random random, long pulses, double p, int most) {
    long[] clicked = new long[most];
    int count = 0;
    long pulse = p >= 1 ? 0 : (long) (Math.log(1 - random.nextDouble()) / Math.log1p(-p));
    while (pulse < pulses && pulse >= 0 && count < most) {
      clicked[count++] = pulse;
      pulse += 1 + (p >= 1 ? 0 : (long) (Math.log(1 - random.nextDouble()) / Math.log1p(-p)));
    }
    byte[] settings = new byte[count];
    byte[] values = new byte[count];
    for (int i = 0; i < count; i++) {
      settings[i] = (byte) (2 * random.nextInt(2));
      values[i] = (byte) random.nextInt(3);
    }
    return new Detections(Arrays.copyOf(clicked, count), settings, values);
  }

  private static Announcement through(Announcement said, long pulses) throws Exception {
    ChannelPair channel = new ChannelPair();
    said.send(channel.end(Role.BOB));
    return Announcement.receive(channel.end(Role.ALICE), pulses);
  }

  @Test
  void comesThroughWhole() throws Exception {
    Random random = new Random(SEED);
    double[] densities = {1, 0.9, 0.5, 0.1, 1e-3, 1e-6, 1e-12, 1e-18};
    for (int run = 0; run < 200; run++) {
      double p = densities[run % densities.length];
      long pulses = run < 8 ? Long.MAX_VALUE : 1 + random.nextLong() >>> random.nextInt(60) + 1;
      pulses = Math.max(1, pulses);
      Announcement said = Announcement.of(detections(random, pulses, p, 300));
      Announcement heard = through(said, pulses);
      String what = "seed=" + SEED + " run=" + run;
      assertArrayEquals(said.pulses(), heard.pulses(), what);
      assertEquals(0, said.bases().differences(heard.bases()), what);
      assertEquals(said.doubleClicks(), heard.doubleClicks(), what);
    }
  }

  @Test
  void comesThroughInParts() throws Exception {
    int many = 2 * Announcement.PART + 7;
    Announcement said = Announcement.of(detections(new Random(SEED), many, 1, many));
    assertEquals(many, said.pulses().length);
    Announcement heard = through(said, many);
    assertArrayEquals(said.pulses(), heard.pulses());
    assertEquals(0, said.bases().differences(heard.bases()));
  }

  /** h(p)/p is 11.4 bits for p = 10^-3, 4.7 for 0.1, 1 (of a bit map) for 0.5. */
  @Test
  void takesFewBitsForAClick() throws Exception {
    double[][] limits = {{1e-3, 11.6}, {1e-2, 8.2}, {0.1, 4.8}, {0.5, 2.01}, {1, 1.01}};
    for (double[] limit : limits) {
      int clicks = 100_000;
      ChannelPair channel = new ChannelPair();
      Announcement.of(detections(new Random(SEED), Long.MAX_VALUE, limit[0], clicks))
          .send(channel.end(Role.BOB));
      double bits = 8.0 * channel.transcript().get(0).octets().length / clicks - 1;
      System.out.printf("p=%s: %.3f bits per position%n", limit[0], bits);
      assertTrue(bits <= limit[1], "p=" + limit[0] + " bits=" + bits);
    }
  }

  @Test
  void refusesMoreThanABlockHolds() {
    Detections many =
        new Detections(
            new long[Announcement.MOST + 1],
            new byte[Announcement.MOST + 1],
            new byte[Announcement.MOST + 1]);
    assertThrows(ChannelBroken.class, () -> Announcement.of(many));
  }

  /** Of random octets, and of good messages with changes: malformed, or in range. */
  @Test
  void readsNothingOutsideTheBlock() throws Exception {
    Random random = new Random(SEED);
    int read = 0;
    for (int run = 0; run < 20_000; run++) {
      long pulses = 1 + random.nextInt(5_000);
      ChannelPair channel = new ChannelPair();
      Announcement.of(detections(random, pulses, 0.1, 500)).send(channel.end(Role.BOB));
      byte[] octets = channel.transcript().get(0).octets();
      for (int i = random.nextInt(4); i >= 0; i--) {
        octets[random.nextInt(Math.min(octets.length, random.nextBoolean() ? 11 : 4_000))] =
            (byte) random.nextInt();
      }
      octets = random.nextInt(4) == 0 ? Arrays.copyOf(octets, random.nextInt(200)) : octets;
      ChannelPair changed = new ChannelPair();
      changed.end(Role.BOB).send(octets);
      changed.hangUp(Role.BOB);
      try {
        Announcement heard = Announcement.receive(changed.end(Role.ALICE), pulses);
        read++;
        long before = -1;
        for (long pulse : heard.pulses()) {
          assertTrue(pulse > before && pulse < pulses, "seed=" + SEED + " run=" + run);
          before = pulse;
        }
      } catch (Malformed | ChannelBroken e) {
        assertTrue(e.getMessage().length() > 10);
      }
    }
    System.out.println("seed=" + SEED + " readable=" + read);
    assertTrue(read > 1_000);
  }

  @Test
  void allocatesNothingForWhatIsNotThere() throws Exception {
    byte[] octets =
        new BitOut()
            .bits(Type.DETECTED.code(), 8)
            .bits(1, 8)
            .bits(0, 32)
            .bits(Announcement.PART, 32)
            .bits(0, 8)
            .octets();
    ChannelPair channel = new ChannelPair();
    channel.end(Role.BOB).send(octets);
    assertThrows(
        Malformed.class, () -> Announcement.receive(channel.end(Role.ALICE), Long.MAX_VALUE));
  }
}
