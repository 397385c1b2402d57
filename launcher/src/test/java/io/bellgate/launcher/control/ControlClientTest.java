package io.bellgate.launcher.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.launcher.json.JsonDocument;
import io.bellgate.launcher.report.ExitCode;
import io.bellgate.launcher.report.Refusal;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ControlClientTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** What a gateway would do with one connection. */
  private interface Server {
    void serve(InputStream in, OutputStream out) throws IOException;
  }

  private int run(String stdin, Server server) throws Exception {
    Path path = folder.resolve("control.sock");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(path));
      FutureTask<Void> task =
          new FutureTask<>(
              () -> {
                try (SocketChannel channel = listener.accept()) {
                  server.serve(Channels.newInputStream(channel), Channels.newOutputStream(channel));
                }
                return null;
              });
      new Thread(task).start();
      try {
        InputStream in = new ByteArrayInputStream(stdin.getBytes(UTF_8));
        return new ControlClient(path)
            .run(List.of("status", "--json"), 120, new ControlClient.Streams(in, out, err));
      } finally {
        task.get(30, TimeUnit.SECONDS);
        java.nio.file.Files.deleteIfExists(path);
      }
    }
  }

  private static void send(OutputStream out, int type, String text) throws IOException {
    byte[] octets = text.getBytes(UTF_8);
    Frames.write(out, type, octets, octets.length);
  }

  private static void exit(OutputStream out, int code) throws IOException {
    Frames.write(out, Frames.EXIT, new byte[] {0, 0, 0, (byte) code}, 4);
  }

  @Test
  void passesArgumentsStreamsAndExitCode() throws Exception {
    int code =
        run(
            "typed",
            (in, answer) -> {
              Frames.Frame first = Frames.read(in);
              assertEquals(Frames.INVOCATION, first.type());
              JsonObject invocation =
                  JsonDocument.parse("x", new String(first.octets(), UTF_8)).root();
              assertEquals(
                  "[\"status\",\"--json\"]", invocation.getJsonArray("arguments").toString());
              assertEquals(120, invocation.getInt("columns"));
              StringBuilder typed = new StringBuilder();
              Frames.Frame next = Frames.read(in);
              while (next.type() == Frames.STDIN) {
                typed.append(new String(next.octets(), UTF_8));
                next = Frames.read(in);
              }
              assertEquals(Frames.STDIN_END, next.type());
              send(answer, Frames.STDOUT, "you typed ");
              send(answer, Frames.STDERR, "careful");
              send(answer, Frames.STDOUT, typed.toString());
              exit(answer, 4);
            });
    assertEquals(4, code);
    assertEquals("you typed typed", out.toString(UTF_8));
    assertEquals("careful", err.toString(UTF_8));
  }

  @Test
  void saysHowToStartAGatewayThatDoesNotAnswer() {
    ControlClient client = new ControlClient(folder.resolve("none.sock"));
    Refusal refusal =
        assertThrows(
            Refusal.class,
            () ->
                client.run(
                    List.of("status"),
                    80,
                    new ControlClient.Streams(InputStream.nullInputStream(), out, err)));
    assertEquals(ExitCode.UNREACHABLE, refusal.exitCode());
    assertTrue(refusal.getMessage().contains("bellgate run --site"), refusal.getMessage());
  }

  @Test
  void tellsWhenTheGatewayBreaksOff() {
    Refusal refusal =
        assertThrows(
            Refusal.class,
            () ->
                run(
                    "",
                    (in, answer) -> {
                      Frames.read(in);
                      send(answer, Frames.STDOUT, "half");
                    }));
    assertEquals(ExitCode.UNREACHABLE, refusal.exitCode());
    assertEquals("half", out.toString(UTF_8));
  }

  @Test
  void endsWithAnErrorForEveryMalformedAnswer() throws Exception {
    long seed = System.nanoTime();
    System.out.println("ControlClientTest seed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] noise = new byte[1 + random.nextInt(30)];
      random.nextBytes(noise);
      try {
        run(
            "",
            (in, answer) -> {
              Frames.read(in);
              answer.write(noise);
            });
      } catch (Refusal e) {
        assertEquals(ExitCode.UNREACHABLE, e.exitCode());
      }
    }
  }
}
