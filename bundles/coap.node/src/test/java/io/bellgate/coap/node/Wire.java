package io.bellgate.coap.node;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.network.serialization.UdpDataParser;

/** A way between one node and the gateway that counts what goes over it: payloads of UDP. */
final class Wire implements AutoCloseable {
  private final DatagramSocket node;
  private volatile DatagramSocket gateway;
  private final AtomicInteger datagrams = new AtomicInteger();
  private final AtomicInteger octets = new AtomicInteger();
  private final Queue<byte[]> sent = new ConcurrentLinkedQueue<>();
  private final int port;
  private final Queue<byte[]> fromNode = new ConcurrentLinkedQueue<>();
  private final LinkedBlockingQueue<byte[]> toNode = new LinkedBlockingQueue<>();
  private final AtomicInteger heldBack = new AtomicInteger();
  private volatile Predicate<byte[]> held = datagram -> false;
  private volatile SocketAddress last;

  Wire(int port) throws IOException {
    this.port = port;
    InetAddress loopback = InetAddress.getLoopbackAddress();
    node = new DatagramSocket(new InetSocketAddress(loopback, 0));
    carry(node, () -> gateway, () -> new InetSocketAddress(loopback, port));
    move();
  }

  /** From now on the node seems to be somewhere else; what is sent to where it was is lost. */
  void move() throws IOException {
    DatagramSocket before = gateway;
    gateway = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    carry(gateway, () -> node, () -> last);
    if (before != null) {
      before.close();
    }
  }

  private void carry(
      DatagramSocket from, Supplier<DatagramSocket> to, Supplier<SocketAddress> where) {
    Thread thread =
        new Thread(
            () -> {
              byte[] buffer = new byte[2_048];
              try {
                while (true) {
                  DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                  from.receive(packet);
                  if (from == node) {
                    last = packet.getSocketAddress();
                    sent.add(Arrays.copyOf(buffer, packet.getLength()));
                  }
                  (from == node ? fromNode : toNode)
                      .add(Arrays.copyOf(packet.getData(), packet.getLength()));
                  if (from == node && held.test(packet.getData())) {
                    heldBack.incrementAndGet();
                    continue;
                  }
                  datagrams.incrementAndGet();
                  octets.addAndGet(packet.getLength());
                  to.get().send(new DatagramPacket(buffer, packet.getLength(), where.get()));
                }
              } catch (IOException closed) {
                // the test is over
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return node.getLocalPort();
  }

  /** Keeps some datagrams of the node from arriving, from now on. */
  void hold(Predicate<byte[]> which) {
    held = which;
  }

  /** How many did not arrive. */
  int heldBack() {
    return heldBack.get();
  }

  /** Datagrams and octets both ways since the last time. */
  int[] counted() {
    return new int[] {datagrams.getAndSet(0), octets.getAndSet(0)};
  }

  /** What the node has sent so far, in its order. */
  List<byte[]> sent() {
    return List.copyOf(sent);
  }

  /** Sends to the gateway from where the datagrams of the node come. */
  void again(byte[] datagram) throws IOException {
    gateway.send(
        new DatagramPacket(
            datagram,
            datagram.length,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
  }

  /** CoAP messages of the node since the last time. */
  List<Message> fromNode() {
    return messages(fromNode);
  }

  /** Datagrams to the node since the last time. */
  List<byte[]> datagramsToNode() {
    List<byte[]> datagrams = new ArrayList<>();
    toNode.drainTo(datagrams);
    return datagrams;
  }

  /** CoAP messages to the node since the last time. */
  List<Message> toNode() {
    return messages(toNode);
  }

  private static List<Message> messages(Queue<byte[]> datagrams) {
    List<Message> messages = new ArrayList<>();
    for (byte[] datagram = datagrams.poll(); datagram != null; datagram = datagrams.poll()) {
      messages.add(new UdpDataParser().parseMessage(datagram));
    }
    return messages;
  }

  @Override
  public void close() {
    node.close();
    gateway.close();
  }
}
