package io.bellgate.api.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MessageIdTest {
  @Test
  void givesGatewaysNamesThatNoNodeCanHave() {
    String name = MessageId.gateway("bob", -1);
    assertEquals("@bob.ffffffffffffffff", name);
    assertFalse(MessageId.isNode(name));
    assertEquals(Optional.of("bob"), new MessageId(name, 1).site());
    String longest = MessageId.gateway("a".repeat(40), 1);
    assertEquals(Optional.of("a".repeat(40)), new MessageId(longest, 1).site());
  }

  @Test
  void hasNoSiteIfANodeSaidIt() {
    for (String node : List.of("pump-17", "bob.ffffffffffffffff", "-", ".", "a".repeat(64))) {
      assertTrue(MessageId.isNode(node), node);
      assertEquals(Optional.empty(), new MessageId(node, 0).site());
    }
  }

  @Test
  void refusesOtherNames() {
    for (String name :
        List.of("", "a b", "@bob", "@bob.1", "@Bob.ffffffffffffffff", "x@bob.ffffffffffffffff")) {
      assertThrows(IllegalArgumentException.class, () -> new MessageId(name, 0), name);
    }
  }
}
