package io.bellgate.qkd.cascade;

import io.bellgate.api.bits.SecretBits;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.ClassicalChannel;
import io.bellgate.api.qkd.Role;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** One end of a channel over TCP, for the bench: messages with their length, no tags. */
final class Loopback implements ClassicalChannel {
  private final DataInputStream in;
  private final DataOutputStream out;

  private Loopback(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
  }

  /**
   * Reconciles blocks one after the other between two threads over 127.0.0.1.
   *
   * @return nanoseconds of wall time for each block
   */
  static double nanosOfBlock(Cascade cascade, int length, double qber, int blocks)
      throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket one = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket other = server.accept()) {
      Loopback bob = new Loopback(one);
      Loopback alice = new Loopback(other);
      SplittableRandom random = new SplittableRandom(System.nanoTime());
      long[] key = Frames.key(length, random);
      long[] errors = Frames.withErrors(key, length, Math.round(length * qber), random);
      CompletableFuture<Long> answering =
          CompletableFuture.supplyAsync(
              () -> run(cascade, Role.ALICE, key, length, qber, alice, blocks));
      long nanos = run(cascade, Role.BOB, errors, length, qber, bob, blocks);
      answering.get();
      return (double) nanos / blocks;
    }
  }

  private static long run(
      Cascade cascade, Role role, long[] words, int length, double qber, Loopback end, int blocks) {
    SeededBits bits = new SeededBits(System.nanoTime());
    long begin = System.nanoTime();
    try {
      for (int i = 0; i < blocks; i++) {
        try (SecretBits key = SecretBits.absorb(words.clone(), length)) {
          cascade.reconcile(role, key, qber, end, bits).key().destroy();
        }
      }
    } catch (ChannelBroken | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return System.nanoTime() - begin;
  }

  private static ChannelBroken cut(IOException e) {
    return new ChannelBroken(ChannelBroken.Reason.CUT, e.toString());
  }

  @Override
  public void send(byte[] message) throws ChannelBroken {
    try {
      out.writeInt(message.length);
      out.write(message);
      out.flush();
    } catch (IOException e) {
      throw cut(e);
    }
  }

  @Override
  public byte[] receive() throws ChannelBroken {
    try {
      byte[] message = new byte[in.readInt()];
      in.readFully(message);
      return message;
    } catch (IOException e) {
      throw cut(e);
    }
  }

  @Override
  public void authenticate() {
    throw new AssertionError("a reconciler sends no tag");
  }

  @Override
  public void verify() {
    throw new AssertionError("a reconciler wants no tag");
  }
}
