package io.bellgate.ops.node.line;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlaceTest {
  private static String of(String text, Protection protection) {
    Place place = Place.of(text, Optional.ofNullable(protection));
    return place.protection() + " " + place.uri();
  }

  @Test
  void hasTheUsualPortOfItsProtection() {
    assertEquals("DTLS coaps://hall:5684", of("hall", Protection.DTLS));
    assertEquals("OSCORE coap://hall:5683", of("hall", Protection.OSCORE));
    assertEquals("PLAIN coap://hall:5683", of("coap://hall/", Protection.PLAIN));
    assertEquals("DTLS coaps://[::1]:7", of("coaps://[::1]:7", null));
    assertEquals("OSCORE coap://192.0.2.1:7", of("192.0.2.1:7", Protection.OSCORE));
  }

  @Test
  void isNeverWithoutProtectionUnlessThatIsSaid() {
    assertThrows(IllegalArgumentException.class, () -> of("hall", null));
    assertThrows(IllegalArgumentException.class, () -> of("coap://hall", null));
  }

  @Test
  void isRefusedIfItContradictsItselfOrIsNone() {
    assertThrows(IllegalArgumentException.class, () -> of("coaps://hall", Protection.PLAIN));
    assertThrows(IllegalArgumentException.class, () -> of("coaps://hall", Protection.OSCORE));
    assertThrows(IllegalArgumentException.class, () -> of("coap://hall", Protection.DTLS));
    for (String none :
        new String[] {"", "http://hall", "a b", "hall/path", "hall?a", "me@hall", "hall:x"}) {
      assertThrows(IllegalArgumentException.class, () -> of(none, Protection.PLAIN), none);
    }
  }
}
