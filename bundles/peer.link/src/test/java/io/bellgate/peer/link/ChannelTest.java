package io.bellgate.peer.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.Provenance;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.peer.PeerFailure;
import io.bellgate.api.peer.PeerService;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.peer.PeerSession.Level;
import io.bellgate.api.peer.PeerStream;
import io.bellgate.peer.link.tls.Bits;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Levels of a channel, keys of the pool in it, and connections replaced under traffic. */
class ChannelTest {
  private End alice;
  private End bob;

  @BeforeEach
  void open() throws IOException {
    alice = new End("alice");
    bob = new End("bob");
    for (String service : List.of("echo", "keys.pool")) {
      bob.services.put(service, (peer, request) -> CompletableFuture.completedFuture(request));
    }
    End.trust(alice, bob);
  }

  @AfterEach
  void close() throws IOException {
    alice.close();
    bob.close();
  }

  private PeerSession connect() throws InterruptedException {
    bob.start(alice);
    alice.start(bob);
    return alice.session();
  }

  private static byte[] get(CompletionStage<byte[]> answer) throws Exception {
    return answer.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static void await(java.util.concurrent.Callable<Boolean> condition, String what)
      throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.call()) {
      assertTrue(System.nanoTime() < until, what);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static KeyPool.Stock stock(End end) {
    return end.pool.stocks().get(0);
  }

  @Test
  void beginsWithAKeyOfTheQuantumLinkWhereBothHaveOne() throws Exception {
    End.share(alice, bob, 8);
    PeerSession session = connect();
    assertEquals(Level.QKD_PQC, session.level());
    assertEquals(Level.QKD_PQC, bob.session().level());
    assertArrayEquals(new byte[] {1}, get(session.request("echo", new byte[] {1})));
    assertEquals(1, stock(alice).taken());
    assertEquals(1, stock(bob).committed());
    assertTrue(bob.links().status().toString().contains("pre-shared QKD"), "status says so");
    assertTrue(
        alice.registry.negotiated.get(0).equals("bob [X25519MLKEM768, AES-256-GCM]"),
        alice.registry.negotiated::toString);
  }

  @Test
  void raisesTheLevelOfASessionAsSoonAsThereIsAKey() throws Exception {
    PeerSession session = connect();
    PeerSession atBob = bob.session();
    assertEquals(Level.PQC, session.level());
    End.share(alice, bob, 8);
    await(() -> session.level() == Level.QKD_PQC && atBob.level() == Level.QKD_PQC, "raised");
    assertTrue(session.alive());
    assertTrue(alice.sessions.isEmpty(), "it is the same session");
    assertArrayEquals(new byte[] {1}, get(session.request("echo", new byte[] {1})));
    assertEquals(1, stock(alice).taken());
    assertEquals(1, stock(bob).committed());
  }

  @Test
  void losesAndRepeatsNothingWhenConnectionsAreReplacedUnderTraffic() throws Exception {
    alice.values.put("rekey_megabytes", 1);
    List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
    AtomicLong streamed = new AtomicLong();
    CompletableFuture<Long> whole = new CompletableFuture<>();
    bob.services.put(
        "count",
        new PeerService() {
          @Override
          public CompletionStage<byte[]> handle(String peer, byte[] request) {
            seen.add(ByteBuffer.wrap(request).getInt());
            return CompletableFuture.completedFuture(request);
          }

          @Override
          public void read(String peer, InputStream octets) {
            try {
              DataInputStream in = new DataInputStream(new BufferedInputStream(octets));
              for (long wanted = 0; ; wanted++) {
                assertEquals(wanted, in.readLong(), "the next of the stream");
                streamed.incrementAndGet();
              }
            } catch (EOFException e) {
              whole.complete(streamed.get());
            } catch (AssertionError | IOException e) {
              whole.completeExceptionally(e);
              throw new IllegalStateException(e);
            }
          }
        });
    End.share(alice, bob, 16);
    PeerSession session = connect();
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Long> stream =
        CompletableFuture.supplyAsync(
            () -> {
              long next = 0;
              try (PeerStream out = session.open("count")) {
                while (!done.get()) {
                  ByteBuffer chunk = ByteBuffer.allocate(10_000);
                  while (chunk.hasRemaining()) {
                    chunk.putLong(next++);
                  }
                  out.write(chunk.array());
                }
                return next;
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    List<CompletionStage<byte[]>> answers = new ArrayList<>();
    int sent = 0;
    while (!alice.links().status().toString().contains("rekeys=4")) {
      for (int i = 0; i < 50; i++) {
        answers.add(session.request("count", ByteBuffer.allocate(2_000).putInt(sent++).array()));
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    done.set(true);
    long written = stream.get(30, TimeUnit.SECONDS);
    for (int i = 0; i < sent; i++) {
      assertEquals(i, ByteBuffer.wrap(get(answers.get(i))).getInt());
      assertEquals(i, seen.get(i));
    }
    assertEquals(sent, seen.size());
    assertEquals(written, whole.get(30, TimeUnit.SECONDS), "the stream is whole");
    assertEquals(Level.QKD_PQC, session.level());
    assertTrue(session.alive() && alice.sessions.isEmpty(), "it is the same session");
  }

  @Test
  void keepsItsLevelWhenNoKeyIsLeftToRekeyWith() throws Exception {
    alice.values.put("rekey_megabytes", 1);
    End.share(alice, bob, 2);
    PeerSession session = connect();
    await(
        () -> {
          get(session.request("echo", new byte[60_000]));
          return alice.links().status().toString().contains("rekeys=2");
        },
        "rekeyed");
    assertEquals(Level.QKD_PQC, session.level());
    assertEquals(0, stock(alice).own());
    assertTrue(alice.links().status().toString().contains("by the session"));
  }

  @Test
  void burnsNoKeyForARekeyThatCannotConnect() throws Exception {
    Session session = (Session) connect();
    await(() -> !session.wantsBulk() && !session.switching(), "both connections are there");
    bob.listen.close();
    End.share(alice, bob, 8);
    alice.awaitStatus("lastError");
    assertEquals(0, stock(alice).taken());
    assertTrue(session.alive());
  }

  @Test
  void burnsNoKeyForAnAlgorithmThatMayNotBeUsed() throws Exception {
    End.share(alice, bob, 8);
    alice.registry.disabled.add("X25519MLKEM768");
    bob.start(alice);
    alice.start(bob);
    alice.awaitStatus("BG-CRYPTO-001");
    assertEquals(0, stock(alice).taken());
  }

  /** A pool whose stock looks good and that gives nothing: it has not met the peer's, say. */
  @Test
  void doesNotConnectAgainAndAgainForAKeyThatIsNotGiven() throws Exception {
    End.share(alice, bob, 8);
    Crashing giving = new Crashing(alice.pool, false);
    giving.left = 0;
    giving.gives = false;
    alice.pool = giving;
    PeerSession session = connect();
    TimeUnit.SECONDS.sleep(4); // sixteen times as long as between two looks
    String status = bob.links().status().toString();
    assertEquals(Level.PQC, session.level());
    assertTrue(giving.asked <= 3, "after 1, 2 and 4 s: asked=" + giving.asked + " " + status);
    giving.gives = true;
    await(() -> session.level() == Level.QKD_PQC, "raised when there is one");
  }

  @Test
  void burnsNoKeyWithoutRandomBits() throws Exception {
    End.share(alice, bob, 8);
    alice.bits = new Broken();
    bob.start(alice);
    alice.start(bob);
    alice.awaitStatus("BG-ENTROPY-TEST");
    assertEquals(0, stock(alice).taken());
    alice.bits = new Bits();
    assertEquals(Level.QKD_PQC, alice.session().level());
  }

  /** Random bits whose source has failed. */
  private static final class Broken implements RandomBits {
    @Override
    public Secret draw(int octets) {
      throw new IllegalStateException("BG-ENTROPY-TEST the source has failed");
    }

    @Override
    public void fill(byte[] octets) {
      draw(octets.length);
    }

    @Override
    public Drawn drawBest(int octets) {
      return new Drawn(draw(octets), provenance());
    }

    @Override
    public Provenance provenance() {
      throw new IllegalStateException("BG-ENTROPY-TEST the source has failed");
    }
  }

  @Test
  void carriesOnlyWhatBringsKeysBelowTheMinimum() throws Exception {
    alice.values.put("minimum", new String[] {"bob=QKD_PQC"});
    PeerSession session = connect();
    assertArrayEquals(new byte[] {1}, get(session.request("keys.pool", new byte[] {1})));
    ExecutionException refused =
        assertThrows(ExecutionException.class, () -> get(session.request("echo", new byte[1])));
    assertEquals(PeerFailure.Reason.NO_SERVICE, ((PeerFailure) refused.getCause()).reason());
    assertTrue(refused.getMessage().contains("BG-PEER-015"), refused.getMessage());
    assertThrows(PeerFailure.class, () -> session.open("echo"));
    assertTrue(alice.links().status().toString().contains("BG-PEER-013"));
    End.share(alice, bob, 4);
    await(() -> session.level() == Level.QKD_PQC, "raised");
    assertArrayEquals(new byte[] {1}, get(session.request("echo", new byte[] {1})));
  }

  @Test
  void servesNothingElseBelowItsOwnMinimumThoughThePeerAsks() throws Exception {
    bob.values.put("minimum", new String[] {"alice=QKD_PQC"});
    PeerSession session = connect();
    ExecutionException refused =
        assertThrows(ExecutionException.class, () -> get(session.request("echo", new byte[1])));
    assertTrue(refused.getMessage().contains("BG-PEER-015"), refused.getMessage());
  }

  @Test
  void fallsBackWithoutAKeyInCommonAndBurnsOneKeyAtMost() throws Exception {
    UUID known = End.share(alice, alice, 4); // bob's pool has none of it
    alice.pool = rename(alice.pool, known);
    PeerSession session = connect();
    assertEquals(Level.PQC, session.level());
    String status = alice.links().status().toString();
    assertTrue(status.contains("fallbacks=1") && status.contains("BG-PEER-013"), status);
    assertEquals(1, stock(alice).taken(), "one key");
    assertArrayEquals(new byte[] {1}, get(session.request("echo", new byte[] {1})));
  }

  /** A pool whose blocks are with bob, and which bob does not hold. */
  private KeyPool rename(KeyPool pool, UUID known) {
    io.bellgate.api.keys.MemoryPool own =
        new io.bellgate.api.keys.MemoryPool("alice", true, java.time.Clock.systemUTC());
    own.deposit(
        new io.bellgate.api.keys.KeyBlock(
            known,
            "bob",
            new io.bellgate.api.keys.KeyOrigin(
                io.bellgate.api.keys.KeyOrigin.Kind.QKD, true, false, Map.of()),
            alice.bits.draw(128),
            java.time.Duration.ofHours(1)));
    own.confirm("bob", known);
    return own;
  }

  /** A pool that fails at one of the moments around Finished, as often as the test says. */
  private static final class Crashing implements KeyPool {
    private final KeyPool pool;
    private final boolean afterCommit;
    private int left = 1;
    volatile boolean absent;
    volatile boolean gives = true;
    volatile int asked;

    Crashing(KeyPool pool, boolean afterCommit) {
      this.pool = pool;
      this.afterCommit = afterCommit;
    }

    @Override
    public Optional<Reservation> reserve(String peer, KeyId id) {
      if (absent) {
        throw new io.bellgate.api.ops.Gone("keys.pool before its hello");
      }
      return pool.reserve(peer, id)
          .map(
              r ->
                  new Reservation() {
                    @Override
                    public io.bellgate.api.keys.Key key() {
                      return r.key();
                    }

                    @Override
                    public void commit() {
                      if (afterCommit) {
                        r.commit();
                      }
                      if (left-- > 0) {
                        throw new io.bellgate.api.ops.Gone("keys.pool");
                      }
                      if (!afterCommit) {
                        r.commit();
                      }
                    }

                    @Override
                    public void close() {
                      r.close();
                    }
                  });
    }

    @Override
    public void deposit(io.bellgate.api.keys.KeyBlock block) {
      pool.deposit(block);
    }

    @Override
    public boolean confirm(String peer, UUID block) {
      return pool.confirm(peer, block);
    }

    @Override
    public void discard(String peer, UUID block) {
      pool.discard(peer, block);
    }

    @Override
    public List<UUID> unconfirmed(String peer) {
      return pool.unconfirmed(peer);
    }

    @Override
    public Optional<io.bellgate.api.keys.Key> take(
        String peer,
        Purpose purpose,
        int octets,
        java.util.function.Predicate<io.bellgate.api.keys.KeyOrigin> acceptable) {
      asked++;
      return gives ? pool.take(peer, purpose, octets, acceptable) : Optional.empty();
    }

    @Override
    public List<Stock> stocks() {
      return pool.stocks();
    }
  }

  private void crash(boolean afterCommit) throws Exception {
    UUID block = End.share(alice, bob, 8);
    bob.pool = new Crashing(bob.pool, afterCommit);
    PeerSession session = connect();
    assertEquals(Level.PQC, session.level(), "the next connection is without a key");
    assertEquals(1, stock(alice).taken());
    await(() -> bob.pool.reserve("alice", new KeyId(block, 0, 32)).isEmpty(), "both let go of it");
    assertTrue(bob.pool.reserve("alice", new KeyId(block, 64, 32)).isPresent(), "of no other");
    assertEquals(stock(alice).own(), stock(bob).peers());
    assertEquals(stock(bob).own(), stock(alice).peers());
  }

  @Test
  void bothEndsLetGoOfTheOneKeyWhenTheAnsweringEndCrashesBeforeItsCommit() throws Exception {
    crash(false);
  }

  @Test
  void bothEndsLetGoOfTheOneKeyWhenTheAnsweringEndCrashesAfterItsCommit() throws Exception {
    crash(true);
  }

  @Test
  void connectsThoughThePoolsHaveNotMetAndLetsGoOfTheKeyWhenTheyHave() throws Exception {
    UUID block = End.share(alice, bob, 8);
    Crashing pool = new Crashing(bob.pool, true);
    pool.left = 0;
    pool.absent = true;
    bob.pool = pool;
    PeerSession session = connect();
    assertEquals(Level.PQC, session.level());
    assertArrayEquals(new byte[] {1}, get(session.request("echo", new byte[] {1})));
    assertEquals(1, stock(alice).taken());
    pool.absent = false;
    await(() -> stock(bob).committed() == 1, "let go of, late");
    assertTrue(pool.reserve("alice", new KeyId(block, 0, 32)).isEmpty());
  }

  @Test
  void endsASessionWhosePeerIsNotTrustedAnyMore() throws Exception {
    PeerSession session = connect();
    alice.links().trustChanged("bob");
    assertTrue(session.alive(), "nothing has changed");
    alice.identity.trusted.remove("bob");
    alice.links().trustChanged("bob");
    assertFalse(session.alive());
    assertTrue(alice.awaitStatus("BG-PEER-001").contains("not connected"));
  }

  @Test
  void refusesAnAlgorithmThatTheRegistryForbids() throws Exception {
    bob.registry.disabled.add("X25519MLKEM768");
    bob.start(alice);
    alice.start(bob);
    assertTrue(bob.awaitStatus("BG-CRYPTO-001").contains("X25519MLKEM768"));
    assertTrue(alice.sessions.isEmpty());
    bob.registry.disabled.clear();
    assertTrue(alice.session().alive());
  }

  @Test
  void speaksTheOtherGroupAloneWhereBothAreToldTo() throws Exception {
    alice.values.put("group", "SecP384r1MLKEM1024");
    bob.values.put("group", "SecP384r1MLKEM1024");
    End.share(alice, bob, 4);
    PeerSession session = connect();
    assertArrayEquals(new byte[] {1}, get(session.request("echo", new byte[] {1})));
    assertTrue(alice.links().status().toString().contains("SecP384r1MLKEM1024, AES"));
    assertEquals(Level.QKD_PQC, session.level());
  }

  @Test
  void doesNotConnectWithDifferentGroups() throws Exception {
    bob.values.put("group", "SecP384r1MLKEM1024");
    bob.start(alice);
    alice.start(bob);
    bob.awaitStatus("handshake_failure");
    assertTrue(alice.sessions.isEmpty() && bob.sessions.isEmpty());
  }

  @Test
  void neverPutsAKeyIntoItsStatus() throws Exception {
    UUID block = End.share(alice, bob, 2);
    String key =
        alice.pool instanceof io.bellgate.api.keys.MemoryPool p
            ? java.util.HexFormat.of().formatHex(p.held(true).get(block))
            : "";
    PeerSession session = connect();
    get(session.request("echo", new byte[1]));
    String said = alice.links().status() + " " + session + " " + bob.links().status();
    assertFalse(said.contains(key.substring(0, 16)), said);
  }

  @Test
  void refusesAPeerOfAnEarlierPolicyAtEitherEnd() throws Exception {
    bob.values.put("policy_epoch", 7L);
    bob.start(alice);
    alice.start(bob);
    bob.awaitStatus("BG-PEER-010");
    assertTrue(alice.sessions.isEmpty() && bob.sessions.isEmpty());
  }

  @Test
  void dialsFromTheHigherSiteIfTheLowerOneHasNoAddress() throws Exception {
    alice.services.put("echo", (peer, request) -> CompletableFuture.completedFuture(request));
    alice.start(new LinkedHashMap<>(Map.of("bob", Optional.empty())));
    bob.start(alice);
    PeerSession session = bob.session();
    assertTrue(session.initiator());
    assertFalse(alice.session().initiator());
    End.share(alice, bob, 4);
    await(() -> session.level() == Level.QKD_PQC, "raised by the end that dials");
    assertArrayEquals(new byte[] {3}, get(session.request("echo", new byte[] {3})));
    assertEquals(1, stock(bob).taken());
  }

  @Test
  void keepsOneSessionWhereBothCanDial() throws Exception {
    PeerSession session = connect();
    TimeUnit.MILLISECONDS.sleep(500); // longer than the higher site waits
    assertSame(session, alice.links().session("bob").orElseThrow());
    assertTrue(session.initiator() && alice.sessions.isEmpty());
    assertEquals(1, bob.sessions.size());
  }
}
