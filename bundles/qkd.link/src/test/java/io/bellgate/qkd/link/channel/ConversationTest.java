package io.bellgate.qkd.link.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.keys.MemoryPool;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.api.qkd.ChannelBroken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ConversationTest {
  private static final long SEED = 20261125;
  private static final UUID BLOCK = new UUID(0x5144, 1);
  private static final KeyOrigin TAGS =
      new KeyOrigin(KeyOrigin.Kind.PRESHARED, false, false, Map.of());
  private static final KeyOrigin PADS = new KeyOrigin(KeyOrigin.Kind.QKD, true, false, Map.of());

  private final MemoryPool alicePool = pool("alice", "bob");
  private final MemoryPool bobPool = pool("bob", "alice");
  private final List<Frame> line = new ArrayList<>();

  private static MemoryPool pool(String site, String peer) {
    MemoryPool pool = new MemoryPool(site, true, new FakeClock());
    for (KeyOrigin origin : List.of(TAGS, PADS)) {
      UUID id = new UUID(7, origin.kind().ordinal());
      byte[] octets = new byte[64 * KeyPool.CHUNK_OCTETS];
      new Random(SEED + origin.kind().ordinal()).nextBytes(octets);
      pool.deposit(new KeyBlock(id, peer, origin, Secret.absorb(octets), Duration.ofDays(1)));
      pool.confirm(peer, id);
    }
    return pool;
  }

  private static TagKeys keys(KeyPool pool, String peer, KeyOrigin.Kind kind) {
    return new TagKeys() {
      @Override
      public Optional<Key> take() {
        return pool.take(
            peer, KeyPool.Purpose.AUTHENTICATION, KeyPool.CHUNK_OCTETS, o -> o.kind() == kind);
      }

      @Override
      public Optional<KeyPool.Reservation> reserve(KeyId id) {
        return pool.reserve(peer, id);
      }
    };
  }

  private Conversation alice(UUID id, byte[] digest, KeyOrigin.Kind kind) {
    return new Conversation(
        new Conversation.Terms(id, "alice", "bob", digest),
        frame -> {
          line.add(frame);
          return CompletableFuture.completedFuture(null);
        },
        keys(alicePool, "bob", kind),
        Duration.ofSeconds(1));
  }

  private Conversation bob(UUID id, byte[] digest) {
    return new Conversation(
        new Conversation.Terms(id, "bob", "alice", digest),
        frame -> CompletableFuture.completedFuture(null),
        keys(bobPool, "alice", KeyOrigin.Kind.PRESHARED),
        Duration.ofMillis(100));
  }

  /** What Alice says, heard by Bob. */
  private Conversation heard(UUID id, byte[] digest) {
    Conversation bob = bob(id, digest);
    line.forEach(bob::arrived);
    return bob;
  }

  private long bobsStock() {
    return bobPool.stocks().stream().mapToLong(KeyPool.Stock::peers).sum();
  }

  private static ChannelBroken.Reason refusal(Conversation bob) {
    return assertThrows(ChannelBroken.class, bob::verify).reason();
  }

  @Test
  void carriesLongMessagesAndTheirTags() throws Exception {
    byte[] message = new byte[200_000];
    new Random(SEED).nextBytes(message);
    Conversation alice = alice(BLOCK, new byte[32], KeyOrigin.Kind.PRESHARED);
    alice.send(message);
    alice.send(new byte[0]);
    alice.authenticate();
    alice.send(new byte[] {1});
    alice.authenticate();
    long before = bobsStock();
    Conversation bob = heard(BLOCK, new byte[32]);
    assertArrayEquals(message, bob.receive());
    assertEquals(0, bob.receive().length);
    bob.verify();
    assertArrayEquals(new byte[] {1}, bob.receive());
    bob.verify();
    assertEquals(2 * KeyPool.CHUNK_OCTETS, before - bobsStock(), "both tag keys are used up");
  }

  /** A chunk that went out as a pad is known to whoever knows the message: it is no tag key. */
  @Test
  void takesNoTagUnderAKeyThatMayHaveProtectedSomething() throws Exception {
    Conversation mallory = alice(BLOCK, new byte[32], KeyOrigin.Kind.QKD);
    mallory.send(new byte[] {1});
    mallory.authenticate();
    long before = bobsStock();
    Conversation bob = heard(BLOCK, new byte[32]);
    bob.receive();
    assertEquals(ChannelBroken.Reason.UNAUTHENTIC, refusal(bob));
    assertEquals(before, bobsStock());
  }

  @Test
  void bindsATagToBlockProposalDirectionAndNumber() throws Exception {
    byte[] digest = new byte[32];
    Conversation alice = alice(BLOCK, digest, KeyOrigin.Kind.PRESHARED);
    alice.send(new byte[] {1});
    alice.authenticate();
    byte[] other = digest.clone();
    other[31] = 1;
    Conversation otherDigest = heard(BLOCK, other);
    otherDigest.receive();
    assertEquals(ChannelBroken.Reason.UNAUTHENTIC, refusal(otherDigest));
    Conversation otherBlock = heard(new UUID(0x5144, 2), digest);
    otherBlock.receive();
    assertEquals(ChannelBroken.Reason.UNAUTHENTIC, refusal(otherBlock));
    Conversation reflected = alice(BLOCK, digest, KeyOrigin.Kind.PRESHARED);
    List.copyOf(line).forEach(reflected::arrived);
    reflected.receive();
    assertEquals(ChannelBroken.Reason.UNAUTHENTIC, refusal(reflected));
    // nothing was burnt by all that: the right one still verifies, once
    Conversation bob = heard(BLOCK, digest);
    bob.receive();
    bob.verify();
    line.forEach(bob::arrived);
    bob.receive();
    assertEquals(ChannelBroken.Reason.UNAUTHENTIC, refusal(bob), "as the second tag");
  }

  @Test
  void noticesEveryChangedOctet() throws Exception {
    Conversation alice = alice(BLOCK, new byte[32], KeyOrigin.Kind.PRESHARED);
    alice.send(new byte[40]);
    alice.authenticate();
    for (int changed = 0; changed < 2; changed++) {
      for (int i = 0; i < line.get(changed).body().length; i++) {
        Conversation bob = bob(BLOCK, new byte[32]);
        for (int f = 0; f < 2; f++) {
          byte[] body = line.get(f).body().clone();
          body[i % body.length] ^= (byte) (f == changed ? 1 : 0);
          bob.arrived(new Frame(line.get(f).type(), BLOCK, body));
        }
        bob.receive();
        assertThrows(ChannelBroken.class, bob::verify, "frame=" + changed + " octet=" + i);
      }
    }
  }

  @Test
  void stopsAPeerThatSaysMoreThanIsRead() {
    Conversation bob = bob(BLOCK, new byte[32]);
    Frame empty = new Frame(Frame.Type.MESSAGE, BLOCK, new byte[0]);
    int frames = 0;
    try {
      for (; frames < 10_000_000; frames++) {
        bob.arrived(empty);
      }
    } catch (IllegalArgumentException stopped) {
      assertTrue(stopped.getMessage().startsWith("BG-LINK-002"), stopped.getMessage());
    }
    assertTrue(frames < 200_000, "frames=" + frames);
    bob.arrived(empty); // dropped
  }

  @Test
  void endsForWhoeverWaitsAndWhoeverSpeaks() {
    Conversation bob = bob(BLOCK, new byte[32]);
    bob.cut("the session ended");
    bob.cut("again");
    ChannelBroken waiting = assertThrows(ChannelBroken.class, bob::receive);
    assertEquals("the session ended", waiting.getMessage());
    assertThrows(ChannelBroken.class, () -> bob.send(new byte[1]));
  }

  @Test
  void readsAnyOctetsAsAFrameOrRefusesThem() {
    Random random = new Random(SEED);
    for (int i = 0; i < 20_000; i++) {
      byte[] octets = new byte[random.nextInt(60)];
      random.nextBytes(octets);
      if (random.nextBoolean() && octets.length > 1) {
        octets[0] = 1;
        octets[1] = (byte) random.nextInt(6);
      }
      try {
        Frame frame = Frame.decode(octets);
        assertArrayEquals(octets, frame.encode(), "i=" + i);
      } catch (IllegalArgumentException refused) {
        assertTrue(refused.getMessage().startsWith("BG-LINK-001"), Arrays.toString(octets));
      }
    }
  }
}
