package io.bellgate.peer.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.keys.SiteIdentity;
import io.bellgate.api.peer.PeerFailure;
import io.bellgate.api.peer.PeerService;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.peer.PeerStream;
import io.bellgate.peer.link.tls.Handshake;
import io.bellgate.peer.link.tls.Secured;
import io.bellgate.peer.link.tls.Terms;
import io.bellgate.peer.link.tls.Throwaway;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinksTest {
  private End alice;
  private End bob;

  @BeforeEach
  void open() throws IOException {
    alice = new End("alice");
    bob = new End("bob");
    bob.services.put("echo", (peer, request) -> CompletableFuture.completedFuture(request));
  }

  @AfterEach
  void close() throws IOException {
    alice.close();
    bob.close();
  }

  private PeerSession connect() throws InterruptedException {
    End.trust(alice, bob);
    bob.start(alice);
    alice.start(bob);
    return alice.session();
  }

  private static byte[] get(CompletionStage<byte[]> answer) throws Exception {
    return answer.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static PeerFailure failure(CompletionStage<byte[]> answer) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> get(answer));
    return assertInstanceOf(PeerFailure.class, e.getCause());
  }

  private static void begin(Secured secured) throws IOException {
    new Hello(1, UUID.randomUUID(), true, Hello.MAIN, List.of()).send(secured);
    Hello.receive(secured, 1);
  }

  @Test
  void connectsWithTheHybridGroupOnlyAndTheLowerSiteDials() throws Exception {
    PeerSession session = connect();
    assertTrue(session.initiator());
    assertFalse(bob.session().initiator());
    assertArrayEquals(new byte[] {1, 2, 3}, get(session.request("echo", new byte[] {1, 2, 3})));
    assertTrue(
        alice.links().status().toString().contains("X25519MLKEM768"),
        () -> alice.links().status().toString());
    assertEquals(0, get(session.request("echo", new byte[0])).length);
    byte[] large = new byte[PeerSession.MAX_BODY_OCTETS];
    new Random(1).nextBytes(large);
    assertArrayEquals(large, get(session.request("echo", large)));
    assertThrows(
        IllegalArgumentException.class,
        () -> session.request("echo", new byte[PeerSession.MAX_BODY_OCTETS + 1]));
  }

  @Test
  void handsRequestsToAServiceInOrderThoughManyAreInFlight() throws Exception {
    List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
    bob.services.put(
        "count",
        (peer, request) -> {
          seen.add(ByteBuffer.wrap(request).getInt());
          return CompletableFuture.supplyAsync(() -> request);
        });
    PeerSession session = connect();
    List<CompletionStage<byte[]>> answers = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      answers.add(session.request("count", ByteBuffer.allocate(4).putInt(i).array()));
    }
    for (int i = 0; i < 2_000; i++) {
      assertEquals(i, ByteBuffer.wrap(get(answers.get(i))).getInt());
      assertEquals(i, seen.get(i));
    }
  }

  @Test
  void saysWhyARequestFailed() throws Exception {
    bob.services.put(
        "no",
        (peer, request) -> {
          throw new PeerFailure(PeerFailure.Reason.REFUSED, "not today");
        });
    bob.services.put(
        "bug",
        (peer, request) ->
            CompletableFuture.failedFuture(new IllegalStateException("secret detail")));
    PeerSession session = connect();
    assertEquals(
        PeerFailure.Reason.NO_SERVICE, failure(session.request("none", new byte[1])).reason());
    assertEquals("not today", failure(session.request("no", new byte[1])).getMessage());
    PeerFailure bug = failure(session.request("bug", new byte[1]));
    assertEquals(PeerFailure.Reason.REFUSED, bug.reason());
    assertFalse(bug.getMessage().contains("secret"));
  }

  @Test
  void failsRequestsInFlightWhenTheSessionEndsAndConnectsAgain() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    bob.services.put(
        "hang",
        (peer, request) -> {
          arrived.countDown();
          return new CompletableFuture<>();
        });
    PeerSession session = connect();
    bob.session();
    CompletionStage<byte[]> answer = session.request("hang", new byte[1]);
    assertTrue(arrived.await(30, TimeUnit.SECONDS));
    bob.links().session("alice").orElseThrow().leave();
    assertEquals(PeerFailure.Reason.DISCONNECTED, failure(answer).reason());
    assertEquals(
        PeerFailure.Reason.DISCONNECTED, failure(session.request("echo", new byte[1])).reason());
    PeerSession next = alice.session();
    assertArrayEquals(new byte[] {9}, get(next.request("echo", new byte[] {9})));
  }

  @Test
  void refusesAPeerWithoutIdentityFileAndSaysWhatToDo() throws Exception {
    bob.start(alice);
    alice.start(bob);
    String status = alice.awaitStatus("BG-PEER-001");
    assertTrue(status.contains("bellgate identity trust FILE"), status);
    alice.identity.trusted.put("bob", bob.identity.own());
    String arriving = bob.awaitStatus("BG-PEER-001");
    assertTrue(arriving.contains("shown="), arriving);
    bob.identity.trusted.put("alice", alice.identity.own());
    assertArrayEquals(new byte[] {1}, get(alice.session().request("echo", new byte[] {1})));
  }

  @Test
  void refusesAPeerThatShowsAnotherCertificate() throws Exception {
    End.trust(alice, bob);
    alice.identity.trusted.put("bob", new Throwaway("bob").own());
    bob.start(alice);
    alice.start(bob);
    String status = alice.awaitStatus("BG-PEER-002");
    assertTrue(status.contains("pinned="), status);
    assertTrue(bob.sessions.isEmpty());
  }

  /** A site that has one of the two keys of an identity: its ML-DSA-65, and another Ed25519. */
  private record Half(Throwaway whole) implements SiteIdentity {
    @Override
    public String site() {
      return whole.site();
    }

    @Override
    public PublicIdentity own() {
      return whole.own();
    }

    @Override
    public byte[] sign(Family family, byte[] message) {
      return (family == Family.ML_DSA_65 ? whole : new Throwaway(whole.site()))
          .sign(family, message);
    }

    @Override
    public Optional<PublicIdentity> trusted(String peer) {
      return whole.trusted(peer);
    }
  }

  private static Terms half(End end) {
    Terms terms = end.terms();
    return new Terms(
        new Half(end.identity),
        terms.registry(),
        terms.random(),
        terms.group(),
        terms.epoch(),
        terms.lowest());
  }

  @Test
  void refusesADiallerThatHasOneOfItsTwoKeysAlone() throws Exception {
    End.trust(alice, bob);
    bob.start(Map.of("alice", Optional.empty()));
    try (Socket socket = new Socket()) {
      socket.connect(bob.address());
      Secured secured = new Handshake(half(alice)).dial(socket, "bob", Optional.empty());
      assertThrows(IOException.class, () -> begin(secured));
    }
    assertTrue(bob.awaitStatus("BG-PEER-011").contains("Ed25519"));
    assertTrue(bob.sessions.isEmpty());
  }

  @Test
  void refusesToGoOnWithAPeerThatHasOneOfItsTwoKeysAlone() throws Exception {
    End.trust(alice, bob);
    alice.start(bob);
    try (SocketChannel channel = bob.listen.accept()) {
      Secured secured =
          new Handshake(half(bob)).answer(channel.socket(), List.of("alice"), ByHand.NO_KEYS);
      assertThrows(IOException.class, () -> Hello.receive(secured, 1));
    }
    assertTrue(alice.awaitStatus("BG-PEER-011").contains("Ed25519"));
    assertTrue(alice.sessions.isEmpty());
  }

  @Test
  void carriesStreamsUnderCreditBesideRequests() throws Exception {
    CompletableFuture<byte[]> digest = new CompletableFuture<>();
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
              MessageDigest sha = MessageDigest.getInstance("SHA-256");
              byte[] buffer = new byte[10_000];
              for (int n = octets.read(buffer); n >= 0; n = octets.read(buffer)) {
                sha.update(buffer, 0, n);
              }
              digest.complete(sha.digest());
            } catch (IOException | java.security.NoSuchAlgorithmException e) {
              digest.completeExceptionally(e);
            }
          }
        });
    PeerSession session = connect();
    byte[] bulk = new byte[4 << 20];
    new Random(2).nextBytes(bulk);
    try (PeerStream stream = session.open("bulk")) {
      for (int at = 0; at < bulk.length; at += 1 << 18) {
        stream.write(java.util.Arrays.copyOfRange(bulk, at, at + (1 << 18)));
        assertArrayEquals(new byte[] {7}, get(session.request("bulk", new byte[] {7})));
      }
    }
    assertArrayEquals(
        MessageDigest.getInstance("SHA-256").digest(bulk), digest.get(30, TimeUnit.SECONDS));
  }

  @Test
  void tellsTheWriterWhenNobodyReads() throws Exception {
    PeerSession session = connect();
    PeerStream stream = session.open("echo");
    assertThrows(
        IOException.class,
        () -> {
          for (int i = 0; i < 100; i++) {
            stream.write(new byte[1 << 16]);
          }
        });
  }

  @Test
  void survivesGarbageAtItsPort() throws Exception {
    long seed = 20261123;
    Random random = new Random(seed);
    PeerSession session = connect();
    for (int i = 0; i < 60; i++) {
      try (Socket socket = new Socket(bob.address().getAddress(), bob.address().getPort())) {
        byte[] garbage = new byte[random.nextInt(400)];
        random.nextBytes(garbage);
        if (i % 2 == 0 && garbage.length > 3) {
          garbage[0] = 22; // looks like a TLS handshake record
          garbage[1] = 3;
          garbage[2] = 3;
        }
        socket.getOutputStream().write(garbage);
      }
    }
    assertArrayEquals(new byte[] {5}, get(session.request("echo", new byte[] {5})), "seed=" + seed);
  }

  @Test
  void saysThatAPeerHungUpInsideARecord() throws Exception {
    End.trust(alice, bob);
    bob.start(alice);
    try (Socket socket = new Socket(bob.address().getAddress(), bob.address().getPort())) {
      socket.getOutputStream().write(new byte[] {22, 3, 3, 0, 100, 1});
      socket.shutdownOutput();
      bob.awaitStatus("EOFException");
    }
  }

  @Test
  void endsASessionWhosePeerBreaksTheProtocolAndGoesOn() throws Exception {
    long seed = 99;
    Random random = new Random(seed);
    End.trust(alice, bob);
    bob.start(alice);
    for (int i = 0; i < 12; i++) {
      try (Socket socket = new Socket(bob.address().getAddress(), bob.address().getPort())) {
        Secured secured = new Handshake(alice.terms()).dial(socket, "bob", Optional.empty());
        byte[] frames = new byte[200];
        random.nextBytes(frames);
        if (i % 2 == 0) {
          begin(secured);
          frames = new byte[] {0x7f, -1, -1, -1, 1, 0, 0};
        }
        secured.out().write(frames);
        secured.out().flush();
        while (secured.in().read() >= 0) {
          // until bob hangs up
        }
      } catch (IOException hungUp) {
        // bob may reset the connection
      }
    }
    alice.start(bob);
    PeerSession session = alice.session();
    assertArrayEquals(new byte[] {5}, get(session.request("echo", new byte[] {5})), "seed=" + seed);
  }

  @Test
  void endsASessionWhosePeerAsksAndNeverReads() throws Exception {
    End.trust(alice, bob);
    bob.start(alice);
    ByteBuffer pings = ByteBuffer.allocate(9 * 1_000);
    while (pings.hasRemaining()) {
      pings.putInt(5).put((byte) Frame.Type.PING.ordinal()).putInt(0);
    }
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4_096);
      socket.connect(bob.address());
      Secured secured = new Handshake(alice.terms()).dial(socket, "bob", Optional.empty());
      begin(secured);
      assertThrows(
          IOException.class,
          () -> {
            for (int thousands = 0; thousands < 1_000; thousands++) {
              secured.out().write(pings.array());
            }
          },
          "bob hangs up");
    }
    bob.awaitStatus("not connected");
  }
}
