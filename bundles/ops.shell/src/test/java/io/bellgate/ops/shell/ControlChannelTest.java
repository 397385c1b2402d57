package io.bellgate.ops.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.ops.Command;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

class ControlChannelTest {
  private ServerSocketChannel listen;
  private ControlChannel channel;

  @BeforeEach
  void open() throws IOException {
    listen =
        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Commands commands = new Commands(context());
    commands.bindCommand(ControlChannelTest::echo, named("echo"));
    commands.bindCommand(ControlChannelTest::ask, named("ask"));
    commands.bindCommand(
        call -> {
          throw new IllegalStateException("a bug");
        },
        named("bug"));
    channel = new ControlChannel(commands, name -> listen);
  }

  @AfterEach
  void close() throws Exception {
    channel.deactivate();
    listen.close();
  }

  /** Says its arguments and what it reads. */
  private static int echo(Command.Call call) throws IOException {
    call.out()
        .print(
            String.join(" ", call.arguments())
                + "|"
                + new String(call.in().readAllBytes(), StandardCharsets.UTF_8));
    call.err().print("done");
    return 4;
  }

  private static BundleContext context() {
    ServiceRegistration<?> registration = proxy(ServiceRegistration.class, null);
    return proxy(BundleContext.class, registration);
  }

  @SuppressWarnings("unchecked")
  private static ServiceReference<Command> named(String name) {
    return (ServiceReference<Command>)
        Proxy.newProxyInstance(
            ControlChannelTest.class.getClassLoader(),
            new Class<?>[] {ServiceReference.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "getProperty" -> name;
                  case "hashCode" -> System.identityHashCode(self);
                  case "equals" -> self == arguments[0];
                  case "compareTo" -> 0;
                  default -> null;
                });
  }

  private static <T> T proxy(Class<T> type, Object answer) {
    return type.cast(
        Proxy.newProxyInstance(
            ControlChannelTest.class.getClassLoader(), new Class<?>[] {type}, (s, m, a) -> answer));
  }

  private record Answer(int code, String out, String err) {}

  private Socket connect() throws IOException {
    InetSocketAddress address = (InetSocketAddress) listen.getLocalAddress();
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(30_000);
    return socket;
  }

  private Answer call(String invocation, String stdin) throws IOException {
    try (Socket socket = connect()) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      frame(out, Frames.INVOKE, invocation);
      frame(out, Frames.STDIN, stdin);
      frame(out, Frames.STDIN_END, "");
      return answer(new DataInputStream(socket.getInputStream()));
    }
  }

  private static void frame(DataOutputStream out, int type, String text) throws IOException {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    Frames.write(out, type, octets, 0, octets.length);
  }

  private static Answer answer(DataInputStream in) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    while (true) {
      Frames.Frame frame = Frames.read(in);
      if (frame.type() == Frames.EXIT) {
        return new Answer(
            frame.octets()[3],
            out.toString(StandardCharsets.UTF_8),
            err.toString(StandardCharsets.UTF_8));
      }
      (frame.type() == Frames.STDOUT ? out : err).writeBytes(frame.octets());
    }
  }

  @Test
  void runsACommandWithItsStreamsAndExitCode() throws IOException {
    assertEquals(
        new Answer(4, "a b|typed", "done"),
        call("{\"arguments\":[\"echo\",\"a\",\"b\"]}", "typed"));
  }

  /** Asks, and reads the answer. */
  private static int ask(Command.Call call) throws IOException {
    call.out().println("name?");
    call.out().println("so it is " + (char) call.in().read());
    return 0;
  }

  @Test
  void saysWhatACommandAsksBeforeAnythingIsTyped() throws IOException {
    try (Socket socket = connect()) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      frame(out, Frames.INVOKE, "{\"arguments\":[\"ask\"]}");
      assertEquals("name?", new String(Frames.read(in).octets(), StandardCharsets.UTF_8).strip());
      frame(out, Frames.STDIN, "x");
      assertEquals(new Answer(0, "so it is x", ""), stripped(answer(in)));
    }
  }

  private static Answer stripped(Answer answer) {
    return new Answer(answer.code(), answer.out().strip(), answer.err());
  }

  @Test
  void turnsABugIntoAMessage() throws IOException {
    Answer answer = call("{\"arguments\":[\"bug\"]}", "");
    assertEquals(Command.FAILED, answer.code());
    assertTrue(answer.err().contains("a bug"), answer.err());
  }

  @Test
  void namesTheCommandsItHas() throws IOException {
    Answer answer = call("{\"arguments\":[\"nosuch\"]}", "");
    assertEquals(Command.USAGE, answer.code());
    assertTrue(
        answer.err().contains("BG-CONTROL-004") && answer.err().contains("echo"), answer.err());
  }

  @Test
  void refusesAMalformedInvocationWithACode() throws IOException {
    for (String invocation :
        new String[] {
          "", "{", "[]", "{}", "{\"arguments\":{}}", "{\"arguments\":[1]}", "{\"arguments\":\"x\"}"
        }) {
      Answer answer = call(invocation, "");
      assertEquals(Command.USAGE, answer.code(), invocation);
      assertTrue(answer.err().startsWith("BG-CONTROL-00"), invocation + " " + answer.err());
    }
  }

  @Test
  void survivesGarbage() throws IOException {
    long seed = 20261123;
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      try (Socket socket = connect()) {
        byte[] garbage = new byte[random.nextInt(64)];
        random.nextBytes(garbage);
        if (i % 3 == 0 && garbage.length > 5) {
          garbage[0] = Frames.INVOKE;
          garbage[1] = 0;
          garbage[2] = 0;
          garbage[3] = 0;
          garbage[4] = (byte) (garbage.length - 5);
        }
        socket.getOutputStream().write(garbage);
        socket.shutdownOutput();
        answer(new DataInputStream(socket.getInputStream()));
      } catch (EOFException | java.net.SocketException ended) {
        // the gateway hung up
      }
    }
    assertEquals(4, call("{\"arguments\":[\"echo\"]}", "").code(), "seed=" + seed);
  }
}
