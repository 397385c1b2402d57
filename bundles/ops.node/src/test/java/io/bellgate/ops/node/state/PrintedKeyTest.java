package io.bellgate.ops.node.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PrintedKeyTest {
  private static final String KEY = "0f".repeat(32);

  private static NodeKey read(String text) {
    return PrintedKey.read(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void isReadAmongOtherLines() {
    NodeKey key =
        read(
            "identity pump-17#0badc0ffee00\nkey "
                + KEY
                + "\noscore master secret 00\nits count `seq` goes on\n");
    assertEquals("pump-17#0badc0ffee00", key.identity());
    assertEquals(KEY, key.secret().lend(HexFormat.of()::formatHex));
    assertEquals(0, key.sequence());
  }

  @Test
  void isReadWithCarriageReturnsAndWithoutAnEnd() {
    assertEquals("a", read("identity a\r\nkey " + KEY).identity());
  }

  @Test
  void isWipedWhereItWasRead() {
    byte[] octets = ("identity a\nkey " + KEY + "\n").getBytes(StandardCharsets.US_ASCII);
    PrintedKey.read(octets);
    assertArrayEquals(new byte[octets.length], octets);
  }

  @Test
  void isRefusedWithoutSayingIt() {
    for (String wrong :
        new String[] {
          "",
          "key " + KEY + "\n",
          "identity a\n",
          "identity a b\nkey " + KEY,
          "identity a\nkey " + KEY.substring(2),
          "identity a\nkey " + KEY + "0f",
          "identity a\nkey x" + KEY.substring(1),
          "identity \nkey " + KEY,
        }) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> read(wrong), wrong);
      assertFalse(refused.getMessage().contains("0f0f"), refused::getMessage);
      assertEquals(null, refused.getCause());
    }
  }
}
