package io.bellgate.coap.node.served;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SavedTest {
  private static final Target SHORT =
      new Target("board", "n1", List.of(), List.of(), OptionalInt.empty());
  private static final Target LONG =
      new Target("b", "n2", List.of("a", "", "ü€"), List.of("q=1"), OptionalInt.of(60));

  private static byte[] octets(String hex) {
    return java.util.HexFormat.of().parseHex(hex);
  }

  private static List<Observation> some() throws Exception {
    InetAddress linkLocal =
        Inet6Address.getByAddress(null, octets("fe80000000000000000000000000000a"), 7);
    Observation plain =
        new Observation(
            SHORT,
            new Observer(
                Observer.Way.PLAIN,
                new InetSocketAddress("192.0.2.1", 5683),
                Optional.empty(),
                octets(""),
                31,
                Optional.empty()),
            0,
            1_000);
    Observation dtls =
        new Observation(
            LONG,
            new Observer(
                Observer.Way.DTLS,
                new InetSocketAddress(linkLocal, 65_535),
                Optional.of("n2#1"),
                octets("0102030405060708"),
                0,
                Optional.empty()),
            (1 << 24) - 1,
            2_000);
    dtls.confirmed = octets("a1");
    dtls.format = OptionalInt.of(60);
    Observation oscore =
        new Observation(
            LONG,
            new Observer(
                Observer.Way.OSCORE,
                new InetSocketAddress("2001:db8::1", 1),
                Optional.of("n2#2"),
                octets("ff"),
                Observer.MOST_OCTETS,
                Optional.of(
                    new Observer.Bound(
                        octets("0102030405"),
                        octets("00"),
                        Optional.of(octets("0102030405060708")),
                        -5))),
            77,
            3_000);
    return List.of(plain, dtls, oscore);
  }

  @Test
  void readsWhatItWrote() throws Exception {
    byte[] written = Saved.write(some());
    List<Observation> read = Saved.read(written).all();
    assertArrayEquals(written, Saved.write(read));
    List<Observation> all = some();
    for (int i = 0; i < all.size(); i++) {
      assertEquals(all.get(i).target, read.get(i).target);
      assertEquals(all.get(i).observer.address(), read.get(i).observer.address());
      assertTrue(all.get(i).observer.isSame(read.get(i).observer));
      assertEquals(all.get(i).observer.octets(), read.get(i).observer.octets());
      assertEquals(all.get(i).number, read.get(i).number);
      assertEquals(all.get(i).heardMillis, read.get(i).heardMillis);
      assertArrayEquals(all.get(i).confirmed, read.get(i).confirmed);
      assertEquals(all.get(i).format, read.get(i).format);
    }
    Inet6Address address = (Inet6Address) read.get(1).observer.address().getAddress();
    assertEquals(7, address.getScopeId());
    assertArrayEquals(
        octets("0102030405060708"),
        read.get(2).observer.bound().orElseThrow().idContext().orElseThrow());
    assertEquals(-5, read.get(2).observer.bound().orElseThrow().key());
  }

  /** Or a node that was sent something else before a crash would not be told. */
  @Test
  void doesNotSayWhatNodesHaveIfMoreMayBeSent() throws Exception {
    for (Observation one : Saved.read(Saved.writeInDoubt(some())).all()) {
      assertEquals(0, one.confirmed.length);
    }
  }

  @Test
  void readsNothingThatIsTornOrLonger() throws Exception {
    byte[] written = Saved.write(some());
    for (int length = 0; length < written.length; length++) {
      byte[] torn = Arrays.copyOf(written, length);
      assertThrows(IllegalArgumentException.class, () -> Saved.read(torn), "length=" + length);
    }
    byte[] longer = Arrays.copyOf(written, written.length + 1);
    assertThrows(IllegalArgumentException.class, () -> Saved.read(longer));
  }

  @Test
  void passesOverWhatCannotBeReadAndReadsTheOthers() throws Exception {
    List<Observation> all = some();
    byte[] first = Saved.write(all.subList(0, 1));
    byte[] two = Saved.write(all.subList(0, 2));
    byte[] whole = Saved.write(all);
    byte[] others = Saved.write(List.of(all.get(0), all.get(2)));
    int passedOver = 0;
    for (int at = first.length + 4; at < two.length; at++) {
      for (int value : new int[] {0, 0x7f, 0xff}) {
        byte[] damaged = whole.clone();
        damaged[at] = (byte) value;
        Saved.Found found = Saved.read(damaged);
        assertEquals(3, found.all().size() + found.unreadable());
        if (found.unreadable() == 1) {
          assertArrayEquals(others, Saved.write(found.all()), "at=" + at + " value=" + value);
          passedOver++;
        }
      }
    }
    assertTrue(passedOver > 20, "passedOver=" + passedOver);
  }

  @Test
  void holdsWhatItReadsAgainAlone() throws Exception {
    Observation oscore = some().get(2);
    assertTrue(Saved.holds(LONG, oscore.observer));
    String malformed = "\ufffd".repeat(255); // what 255 octets that are no UTF-8 become
    Target tooLong = new Target("b", "n2", List.of(malformed), List.of(), OptionalInt.empty());
    assertFalse(Saved.holds(tooLong, oscore.observer));
    List<String> tooMany = Collections.nCopies(65, "a");
    assertFalse(
        Saved.holds(
            new Target("b", "n2", List.of(), tooMany, OptionalInt.empty()), oscore.observer));
    for (int octets : new int[] {129, 255, 256, 256 + 8, 1_000}) {
      Observer bound =
          new Observer(
              Observer.Way.OSCORE,
              oscore.observer.address(),
              oscore.observer.identity(),
              oscore.observer.token(),
              0,
              Optional.of(
                  new Observer.Bound(
                      octets("01"), octets("00"), Optional.of(new byte[octets]), 1)));
      assertFalse(Saved.holds(LONG, bound), "octets=" + octets);
    }
  }

  @Test
  void refusesOrReadsWhateverItIsGiven() throws Exception {
    long seed = 7252;
    Random random = new Random(seed);
    byte[] good = Saved.write(some());
    int read = 0;
    for (int i = 0; i < 50_000; i++) {
      byte[] state = good.clone();
      for (int k = 0; k <= random.nextInt(3); k++) {
        state[random.nextInt(state.length)] = (byte) random.nextInt();
      }
      try {
        Saved.Found found = Saved.read(state);
        assertEquals(3, found.all().size() + found.unreadable(), "seed=" + seed + " i=" + i);
        byte[] again = Saved.write(found.all());
        Saved.Found twice = Saved.read(again);
        assertEquals(0, twice.unreadable(), "seed=" + seed + " i=" + i);
        assertArrayEquals(again, Saved.write(twice.all()), "seed=" + seed + " i=" + i);
        read++;
      } catch (IllegalArgumentException refused) {
        assertTrue(refused.getMessage().contains("state of observations"), "seed=" + seed);
      }
    }
    System.out.println("seed=" + seed + " read=" + read);
    assertTrue(read > 0 && read < 50_000, "read=" + read);
  }
}
