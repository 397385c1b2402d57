package io.bellgate.qkd.optics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.qkd.QuantumChannel.Source;
import io.bellgate.api.qkd.Role;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class WireTest {
  private static final long SEED = 71;

  private static Message through(Message message) throws IOException {
    return Wire.read(new ByteArrayInputStream(Wire.write(message)));
  }

  private static List<Message> samples() {
    return List.of(
        new Message.Hello(1, "demo", Role.BOB, "bob"),
        new Message.Begin(new UUID(1, 2), Long.MAX_VALUE),
        new Message.Settings(new byte[] {0, 1, 2, 3, 1}),
        new Message.Welcome(1, Source.WEAK_COHERENT, "simulated fibre 25 km"),
        new Message.Begun("simulated"),
        new Message.Ask(new Passage.Batch(5, 5_000_000_00L, new int[] {0, 1, 200, 70_000})),
        new Message.Clicked(new byte[] {3, 2, 1, 0}),
        new Message.Passed(),
        new Message.Ended("BG-OPTICS-006 gone"));
  }

  @Test
  void bringsEveryMessageThrough() throws Exception {
    for (Message message : samples()) {
      Message read = through(message);
      if (message instanceof Message.Settings settings) {
        assertArrayEquals(settings.settings(), ((Message.Settings) read).settings());
      } else if (message instanceof Message.Clicked clicked) {
        assertArrayEquals(clicked.outcomes(), ((Message.Clicked) read).outcomes());
      } else if (message instanceof Message.Ask ask) {
        Passage.Batch batch = ((Message.Ask) read).batch();
        assertArrayEquals(ask.batch().offsets(), batch.offsets());
        assertEquals(ask.batch().from(), batch.from());
        assertEquals(ask.batch().to(), batch.to());
      } else {
        assertEquals(message, read);
      }
    }
  }

  @Test
  void holdsTheLargestBatch() throws Exception {
    int[] offsets = new int[Passage.MOST];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = (int) ((long) Integer.MAX_VALUE * (i + 1) / (offsets.length + 1));
    }
    long end = Long.MAX_VALUE;
    Message.Ask ask = new Message.Ask(new Passage.Batch(end - Integer.MAX_VALUE, end, offsets));
    assertArrayEquals(offsets, ((Message.Ask) through(ask)).batch().offsets());
    byte[] full = new byte[Passage.MOST];
    assertArrayEquals(full, ((Message.Settings) through(new Message.Settings(full))).settings());
  }

  /** Random octets, and good frames with changes: malformed or a message, and no other failure. */
  @Test
  void readsAnythingOrSaysWhatIsWrong() {
    Random random = new Random(SEED);
    int good = 0;
    for (int run = 0; run < 100_000; run++) {
      byte[] frame = Wire.write(samples().get(random.nextInt(samples().size())));
      for (int i = random.nextInt(3); i >= 0; i--) {
        frame[random.nextInt(frame.length)] = (byte) random.nextInt();
      }
      frame = random.nextInt(5) == 0 ? Arrays.copyOf(frame, random.nextInt(64)) : frame;
      try {
        Wire.read(new ByteArrayInputStream(frame));
        good++;
      } catch (IOException e) {
        assertTrue(e instanceof Malformed || e instanceof java.io.EOFException, e::toString);
      }
    }
    System.out.println("seed=" + SEED + " readable=" + good);
  }

  @Test
  void allocatesNothingForALengthThatIsTooLarge() {
    byte[] frame = {0x7f, -1, -1, -1, 0};
    assertThrows(Malformed.class, () -> Wire.read(new ByteArrayInputStream(frame)));
  }

  /** The types say it: what clicked is for Bob, settings are for the fibre. */
  @Test
  void hasNoWordForTheOtherEndsSettings() {
    assertTrue(!Message.ToAlice.class.isAssignableFrom(Message.Clicked.class));
    for (Class<?> type : Message.ToBoth.class.getPermittedSubclasses()) {
      for (RecordComponent part : type.getRecordComponents()) {
        assertTrue(part.getType() != byte[].class, type + " carries octets: " + part);
      }
    }
    assertEquals(
        List.of(Message.ToBoth.class), List.of(Message.ToAlice.class.getPermittedSubclasses()));
    assertTrue(!Message.ToBob.class.isAssignableFrom(Message.Settings.class));
  }
}
