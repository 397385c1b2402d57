package io.bellgate.qkd.cascade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.SecretBits;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.ClassicalChannel;
import io.bellgate.api.qkd.Role;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Messages that break the protocol, at both ends. */
class MalformedTest {
  private static final int N = 1000;
  private static final double Q = 0.05;

  private static Alice alice() {
    return new Alice(Variant.OPT4, Frames.key(N, new SplittableRandom(1)), N, Q);
  }

  private static byte[] opening(String variant, int length, double qber) {
    return new Wire.Opening(variant, length, qber, new byte[32]).encode();
  }

  private static Alice opened() throws ChannelBroken {
    Alice alice = alice();
    alice.answer(opening("opt4", N, Q));
    return alice;
  }

  private static void refused(String code, Alice alice, byte... message) {
    ChannelBroken broken = assertThrows(ChannelBroken.class, () -> alice.answer(message));
    assertEquals(ChannelBroken.Reason.MALFORMED, broken.reason());
    assertTrue(broken.getMessage().startsWith(code), broken.getMessage());
  }

  @Test
  void namesBothVariantsWhenTheyDiffer() {
    ChannelBroken broken =
        assertThrows(ChannelBroken.class, () -> alice().answer(opening("opt7", N, Q)));
    assertEquals(
        "BG-CASCADE-001 both ends use the same variant: ours=opt4 theirs=opt7: set `variant` of"
            + " io.bellgate.qkd.cascade alike at both sites",
        broken.getMessage());
  }

  @Test
  void refusesAnOpeningThatDoesNotFit() {
    refused("BG-CASCADE-002", alice(), opening("opt4", N + 1, Q));
    refused("BG-CASCADE-002", alice(), opening("opt4", N, Q * 1.01));
    refused("BG-CASCADE-002", alice(), opening("opt4", N, Double.NaN));
    refused("BG-CASCADE-001", alice(), opening("", N, Q));
    refused("BG-CASCADE-003", alice(), opening("opt4\n", N, Q));
    refused("BG-CASCADE-003", alice(), opening("a-name-that-is-too-long", N, Q));
    refused("BG-CASCADE-003", alice());
    refused("BG-CASCADE-003", alice(), Wire.PASS);
    byte[] right = opening("opt4", N, Q);
    refused("BG-CASCADE-003", alice(), Arrays.copyOf(right, right.length - 1));
    refused("BG-CASCADE-003", alice(), Arrays.copyOf(right, right.length + 1));
    right[1] = 2;
    refused("BG-CASCADE-003", alice(), right);
  }

  @Test
  void refusesQuestionsAboutWhatIsNotThere() throws Exception {
    byte[][] wrong = {
      {},
      {Wire.OPEN},
      {7},
      {Wire.PASS, 0},
      {Wire.DONE, 0},
      {Wire.DESCEND},
      {Wire.DESCEND, 1},
      {Wire.BISECT},
      {Wire.BISECT, 0},
      {Wire.BISECT, 1, 0}, // no block begins there
      {Wire.BISECT, 0, 9}, // not so deep
      {Wire.BISECT, 0, 5}, // one bit
      {Wire.BISECT, 0, 0, 0, 1}, // does not rise
      {Wire.BISECT, (byte) 0xe8, 7, 0}, // pass 2 is not open
      {Wire.BISECT, (byte) 0x80, 0, 0}, // longer than needed
      {Wire.BISECT, -1, -1, -1, -1, -1, 0},
      {Wire.BISECT, -1, -1, -1, 127, 0},
    };
    for (byte[] message : wrong) {
      refused("BG-CASCADE-003", opened(), message);
    }
    assertEquals(2, opened().answer(new byte[] {Wire.BISECT, 0, 0}).orElseThrow().length);
  }

  @Test
  void opensNoMorePassesThanThereAre() throws Exception {
    Alice alice = opened();
    for (int i = 1; i < Variant.OPT4.passes; i++) {
      alice.answer(new byte[] {Wire.PASS});
    }
    refused("BG-CASCADE-003", alice, Wire.PASS);
  }

