package io.bellgate.peer.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.peer.PeerService;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.peer.PeerStream;
import io.bellgate.peer.link.tls.Group;
import io.bellgate.peer.link.tls.Terms;
import io.bellgate.peer.link.tls.VersionOne;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.TlsProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The previous protocol version, from a recording of a build that spoke it alone. */
class VersionOneTest {
  private End alice;
  private End bob;
  private List<byte[]> up;
  private List<byte[]> down;

  @BeforeEach
  void open() throws IOException {
    alice = new End("alice");
    bob = new End("bob");
    End.trust(alice, bob);
    try (InputStream in = getClass().getResourceAsStream("version-1.txt")) {
      String[] lines = new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n");
      up = frames(lines[1]);
      down = frames(lines[2]);
    }
    bob.services.put(
        "bulk",
        new PeerService() {
          @Override
          public CompletionStage<byte[]> handle(String peer, byte[] request) {
            return CompletableFuture.completedFuture(request);
          }

          @Override
          public void read(String peer, InputStream octets) {
            try {
              octets.readAllBytes();
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          }
        });
    bob.services.put("echo", (peer, request) -> CompletableFuture.completedFuture(request));
  }

  @AfterEach
  void close() throws IOException {
    alice.close();
    bob.close();
  }

  private static List<byte[]> frames(String line) {
    byte[] all = HexFormat.of().parseHex(line.substring(2).strip());
    List<byte[]> frames = new ArrayList<>();
    for (int at = 0; at < all.length; ) {
      int end = at + 4 + ByteBuffer.wrap(all).getInt(at);
      frames.add(Arrays.copyOfRange(all, at, end));
      at = end;
    }
    return frames;
  }

  private Terms old(End end) {
    return new Terms(end.identity, end.registry, end.bits, Group.X25519MLKEM768, 1, 1);
  }

  private static void expect(TlsProtocol tls, byte[] frame) throws IOException {
    byte[] heard = new byte[frame.length];
    assertEquals(frame.length, tls.getInputStream().readNBytes(heard, 0, heard.length));
    assertEquals(HexFormat.of().formatHex(frame), HexFormat.of().formatHex(heard));
  }

  /** HELLO, request and answer, request and failure, stream: who waits for what. */
  private static void play(TlsProtocol tls, List<byte[]> say, List<byte[]> hear, int[][] turns)
      throws IOException {
    for (int[] turn : turns) {
      for (int i = turn[0]; i < turn[1]; i++) {
        tls.getOutputStream().write(say.get(i));
      }
      for (int i = turn[2]; i < turn[3]; i++) {
        expect(tls, hear.get(i));
      }
    }
  }

  @Test
  void answersAPeerOfVersionOneOctetByOctetWhereThatIsAllowed() throws Exception {
    bob.values.put("protocol_lowest", 1);
    bob.start(Map.of("alice", Optional.empty()));
    try (Socket socket = new Socket(bob.address().getAddress(), bob.address().getPort())) {
      TlsProtocol tls = VersionOne.dial(socket, old(alice), "bob");
      int[][] turns = {{0, 1, 0, 1}, {1, 2, 1, 2}, {2, 3, 2, 3}, {3, 6, 3, 5}};
      play(tls, up, down, turns);
      assertTrue(bob.awaitStatus("ML-DSA-65 both ways").contains("level=PQC"));
    }
  }

  @Test
  void dialsAPeerOfVersionOneOctetByOctetWhereThatIsAllowed() throws Exception {
    alice.values.put("protocol_lowest", 1);
    CompletableFuture<Void> old =
        CompletableFuture.runAsync(
            () -> {
              try {
                Socket socket = bob.listen.accept().socket();
                TlsProtocol tls = VersionOne.answer(socket, old(bob), "alice");
                int[][] turns = {{0, 1, 0, 2}, {1, 2, 2, 3}, {2, 3, 3, 6}, {3, 5, 6, 7}};
                play(tls, down, up, turns);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    alice.start(bob);
    PeerSession session = alice.session();
    assertArrayEquals(
        new byte[] {1, 2, 3},
        session
            .request("echo", new byte[] {1, 2, 3})
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS));
    CompletableFuture<byte[]> none = session.request("none", new byte[0]).toCompletableFuture();
    assertThrows(ExecutionException.class, () -> none.get(30, TimeUnit.SECONDS));
    try (PeerStream stream = session.open("bulk")) {
      stream.write("0123456789".getBytes(StandardCharsets.US_ASCII));
    }
    alice.links().close();
    old.get(30, TimeUnit.SECONDS);
  }

  @Test
  void refusesVersionOneUnlessTold() throws Exception {
    bob.start(Map.of("alice", Optional.empty()));
    try (Socket socket = new Socket(bob.address().getAddress(), bob.address().getPort())) {
      assertThrows(IOException.class, () -> VersionOne.dial(socket, old(alice), "bob"));
    }
    bob.awaitStatus("BG-PEER-012");
    bob.links().close();
    CompletableFuture.runAsync(
            () -> {
              try (End other = new End("bob")) {
                alice.identity.trusted.put("bob", other.identity.own());
                other.identity.trusted.put("alice", alice.identity.own());
                alice.start(Map.of("bob", Optional.of(other.address())));
                VersionOne.answer(other.listen.accept().socket(), old(other), "alice");
                alice.awaitStatus("BG-PEER-012");
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            })
        .get(40, TimeUnit.SECONDS);
    assertTrue(alice.sessions.isEmpty());
  }
}
