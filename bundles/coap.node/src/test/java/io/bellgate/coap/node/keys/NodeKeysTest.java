package io.bellgate.coap.node.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import io.bellgate.nodekeys.Generations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys of nodes from one generation to the next. */
class NodeKeysTest {
  private static final byte[] KEY = "0123456789abcdef0123456789ABCDEF".getBytes();
  private static final byte[] NONCE = {0, 1, 2, 3, 4, 5, 6, 7};

  @TempDir Path folder;
  private final FakeClock clock = new FakeClock();
  private final RandomBits bits = new SeededBits(20261126);
  private NodeKeys keys;

  @BeforeEach
  void make() throws IOException {
    keys = open();
    keys.change(
        all -> {
          all.put("n1#1", new NodeKey("n1", "n1#1", Secret.copyOf(KEY)));
          all.put("n2#1", new NodeKey("n2", "n2#1", Secret.copyOf(KEY)));
          return true;
        });
  }

  private NodeKeys open() {
    return new NodeKeys(folder.resolve("nodes.csv"), clock);
  }

  /** What a node is given. */
  private record Rotated(String identity, int generation, byte[] nonce) {}

  private Optional<Rotated> rotate(String identity) throws IOException {
    return rotate(List.of(identity)).get(0);
  }

  private List<Optional<Rotated>> rotate(List<String> identities) throws IOException {
    List<Rotated> drawn = new ArrayList<>();
    List<NodeKeys.Ask> asks = new ArrayList<>();
    for (String identity : identities) {
      byte[] own = new byte[8];
      byte[] name = new byte[8];
      bits.fill(own);
      bits.fill(name);
      String next = HexFormat.of().formatHex(name);
      drawn.add(new Rotated(next, 0, own));
      asks.add(
          new NodeKeys.Ask(
              identity,
              next,
              NodeKey.ROTATED,
              (now, generation) ->
                  Generations.next(now.key(), NONCE, own, now.node(), generation)));
    }
    List<Optional<Rotated>> rotated = new ArrayList<>();
    List<OptionalInt> generations = keys.succeed(asks);
    for (int i = 0; i < asks.size(); i++) {
      OptionalInt generation = generations.get(i);
      Rotated given = drawn.get(i);
      rotated.add(
          generation.isEmpty()
              ? Optional.empty()
              : Optional.of(new Rotated(given.identity(), generation.getAsInt(), given.nonce())));
    }
    return rotated;
  }

  private static String hex(NodeKeys keys, String identity) {
    return keys.lend(identity, k -> k.key().lend(HexFormat.of()::formatHex)).orElseThrow();
  }

  /** Computed apart from this code, with another language's HMAC. */
  @Test
  void nextKeyIsWhatBothEndsCompute() {
    byte[] own = {8, 9, 10, 11, 12, 13, 14, 15};
    try (Secret before = Secret.copyOf(KEY);
        Secret next = Generations.next(before, NONCE, own, "n1", 2)) {
      assertEquals(
          "ec20347e1764d0f24cb9b3e8425737a09fdf2b66a8314aa6ba0090dc403c9c1a",
          next.lend(HexFormat.of()::formatHex));
    }
  }

  @Test
  void bothKeysAreAcceptedUntilTheNextOneWasUsedAndAWhileLonger() throws Exception {
    Rotated next = rotate("n1#1").orElseThrow();
    assertEquals(2, next.generation());
    assertTrue(next.identity().matches("[0-9a-f]{16}"), next.identity());
    try (Secret before = Secret.copyOf(KEY);
        Secret own = Generations.next(before, NONCE, next.nonce(), "n1", 2)) {
      assertEquals(own.lend(HexFormat.of()::formatHex), hex(keys, next.identity()));
    }
    clock.advance(Duration.ofDays(400));
    assertEquals(Optional.of("n1"), keys.node("n1#1"), "the next one was not used yet");
    assertTrue(keys.supersedes(next.identity()));
    assertFalse(keys.supersedes("n1#1") || keys.supersedes("n2#1"));
    keys.used(Set.of(next.identity()), 60);
    assertFalse(keys.supersedes(next.identity()));
    clock.advance(Duration.ofSeconds(59));
    assertEquals(Optional.of("n1"), open().node("n1#1"), "read anew");
    clock.advance(Duration.ofSeconds(1));
    assertEquals(Optional.empty(), keys.node("n1#1"));
    assertEquals(Optional.of("n1"), keys.node(next.identity()));
    assertEquals(2, keys.nodes());
  }

