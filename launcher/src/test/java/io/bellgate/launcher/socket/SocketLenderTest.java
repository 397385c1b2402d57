package io.bellgate.launcher.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.launcher.folder.DataFolder;
import io.bellgate.launcher.report.Refusal;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SocketLenderTest {
  private final SocketLender lender = new SocketLender();
  private DatagramSocket sender;

  @BeforeEach
  void open() throws IOException {
    lender.open(new SocketSpec("udp", SocketSpec.Type.UDP, "127.0.0.1", 0));
    lender.open(new SocketSpec("tcp", SocketSpec.Type.TCP, "127.0.0.1", 0));
    sender = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() {
    lender.close();
    sender.close();
  }

  private void send(String text) throws IOException {
    byte[] octets = text.getBytes(UTF_8);
    sender.send(
        new DatagramPacket(
            octets, octets.length, InetAddress.getByName("127.0.0.1"), lender.ports().get("udp")));
  }

  private static String receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
    socket.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), UTF_8);
  }

  private DatagramSocket udp() {
    return (DatagramSocket) lender.lend("udp");
  }

  private ServerSocketChannel tcp() {
    return (ServerSocketChannel) lender.lend("tcp");
  }

  /** Runs {@code call} on a thread of its own and returns both once the thread waits. */
  private record Waiting<T>(Thread thread, FutureTask<T> task) {
    static <T> Waiting<T> start(Callable<T> call) throws InterruptedException {
      CountDownLatch entered = new CountDownLatch(1);
      FutureTask<T> task =
          new FutureTask<>(
              () -> {
                entered.countDown();
                return call.call();
              });
      Thread thread = new Thread(task);
      thread.setDaemon(true);
      thread.start();
      assertTrue(entered.await(30, TimeUnit.SECONDS));
      while (thread.getState() == Thread.State.NEW) {
        Thread.onSpinWait();
      }
      return new Waiting<>(thread, task);
    }
  }

  @Test
  void keepsDatagramsThatArriveBetweenTwoLoans() throws IOException {
    DatagramSocket first = udp();
    send("before");
    assertEquals("before", receive(first));
    first.close();
    for (int i = 0; i < 50; i++) {
      send("between " + i);
    }
    DatagramSocket second = udp();
    for (int i = 0; i < 50; i++) {
      assertEquals("between " + i, receive(second));
    }
  }

  @Test
  void keepsTheSocketOpenWhenABorrowerIsInterrupted() throws Exception {
    DatagramSocket first = udp();
    Waiting<String> waiting = Waiting.start(() -> receive(first));
    waiting.thread().interrupt();
    Exception end = assertThrows(Exception.class, () -> waiting.task().get(30, TimeUnit.SECONDS));
    assertTrue(end.getCause() instanceof SocketException, end.toString());
    assertTrue(first.isClosed());
    send("after");
    assertEquals("after", receive(udp()));
  }

  @Test
  void wakesAReceiverWhenTheLoanIsClosed() throws Exception {
    DatagramSocket first = udp();
    Waiting<String> waiting = Waiting.start(() -> receive(first));
    first.close();
    Exception end = assertThrows(Exception.class, () -> waiting.task().get(30, TimeUnit.SECONDS));
    assertTrue(end.getCause() instanceof SocketException, end.toString());
    assertThrows(SocketException.class, () -> receive(first));
  }

  @Test
  void sendsFromThePortItListensOn() throws IOException {
    DatagramSocket lent = udp();
    lent.send(new DatagramPacket("x".getBytes(UTF_8), 1, sender.getLocalSocketAddress()));
    DatagramPacket packet = new DatagramPacket(new byte[10], 10);
    sender.receive(packet);
    assertEquals(lender.ports().get("udp"), packet.getPort());
    assertEquals(packet.getPort(), lent.getLocalPort());
  }

  @Test
  void sendsThroughAnInterruptedThreadWithoutLosingTheSocket() throws Exception {
    DatagramSocket lent = udp();
    Thread.currentThread().interrupt();
    lent.send(new DatagramPacket("x".getBytes(UTF_8), 1, sender.getLocalSocketAddress()));
    assertTrue(Thread.interrupted());
    assertEquals("x", receive(sender));
    assertFalse(lent.isClosed());
  }

  @Test
  void endsAReceiveAtItsTimeout() throws IOException {
    DatagramSocket lent = udp();
    lent.setSoTimeout(20);
    assertThrows(SocketTimeoutException.class, () -> receive(lent));
    assertFalse(lent.isClosed());
  }

  @Test
  void endsAReceiveThatWaitsAlreadyAtANewTimeout() throws Exception {
    DatagramSocket lent = udp();
    Waiting<String> waiting = Waiting.start(() -> receive(lent));
    while (Arrays.stream(waiting.thread().getStackTrace())
        .noneMatch(frame -> frame.getMethodName().equals("doSelect"))) {
      Thread.onSpinWait();
    }
    lent.setSoTimeout(1);
    Exception end = assertThrows(Exception.class, () -> waiting.task().get(30, TimeUnit.SECONDS));
    assertTrue(end.getCause() instanceof SocketTimeoutException, end.toString());
    lent.setSoTimeout(0);
    send("after");
    assertEquals("after", receive(lent));
  }

  @Test
  void usesAPacketAgainWithTheRoomItHad() throws IOException {
    DatagramSocket lent = udp();
    DatagramPacket packet = new DatagramPacket(new byte[20], 2, 10);
    for (String text : new String[] {"short", "longer 789"}) {
      send(text);
      lent.receive(packet);
      assertEquals(text, new String(packet.getData(), 2, packet.getLength(), UTF_8));
    }
    send("0123456789too long");
    lent.receive(packet);
    assertEquals("0123456789", new String(packet.getData(), 2, packet.getLength(), UTF_8));
    assertArrayEquals(new byte[8], java.util.Arrays.copyOfRange(packet.getData(), 12, 20));
  }

  @Test
  void lendsASocketOnlyOnceAtATime() {
    DatagramSocket first = udp();
    assertThrows(IllegalStateException.class, this::udp);
    first.close();
    assertFalse(udp().isClosed());
  }

  @Test
  void namesTheSocketsItHasWhenAskedForAnother() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> lender.lend("coap")).getMessage();
    assertTrue(message.contains("name=coap known=[tcp, udp]"), message);
  }

  @Test
  void keepsConnectionsThatArriveBetweenTwoLoans() throws IOException {
    tcp().close();
    InetSocketAddress address = new InetSocketAddress("127.0.0.1", lender.ports().get("tcp"));
    try (SocketChannel client = SocketChannel.open(address)) {
      client.write(ByteBuffer.wrap("hello".getBytes(UTF_8)));
      try (SocketChannel accepted = tcp().accept()) {
        assertTrue(accepted.isBlocking());
        ByteBuffer buffer = ByteBuffer.allocate(5);
        accepted.read(buffer);
        assertEquals("hello", new String(buffer.array(), UTF_8));
      }
    }
  }

  @Test
  void keepsTheListenerOpenWhenAnAcceptorIsInterruptedOrClosed() throws Exception {
    ServerSocketChannel first = tcp();
    Waiting<SocketChannel> interrupted = Waiting.start(first::accept);
    interrupted.thread().interrupt();
    Exception end =
        assertThrows(Exception.class, () -> interrupted.task().get(30, TimeUnit.SECONDS));
    assertTrue(end.getCause() instanceof ClosedByInterruptException, end.toString());
    ServerSocketChannel second = tcp();
    Waiting<SocketChannel> closed = Waiting.start(second::accept);
    second.close();
    end = assertThrows(Exception.class, () -> closed.task().get(30, TimeUnit.SECONDS));
    assertTrue(end.getCause() instanceof AsynchronousCloseException, end.toString());
    ServerSocketChannel third = tcp();
    try (SocketChannel client = SocketChannel.open(third.getLocalAddress());
        SocketChannel accepted = third.accept()) {
      assertEquals(client.getLocalAddress(), accepted.getRemoteAddress());
    }
  }

  @Test
  void refusesABusyPortAndSaysWhatToDo() {
    SocketSpec busy =
        new SocketSpec("other", SocketSpec.Type.UDP, "127.0.0.1", lender.ports().get("udp"));
    String message = assertThrows(Refusal.class, () -> lender.open(busy)).getMessage();
    assertTrue(
        message.contains("BG-SOCKET-001") && message.contains("port=" + busy.port()), message);
  }

  @Test
  void takesTheWishedPortWhereItIsFreeAndAnotherWhereNot() {
    int busy = lender.ports().get("udp");
    lender.open(new SocketSpec("second", SocketSpec.Type.UDP, "127.0.0.1", 0), busy);
    int second = lender.ports().get("second");
    assertTrue(second != busy && second > 0);
  }

  @Test
  void opensTheControlSocketForTheOwnerOnly(@TempDir Path folder) throws IOException {
    Path path = ControlPath.choose(new DataFolder(folder).create());
    lender.openControl(path);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    ServerSocketChannel control = (ServerSocketChannel) lender.lend(SocketLender.CONTROL);
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
        SocketChannel accepted = control.accept()) {
      assertTrue(client.isConnected() && accepted.isConnected());
    }
  }

  @Test
  void putsTheControlSocketElsewhereWhenItsPathIsTooLong(@TempDir Path folder) throws IOException {
    DataFolder data = new DataFolder(folder.resolve("x".repeat(120))).create();
    Path path = ControlPath.choose(data);
    assertFalse(path.startsWith(data.root()));
    assertEquals(path, ControlPath.find(data));
    lender.openControl(path);
    ControlPath.remove(data);
    assertFalse(Files.exists(path.getParent()));
  }
}
