package io.bellgate.coap.node.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.coap.node.directory.Link.Attribute;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.junit.jupiter.api.Test;

class RegistrationsTest {
  private static final long NOW = 1_000_000;
  private static final Owner KEYED = new Owner("n1", true);
  private static final Owner OPEN = new Owner("192.0.2.1", false);
  private final Registrations registrations = new Registrations();

  private static Registration wanted(Owner owner, String endpoint, String sector, String links) {
    return new Registration(
        0,
        owner,
        endpoint,
        sector,
        60,
        NOW + 60_000,
        "coap://192.0.2.1",
        false,
        List.of(new Attribute("et", "pump \"A\"")),
        LinkFormat.read(links));
  }

  private Registration register(Owner owner, String endpoint, String links) {
    return registrations.register(wanted(owner, endpoint, "", links), NOW);
  }

  private ResponseCode refusal(Owner owner, String endpoint, String links) {
    return assertThrows(Refused.class, () -> register(owner, endpoint, links)).response();
  }

  @Test
  void keepTheIdOfANameThatIsRegisteredAgain() {
    Registration first = register(OPEN, "a", "</x>");
    Registration again = register(OPEN, "a", "</y>");
    assertEquals(first.id(), again.id());
    assertEquals(List.of(again), registrations.active(NOW));
    Registration elsewhere = registrations.register(wanted(OPEN, "a", "hall", "</z>"), NOW);
    assertNotEquals(first.id(), elsewhere.id());
    assertEquals(2, registrations.count());
  }

  @Test
  void giveANameToWhomItBelongs() {
    register(OPEN, "n1", "</x>");
    assertEquals(ResponseCode.FORBIDDEN, refusal(new Owner("192.0.2.2", false), "n1", "</y>"));
    register(KEYED, "n1", "</y>");
    assertEquals(ResponseCode.FORBIDDEN, refusal(OPEN, "n1", "</x>"));
    assertEquals(KEYED, registrations.active(NOW).get(0).owner());
  }

  @Test
  void endByTheClockAndFreeTheirRoom() {
    Registration first = register(OPEN, "a", "</x>");
    assertEquals(1, registrations.active(NOW + 59_999).size());
    assertEquals(0, registrations.active(NOW + 60_000).size());
    assertEquals(0, registrations.count());
    Registration later = registrations.register(wanted(new Owner("b", false), "a", "", ""), NOW);
    assertTrue(later.id() > first.id(), "an ID is given once");
    assertEquals(
        ResponseCode.NOT_FOUND,
        assertThrows(Refused.class, () -> registrations.change("0", r -> Optional.of(r), NOW))
            .response());
  }

  @Test
  void leaveHalfOfTheirRoomToNodesWithKeys() {
    for (int i = 0; i < Registrations.MOST / 2; i++) {
      register(OPEN, "e" + i, "</x>");
    }
    assertEquals(ResponseCode.SERVICE_UNAVAILABLE, refusal(OPEN, "more", "</x>"));
    register(OPEN, "e0", "</y>");
    for (int i = 0; i < Registrations.MOST / 2; i++) {
      String name = "k" + i;
      register(new Owner(name, true), name, "</x>");
    }
    assertEquals(ResponseCode.SERVICE_UNAVAILABLE, refusal(KEYED, "n1", "</x>"));
    assertEquals(Registrations.MOST, registrations.count());
  }

  @Test
  void areBoundedInSizeAndKeepWhatTheyHadIfMoreIsRefused() {
    String large = "</x>;title=\"" + "t".repeat(4_000) + "\"";
    int registered = 0;
    ResponseCode refused = null;
    while (refused == null && registered < Registrations.MOST) {
      try {
        register(OPEN, "e" + registered++, large);
      } catch (Refused e) {
        refused = e.response();
      }
    }
    assertEquals(ResponseCode.SERVICE_UNAVAILABLE, refused);
    long size = registrations.active(NOW).stream().mapToLong(Registration::size).sum();
    assertTrue(size <= Registrations.MOST_SIZE / 2 && size > Registrations.MOST_SIZE / 2 - 5_000);
    List<Registration> before = registrations.active(NOW);
    assertEquals(ResponseCode.SERVICE_UNAVAILABLE, refusal(OPEN, "e0", large + "," + large));
    assertEquals(before, registrations.active(NOW));
    registrations.active(NOW + 60_000);
    register(OPEN, "e0", large + "," + large);
  }

  @Test
  void areHandedOverAsTheyAre() {
    register(OPEN, "a\u00e9", "</x>;rt=\"a b\";obs;sz=7,<http://h/>;anchor=\"/x\"");
    registrations.register(wanted(KEYED, "n1", "hall", ""), NOW);
    Registrations read = Registrations.load(registrations.save());
    assertEquals(registrations.active(NOW), read.active(NOW));
    assertTrue(
        read.register(wanted(OPEN, "b", "", ""), NOW).id() > registrations.active(NOW).get(1).id());
    assertEquals(0, Registrations.load(new Registrations().save()).count());
  }

  @Test
  void refuseAStateThatIsNotTheirs() {
    register(OPEN, "a", "</x>;rt=\"a b\";obs;sz=7");
    register(KEYED, "n1", "</y>");
    byte[] state = registrations.save();
    assertThrows(
        IllegalArgumentException.class,
        () -> Registrations.load(Arrays.copyOf(state, state.length + 1)));
    for (int i = 0; i < state.length; i++) {
      byte[] cut = Arrays.copyOf(state, i);
      assertThrows(IllegalArgumentException.class, () -> Registrations.load(cut));
    }
    long seed = 91;
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] mutant = state.clone();
      mutant[random.nextInt(mutant.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        Registrations read = Registrations.load(mutant);
        assertTrue(read.count() <= 2, "seed=" + seed);
        Registrations.load(read.save());
      } catch (IllegalArgumentException expected) {
        assertTrue(expected.getMessage().contains("state"), "seed=" + seed);
        refused++;
      }
    }
    assertTrue(refused > 1_000, "seed=" + seed + " refused=" + refused);
  }
}