  /** An answer was lost: the node asks once more, under the key that it has. */
  @Test
  void anotherIsGivenAsLongAsTheFirstWasNotUsed() throws Exception {
    Rotated lost = rotate("n1#1").orElseThrow();
    Rotated next = rotate("n1#1").orElseThrow();
    assertEquals(Optional.empty(), keys.node(lost.identity()));
    assertEquals(2, next.generation());
    keys.used(Set.of(next.identity()), 60);
    assertEquals(Optional.empty(), rotate("n1#1"), "who kept the old one");
    Rotated third = rotate(next.identity()).orElseThrow();
    assertEquals(3, third.generation());
    assertEquals(Optional.empty(), rotate("n9#1"));
  }

  @Test
  void manyAreGivenInOneWriting() throws Exception {
    List<Optional<Rotated>> all = rotate(List.of("n1#1", "n9#1", "n2#1"));
    assertEquals(Optional.empty(), all.get(1));
    assertEquals(Optional.of("n1"), keys.node(all.get(0).orElseThrow().identity()));
    assertEquals(Optional.of("n2"), open().node(all.get(2).orElseThrow().identity()));
    assertEquals(4, keys.all().size());
  }

  @Test
  void keysThatHaveEndedLeaveTheFile() throws Exception {
    Rotated next = rotate("n1#1").orElseThrow();
    keys.used(Set.of(next.identity()), 60);
    String key = HexFormat.of().formatHex(KEY);
    assertTrue(Files.readString(keys.file()).contains("n1,n1#1," + key + ",1,"));
    clock.advance(Duration.ofSeconds(61));
    rotate("n2#1").orElseThrow();
    assertFalse(Files.readString(keys.file()).contains("n1#1"));
  }

  @Test
  void linesMayHaveNumbersBehindTheKey() {
    String key = "0".repeat(64);
    String file = "a,x,y," + key + "\nb,z," + key + ",7\nc,w," + key + ",8,1700000000\n";
    var read = KeyLines.parse(file.getBytes());
    assertEquals("a", read.get("x,y").node());
    assertEquals(1, read.get("x,y").generation());
    assertEquals(7, read.get("z").generation());
    assertEquals(8, read.get("w").generation());
    assertEquals(1_700_000_000L, read.get("w").untilSeconds());
    for (String wrong : List.of("a,x," + key + ",0", "a,x", "a,x," + key + ",1,2,3", "a," + key)) {
      assertThrows(IllegalArgumentException.class, () -> KeyLines.parse(wrong.getBytes()), wrong);
    }
  }

  @Test
  void saysSinceWhenAKeyIsHereAndWhereItComesFrom() throws Exception {
    assertEquals(List.of("unknown", "unknown"), keys.all().stream().map(NodeKey::origin).toList());
    clock.advance(Duration.ofSeconds(50));
    Rotated next = rotate("n1#1").orElseThrow();
    NodeKey read = open().all().stream().filter(k -> k.generation() == 2).findFirst().orElseThrow();
    assertEquals(next.identity(), read.identity());
    assertEquals(NodeKey.ROTATED, read.origin());
    assertEquals(clock.instant().getEpochSecond(), read.sinceSeconds());
    keys.used(Set.of(next.identity()), 60);
    assertTrue(
        open().all().stream().anyMatch(k -> k.untilSeconds() > 0 && k.origin().equals("unknown")));
    assertTrue(Files.readAllLines(keys.file()).stream().anyMatch(l -> l.startsWith("#: ")));
  }

