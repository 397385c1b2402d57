package io.bellgate.coap.node.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.api.ops.Said;
import io.bellgate.nodekeys.NodeContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodesCommandTest {
  @TempDir Path folder;
  private static final Activity SEEN =
      new Activity() {
        @Override
        public long uses(String identity) {
          return 3;
        }

        @Override
        public Contact contact(String node) {
          return new Contact(1_000, 17);
        }
      };

  private final FakeClock clock = new FakeClock();
  private NodeKeys keys;
  private NodeProfiles profiles;
  private NodesCommand command;

  @BeforeEach
  void make() {
    keys = new NodeKeys(folder.resolve("secrets/nodes.csv"));
    profiles = new NodeProfiles(folder.resolve("nodes/profiles.csv"));
    command = new NodesCommand(keys, profiles, new SeededBits(1), SEEN, clock);
  }

  private Said say(String... words) throws Exception {
    return Said.by(command, words);
  }

  @Test
  void givesANodeAKeyAndAnotherWhenAskedAgain() throws Exception {
    Said first = say("add", "pump-17");
    assertEquals(Command.OK, first.code(), first.err());
    String[] lines = first.out().split("\n");
    String identity = lines[0].replace("identity ", "");
    String key = lines[1].replace("key ", "");
    assertTrue(identity.startsWith("pump-17#"), identity);
    assertEquals(
        Optional.of(key), keys.lend(identity, k -> k.key().lend(HexFormat.of()::formatHex)));
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(keys.file())));
    assertFalse(say("add", "pump-17").out().contains(identity));
    assertTrue(keys.node(identity).isEmpty(), "the old one is gone");
    assertTrue(keys.knows("pump-17"));
    assertFalse(say("list").out().contains(key));
    assertTrue(say("list", "--json").out().contains("\"keyBits\":256"));
  }

  @Test
  void printsWhatAKeyIsUnderOscore() throws Exception {
    String[] said = say("add", "pump-17", "--oscore").out().split("\\R");
    String identity = said[0].substring("identity ".length());
    try (Secret key = Secret.copyOf(HexFormat.of().parseHex(said[1].substring("key ".length())));
        Secret secret = NodeContext.masterSecret(key, identity)) {
      assertEquals("oscore master secret " + secret.lend(HexFormat.of()::formatHex), said[2]);
    }
    assertEquals(
        "oscore sender id " + HexFormat.of().formatHex(NodeContext.kid(identity)), said[3]);
  }

  @Test
  void takesManyAndChangesNothingIfOneIsWrong() throws Exception {
    say("add", "old");
    Path file = folder.resolve("factory.csv");
    Files.writeString(
        file,
        "node,identity,key\r\n# made in a factory\nn1,n1#a,00112233445566778899aabbccddeeff\nn2,n2#a,"
            + "ab".repeat(32)
            + "\n");
    assertEquals("2 nodes imported, 3 have keys\n", say("import", file.toString()).out());
    assertEquals(Optional.of(256), keys.lend("n2#a", k -> 8 * k.key().length()));
    for (String wrong :
        List.of(
            "n3,n3#a,0011",
            "n3,n3#a,zz112233445566778899aabbccddeeff",
            "n3;n3",
            "n 3,x," + "00".repeat(16))) {
      Files.writeString(file, "n4,n4#a," + "00".repeat(16) + "\n" + wrong + "\n");
      Said said = say("import", file.toString());
      assertEquals(Command.FAILED, said.code());
      assertTrue(said.err().startsWith("BG-NODE-002 line 2: "), said.err());
      assertFalse(said.err().contains("00112233"), "no key is shown");
    }
    assertFalse(keys.knows("n4"));
    assertEquals(3, keys.all().size());
  }

  /** BG-NODE-002 and the line, with nothing changed. */
  private void assertWrong(int line, String content) throws Exception {
    Path file = folder.resolve("wrong.csv");
    Files.writeString(file, content);
    Said said = say("import", file.toString());
    assertEquals(Command.FAILED, said.code(), said.out());
    assertTrue(said.err().startsWith("BG-NODE-002 line " + line + ": "), said.err());
    assertFalse(said.err().contains("abababab"), "no key is shown");
  }

  @Test
  void takesColumnsThatTheFirstLineNames() throws Exception {
    Path file = folder.resolve("site.csv");
    String key = "ab".repeat(32);
    Files.writeString(
        file,
        "node,key,identity,class,level,resources,tags\r\n"
            + ("n1," + key + ",n1#a,2,dtls,pressure temp-*,hall-3 pump\r\n")
            + ("n2," + key + ",n2#a,,,,\r\n"));
    assertEquals("2 nodes imported, 2 have keys\n", say("import", file.toString()).out());
    NodeProfile n1 = profiles.of("n1").orElseThrow();
    assertEquals(
        new NodeProfile(
            2, NodeProfile.Level.DTLS, List.of("pressure", "temp-*"), List.of("hall-3", "pump")),
        n1);
    assertTrue(n1.allows("temp-in") && n1.allows("pressure"));
    assertFalse(n1.allows("pressure2") || n1.allows("xtemp-in") || n1.allows("door"));
    assertEquals(NodeProfile.DEFAULT, profiles.of("n2").orElseThrow());
    String json = say("list", "--json").out();
    assertTrue(
        json.contains("\"origin\":\"factory\"")
            && json.contains("\"class\":2,\"level\":\"dtls\",\"resources\":[\"pressure\",")
            && json.contains("\"usesSinceStart\":3,\"lastSeenMillis\":1000"),
        json);
    clock.advance(Duration.ofDays(9));
    String text = say("list").out();
    assertTrue(text.contains("factory, 9 days old, 3 uses since start"), text);
    assertTrue(text.contains("class 2, level dtls, resources pressure temp-*, tags hall-3"), text);
    assertFalse(text.contains(key) || json.contains(key));
  }

  /** Who names only some columns does not undo what was said before. */
  @Test
  void leavesWhatAFileDoesNotName() throws Exception {
    Path file = folder.resolve("site.csv");
    Files.writeString(file, "node,level,resources\nn1,oscore,door\n");
    assertEquals("1 nodes imported, 0 have keys\n", say("import", file.toString()).out());
    Files.writeString(file, "node,class\nn1,0\n");
    say("import", file.toString());
    assertEquals(
        new NodeProfile(0, NodeProfile.Level.OSCORE, List.of("door"), List.of()),
        profiles.of("n1").orElseThrow());
  }

  @Test
  void takesNoNodeAndNoIdentityTwice() throws Exception {
    String key = "ab".repeat(32);
    say("add", "old");
    assertWrong(2, "n1,n1#a," + key + "\nn2,n1#a," + key + "\n");
    assertWrong(2, "n1,n1#a," + key + "\nn1,n1#b," + key + "\n");
    String header = "node,identity,key,class\n";
    assertWrong(3, header + "n1,n1#a," + key + ",1\nn2,n1#a," + key + ",1\n");
    assertWrong(3, header + "n1,n1#a," + key + ",1\nn1,n1#b," + key + ",1\n");
    assertWrong(2, header + "n1,n1#a," + key + ",3\n");
    assertWrong(2, header + "n1,n1#a," + key + ",1,more\n");
    assertWrong(2, "node,level\nn1,high\n");
    assertWrong(1, "node,identity,level\nn1,n1#a,none\n");
    assertWrong(1, "node,colour\nn1,red\n");
    assertEquals(1, keys.all().size());
    assertFalse(Files.exists(profiles.file()));
    String identity = keys.all().get(0).identity();
    Path file = folder.resolve("thief.csv");
    Files.writeString(file, "n1," + identity + "," + key + "\n");
    assertTrue(say("import", file.toString()).err().startsWith("BG-NODE-004"));
    assertEquals(Optional.of("old"), keys.node(identity));
  }

  @Test
  void givesANewDeviceAKeyAndEndsThatOfTheOldOneAtOnce() throws Exception {
    assertTrue(say("replace", "n1").err().startsWith("BG-NODE-003"));
    say("add", "n1");
    String before = keys.all().get(0).identity();
    Said said = say("replace", "n1");
    assertEquals(Command.OK, said.code(), said.err());
    assertTrue(said.out().contains("goes on above that of the device before: 17"), said.out());
    assertTrue(keys.node(before).isEmpty());
    assertEquals(1, keys.all().size());
    assertEquals(NodeKeys.NodeKey.OPERATOR, keys.all().get(0).origin());
  }

  @Test
  void nobodySpeaksWithoutProtectionForANodeThatWasRetired() throws Exception {
    say("add", "n1");
    say("remove", "n1");
    assertEquals(NodeProfile.Level.ANY_PROTECTED, profiles.of("n1").orElseThrow().level());
    assertTrue(say("list").out().startsWith("n1  no key\n"), say("list").out());
    assertTrue(
        say("list", "--json")
            .out()
            .startsWith("[{\"node\":\"n1\",\"lastSeenMillis\":1000,\"class\":1,\"level\":\"any-"));
  }

  @Test
  void keepsToAFileOfProfilesThatItCanRead() throws Exception {
    Files.createDirectories(profiles.file().getParent());
    Files.writeString(profiles.file(), "n1,7,none,,\n");
    assertEquals(Optional.empty(), profiles.of("n1"), "nobody is judged by what cannot be read");
    assertTrue(profiles.problem().startsWith("BG-NODE-002 line 1: "), profiles.problem());
    assertTrue(say("add", "n1").err().startsWith("BG-NODE-002 line 1: "));
  }

  @Test
  void takesAKeyAwayAndSaysIfThereIsNone() throws Exception {
    say("add", "n1");
    assertEquals(Command.OK, say("remove", "n1").code());
    assertTrue(keys.all().isEmpty());
    assertTrue(say("remove", "n1").err().startsWith("BG-NODE-003"));
    assertEquals(Command.USAGE, say("add", "no spaces").code());
  }

  @Test
  void readsNoFileThatOthersCanRead() throws Exception {
    say("add", "n1");
    Files.setPosixFilePermissions(keys.file(), PosixFilePermissions.fromString("rw-r--r--"));
    NodeKeys fresh = new NodeKeys(keys.file());
    assertTrue(fresh.all().isEmpty());
    assertTrue(fresh.problem().startsWith("BG-NODE-001"), fresh.problem());
  }
}