  @Test
  void tellsNoMoreThanItsBound() throws Exception {
    Alice alice = opened();
    ChannelBroken broken =
        assertThrows(
            ChannelBroken.class,
            () -> {
              for (int i = 0; i < 5 * N; i++) {
                alice.answer(new byte[] {Wire.BISECT, 0, 0});
              }
            });
    assertEquals(ChannelBroken.Reason.MALFORMED, broken.reason());
    assertEquals(2 * N + 1024, alice.told());
  }

  /** Changes one answer in so many. */
  private record Lying(Frames.Answering honest, SplittableRandom random, int oneIn)
      implements ClassicalChannel {
    @Override
    public void send(byte[] message) throws ChannelBroken {
      honest.send(message);
    }

    @Override
    public byte[] receive() {
      byte[] answer = honest.receive();
      if (random.nextInt(oneIn) == 0) {
        return garbled(answer, random);
      }
      return answer;
    }

    @Override
    public void authenticate() {}

    @Override
    public void verify() {}
  }

  private static byte[] garbled(byte[] message, SplittableRandom random) {
    byte[] other = message.clone();
    switch (random.nextInt(8)) {
      case 0 -> other = Arrays.copyOf(message, random.nextInt(message.length + 1));
      case 1 -> other = Arrays.copyOf(message, message.length + 1 + random.nextInt(9));
      case 2 -> random.nextBytes(other);
      default -> {
        if (other.length > 0) {
          other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    return other;
  }

  @Test
  void letsBobEndWhateverHeIsTold() throws Exception {
    long seed = System.nanoTime();
    System.out.println("MalformedTest.letsBobEndWhateverHeIsTold seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    int broken = 0;
    for (int i = 0; i < 600; i++) {
      Variant variant = Variant.values()[i % Variant.values().length];
      long[] key = Frames.key(N, random);
      long[] other = Frames.withErrors(key, N, 50, random);
      Frames.Answering honest = new Frames.Answering(new Alice(variant, key, N, Q));
      Lying channel = new Lying(honest, random, 1 + random.nextInt(40));
      try {
        new Cascade(variant, Serve.values()[i / 4 % 2])
            .reconcile(Role.BOB, SecretBits.absorb(other, N), Q, channel, new SeededBits(i));
      } catch (ChannelBroken e) {
        assertEquals(ChannelBroken.Reason.MALFORMED, e.reason());
        broken++;
      }
    }
    assertTrue(broken > 300, "broken=" + broken);
  }

  @Test
  void letsAliceAnswerOrRefuseWhateverSheIsAsked() throws Exception {
    long seed = System.nanoTime();
    System.out.println("MalformedTest.letsAliceAnswerOrRefuse seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    int answered = 0;
    for (int i = 0; i < 20_000; i++) {
      Alice alice = alice();
      byte[] message = opening("opt4", N, Q);
      try {
        while (alice.answers() < 8) {
          if (random.nextInt(4) == 0) {
            message = garbled(message, random);
          }
          if (alice.answer(message).isEmpty()) {
            break;
          }
          answered++;
          message = question(random);
        }
      } catch (ChannelBroken e) {
        assertEquals(ChannelBroken.Reason.MALFORMED, e.reason());
      }
    }
    assertTrue(answered > 20_000, "answered=" + answered);
  }

  private static byte[] question(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> new byte[] {Wire.PASS};
      case 1 -> new byte[] {Wire.DESCEND, (byte) random.nextInt(4)};
      case 2 -> {
        byte[] any = new byte[1 + random.nextInt(20)];
        random.nextBytes(any);
        any[0] = (byte) random.nextInt(8);
        yield any;
      }
      default ->
          new byte[] {
            Wire.BISECT, (byte) (20 * random.nextInt(3)), 0, 20, (byte) random.nextInt(3)
          };
    };
  }
}
