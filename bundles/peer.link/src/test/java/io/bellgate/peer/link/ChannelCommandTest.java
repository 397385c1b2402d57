package io.bellgate.peer.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.ops.Command;
import io.bellgate.peer.link.tls.Bits;
import io.bellgate.peer.link.tls.FakeRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(ChannelCommand command, String... words) throws IOException {
    return command.run(
        new Command.Call(
            List.of(words),
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8)));
  }

  @Test
  void saysHowItIsUsed() throws IOException {
    assertEquals(Command.OK, run(new ChannelCommand(), "--help"));
    assertTrue(out.toString().contains("bellgate channel bench"));
    assertEquals(Command.USAGE, run(new ChannelCommand(), "bench", "--seconds", "0"));
    assertEquals(Command.USAGE, run(new ChannelCommand(), "bench", "--group", "x25519"));
    assertEquals(Command.USAGE, run(new ChannelCommand()));
    assertEquals(Command.UNREACHABLE, run(new ChannelCommand(), "bench"));
  }

  @Test
  void stopsWhenItIsCancelled() throws IOException {
    Thread.currentThread().interrupt(); // cancelled at once: nothing is timed in a test
    try {
      assertEquals(
          Command.OK, run(new ChannelCommand(new FakeRegistry(), new Bits()), "bench", "--json"));
      assertEquals("{}\n", out.toString());
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
