package io.bellgate.peer.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.Said;
import io.bellgate.peer.link.tls.Bits;
import io.bellgate.peer.link.tls.FakeRegistry;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelCommandTest {
  @Test
  void saysHowItIsUsed() throws Exception {
    Said help = Said.by(new ChannelCommand(), "--help");
    assertEquals(Command.OK, help.code());
    assertTrue(help.out().contains("bellgate channel bench"));
    assertEquals(Command.USAGE, code("bench", "--seconds", "0"));
    assertEquals(Command.USAGE, code("bench", "--group", "x25519"));
    assertEquals(Command.USAGE, code());
    assertEquals(Command.UNREACHABLE, code("bench"));
  }

  private static int code(String... words) throws Exception {
    return Said.by(new ChannelCommand(), words).code();
  }

  @Test
  void stopsWhenItIsCancelled() throws Exception {
    Thread.currentThread().interrupt(); // cancelled at once: nothing is timed in a test
    try {
      Said said = Said.by(new ChannelCommand(new FakeRegistry(), new Bits()), "bench", "--json");
      assertEquals(Command.OK, said.code());
      assertEquals("{}\n", said.out());
    } finally {
      Thread.interrupted();
    }
  }

  /** Measures with Bouncy Castle's Ed25519 and the JDK's AES, as the registry would choose. */
  public static void main(String[] words) throws IOException {
    FakeRegistry registry = new FakeRegistry();
    registry.ed25519 = new org.bouncycastle.jce.provider.BouncyCastleProvider();
    new ChannelCommand(registry, new Bits())
        .run(new Command.Call(List.of(words), System.in, System.out, System.err));
  }
}