  @Test
  void countsHowOftenAKeyWasLentAndForgetsKeysThatAreGone() throws Exception {
    assertEquals(0, keys.uses("n1#1"));
    hex(keys, "n1#1");
    hex(keys, "n1#1");
    keys.node("n1#1");
    assertEquals(2, keys.uses("n1#1"));
    keys.lend("n9#1", NodeKey::node);
    assertEquals(0, keys.uses("n9#1"));
    keys.change(all -> all.remove("n1#1") != null);
    assertEquals(0, keys.uses("n1#1"));
  }

  @Test
  void anIdentityComesOnceInAFileOfKeys() {
    String key = "0".repeat(64);
    String file = "a,x," + key + "\n\nb,x," + key + "\n";
    IllegalArgumentException wrong =
        assertThrows(IllegalArgumentException.class, () -> KeyLines.parse(file.getBytes()));
    assertEquals("BG-NODE-002 line 3: an identity comes once: identity=x", wrong.getMessage());
  }

  /** A key that is taken away by a command is not accepted by the endpoint for a moment longer. */
  @Test
  void changesOfAnotherObjectAreSeenAtOnce() throws Exception {
    NodeKeys other = open();
    for (int i = 0; i < 50; i++) {
      String node = "m" + i;
      other.change(all -> all.put(node, new NodeKey(node, node, Secret.copyOf(KEY))) == null);
      assertEquals(Optional.of(node), keys.node(node));
      other.change(all -> all.remove(node) != null);
      assertEquals(Optional.empty(), keys.node(node), "after change " + i);
    }
  }

  /** The command and the endpoint have an object each for one file. */
  @Test
  void changesOfTwoObjectsAreNotLost() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Void>> both = new ArrayList<>();
      for (NodeKeys one : List.of(keys, open())) {
        String prefix = one == keys ? "a" : "b";
        both.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 25; i++) {
                    String node = prefix + i;
                    one.change(
                        all -> {
                          all.put(node, new NodeKey(node, node, Secret.copyOf(KEY)));
                          return true;
                        });
                  }
                  return null;
                }));
      }
      for (Future<Void> one : both) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(52, open().nodes());
  }

  /** Else whoever speaks without protection would be taken for the node. */
  @Test
  void aFileThatIsGoneTakesNoKeyFromANode() throws Exception {
    assertTrue(keys.knows("n1"));
    Files.delete(keys.file());
    TimeUnit.MILLISECONDS.sleep(300); // until it is looked at again
    assertTrue(keys.problem().contains("BG-NODE-021"), keys.problem());
    assertTrue(keys.knows("n1"));
    NodeKeys another = open();
    IOException refused = assertThrows(IOException.class, () -> another.change(all -> true));
    assertTrue(refused.getMessage().contains("BG-NODE-021"), refused.getMessage());
  }

  @Test
  void aFileThatIsBackIsReadWhateverItsTime() throws Exception {
    assertTrue(keys.knows("n1"));
    Path away = keys.file().resolveSibling("away.csv");
    Files.move(keys.file(), away);
    TimeUnit.MILLISECONDS.sleep(300);
    assertTrue(keys.problem().contains("BG-NODE-021"), keys.problem());
    Files.move(away, keys.file());
    TimeUnit.MILLISECONDS.sleep(300);
    assertEquals("", keys.problem());
  }

  @Test
  void aFileThatIsGoneTakesNoLevelFromANode() throws Exception {
    NodeProfiles profiles = new NodeProfiles(keys.file().resolveSibling("profiles.csv"));
    NodeProfile said = NodeProfile.of("2", "dtls", "", "");
    profiles.change(all -> all.put("pump", said));
    assertEquals(said, profiles.of("pump").orElseThrow());
    Files.delete(keys.file().resolveSibling("profiles.csv"));
    TimeUnit.MILLISECONDS.sleep(300);
    assertEquals(said, profiles.of("pump").orElseThrow());
    assertTrue(profiles.problem().contains("BG-NODE-021"), profiles.problem());
    NodeProfiles another = new NodeProfiles(keys.file().resolveSibling("profiles.csv"));
    assertThrows(IOException.class, () -> another.change(all -> all.put("other", said)));
  }
}
