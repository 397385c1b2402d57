package io.bellgate.coap.node.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.Said;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodesCommandTest {
  @TempDir Path folder;
  private NodeKeys keys;
  private NodesCommand command;

  @BeforeEach
  void make() {
    keys = new NodeKeys(folder.resolve("secrets/nodes.csv"));
    command = new NodesCommand(keys, new SeededBits(1));
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
