package io.bellgate.nodekeys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bellgate.api.bits.Secret;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Values computed by other code, from docs/wire-format.md. */
class NodeContextTest {
  @Test
  void derivesWhatTheDocumentSays() {
    byte[] key = new byte[32];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) i;
    }
    try (Secret root = Secret.copyOf(key);
        Secret secret = NodeContext.masterSecret(root, "pump#1")) {
      assertEquals(
          "60e2ac0ba3f01eee43028fd47211efe6fb0e59eeeaae5466bd14a36bebfe7fcc",
          secret.lend(HexFormat.of()::formatHex));
    }
    assertEquals("99d0570c04", HexFormat.of().formatHex(NodeContext.kid("pump#1")));
  }
}
