package io.bellgate.peer.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.peer.PeerSession.Level;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The link against a peer that does what it likes. */
class ByHandTest {
  private final UUID id = UUID.randomUUID();
  private End alice;
  private End bob;

  @BeforeEach
  void open() throws IOException {
    alice = new End("alice");
    bob = new End("bob");
    bob.services.put("echo", (peer, request) -> CompletableFuture.completedFuture(request));
    End.trust(alice, bob);
  }

  @AfterEach
  void close() throws IOException {
    alice.close();
    bob.close();
  }

  private static Frame ask(int id) {
    return Frame.request(id, "echo", new byte[] {1});
  }

  @Test
  void judgesEachRequestByTheConnectionThatItCameOver() throws Exception {
    bob.values.put("minimum", new String[] {"alice=QKD_PQC"});
    bob.start(Map.of("alice", Optional.empty())); // alice dials
    End.share(alice, bob, 4);
    try (ByHand before = ByHand.dial(alice, bob)) {
      before.greet(id, true);
      PeerSession session = bob.session();
      try (ByHand after = ByHand.dialWithKey(alice, bob)) {
        after.greet(id, false);
        before.send(ask(1));
        assertEquals(Frame.Type.SWITCH, before.receive().type());
        Frame refused = after.receive();
        assertEquals(Frame.Type.FAILURE, refused.type());
        String why = new String(refused.body(), StandardCharsets.UTF_8);
        assertTrue(why.contains("BG-PEER-015") && why.contains("level=PQC"), why);
        assertEquals(Level.PQC, session.level(), "the connection before is still read");
        before.send(Frame.of(Frame.Type.SWITCH, 0));
        after.send(ask(2));
        assertEquals(Frame.Type.ANSWER, after.receive().type());
        assertEquals(Level.QKD_PQC, session.level());
      }
    }
  }

  @Test
  void doesNotBeginASessionWithAPeerThatWasRevokedDuringHello() throws Exception {
    bob.start(Map.of("alice", Optional.empty())); // alice dials
    try (ByHand hand = ByHand.dial(alice, bob)) {
      TimeUnit.MILLISECONDS.sleep(200); // bob has asked for the trust, and waits for HELLO
      bob.identity.trusted.remove("alice");
      bob.links().trustChanged("alice");
      assertThrows(
          IOException.class,
          () -> {
            hand.greet(id, true);
            hand.send(ask(1));
            hand.receive();
          });
    }
    bob.awaitStatus("BG-PEER-014");
    assertTrue(bob.sessions.isEmpty());
  }

  @Test
  void isReachedThoughManyConnectionsLinger() throws Exception {
    bob.start(Map.of("alice", Optional.empty())); // alice dials
    List<Socket> lingering = new ArrayList<>();
    try {
      for (int i = 0; i < Doorway.MOST + 8; i++) {
        lingering.add(new Socket(bob.address().getAddress(), bob.address().getPort()));
      }
      alice.start(bob);
      assertTrue(alice.session().alive());
    } finally {
      for (Socket socket : lingering) {
        socket.close();
      }
    }
  }

  @Test
  void leavesNoThreadBehindWhoseOldConnectionIsNotRead() throws Exception {
    bob.values.put("in_flight_requests", 512);
    bob.start(Map.of("alice", Optional.empty())); // alice dials
    try (ByHand before = ByHand.dial(alice, bob)) {
      before.greet(id, true);
      Session session = (Session) bob.session();
      for (int i = 0; i < 400; i++) {
        session.request("echo", new byte[PeerSession.MAX_BODY_OCTETS]); // more than sockets hold
      }
      long written = -1;
      while (session.octets() != written) {
        written = session.octets();
        TimeUnit.MILLISECONDS.sleep(300);
      }
      try (ByHand after = ByHand.dial(alice, bob)) {
        after.greet(id, false);
        before.send(Frame.of(Frame.Type.SWITCH, 0));
        TimeUnit.MILLISECONDS.sleep(200);
        assertTrue(writing() && session.switching(), "bob cannot leave the connection before");
        session.end("the test");
        for (int i = 0; writing() && i < 600; i++) {
          TimeUnit.MILLISECONDS.sleep(50);
        }
        assertFalse(writing());
      }
    }
  }

  private static boolean writing() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("peer-write-alice"));
  }
}
