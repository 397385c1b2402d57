package io.bellgate.peer.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.keys.KeyId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HelloTest {
  @Test
  void isReadAsItWasWritten() throws Exception {
    List<KeyId> spent = new ArrayList<>();
    for (int i = 0; i <= Hello.MOST_SPENT; i++) {
      Hello hello = new Hello(7, UUID.randomUUID(), i % 2 == 0, Hello.MAIN, List.copyOf(spent));
      assertEquals(hello, Hello.read(hello.frame()));
      spent.add(new KeyId(UUID.randomUUID(), i * 64, 32));
    }
  }

  @Test
  void refusesWhatIsNone() {
    Hello hello = new Hello(7, UUID.randomUUID(), true, Hello.MAIN, List.of());
    byte[] body = hello.frame().body();
    body[0] = 3;
    ProtocolError e =
        assertThrows(ProtocolError.class, () -> Hello.read(new Frame(Frame.Type.HELLO, 0, body)));
    assertTrue(e.getMessage().contains("BG-PEER-006"));
    Hello bulk = new Hello(7, UUID.randomUUID(), true, Hello.BULK, List.of());
    assertThrows(ProtocolError.class, () -> Hello.read(bulk.frame()));
    assertThrows(ProtocolError.class, () -> Hello.read(new Frame(Frame.Type.REQUEST, 0, body)));
  }

  @Test
  void survivesAnything() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < 50_000; i++) {
      byte[] body = new byte[random.nextInt(120)];
      random.nextBytes(body);
      if (body.length > 1 && i % 2 == 0) {
        body[0] = 2;
        body[1] = 2;
      }
      try {
        Hello.read(new Frame(Frame.Type.HELLO, 0, body));
      } catch (ProtocolError expected) {
        refused++; // the only way to fail
      }
    }
    assertTrue(refused > 40_000, "seed=" + seed);
  }
}
