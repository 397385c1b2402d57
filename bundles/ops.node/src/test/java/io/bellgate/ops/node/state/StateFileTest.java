package io.bellgate.ops.node.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
  @TempDir Path folder;

  private Path file() {
    return folder.resolve("nodes/pump-17");
  }

  private static Secret secret(int first) {
    byte[] octets = new byte[NodeKey.OCTETS];
    octets[0] = (byte) first;
    return Secret.copyOf(octets);
  }

  private static NodeKey key(String identity, int first) {
    return new NodeKey(identity, secret(first), 3, 0);
  }

  private StateFile keyed() throws Exception {
    StateFile file = StateFile.open(file(), "pump-17");
    file.change(s -> s.under(key("pump-17#1", 1), 77));
    return file;
  }

  @Test
  void survives() throws Exception {
    try (StateFile file = keyed()) {
      file.change(s -> s.maybe(key("pump-17#2", 2)));
      assertEquals(0, file.counts().next());
      assertEquals(1, file.counts().next());
      assertEquals(0, file.numbers(file.state().next().get()).next());
    }
    try (StateFile again = StateFile.open(file(), "pump-17")) {
      NodeState state = again.state();
      assertEquals(2, state.count());
      assertEquals(77, state.againSeconds());
      assertEquals("pump-17#1", state.key().get().identity());
      assertEquals(3, state.key().get().generation());
      assertEquals(0, state.key().get().sequence());
      assertTrue(state.key().get().secret().matches(secret(1)));
      assertEquals("pump-17#2", state.next().get().identity());
      assertEquals(1, state.next().get().sequence());
      assertTrue(state.next().get().secret().matches(secret(2)));
    }
  }

  @Test
  void isForItsOwnerOnly() throws Exception {
    keyed().close();
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r-----"));
    StateProblem open =
        assertThrows(StateProblem.class, () -> StateFile.open(file(), "pump-17").close());
    assertTrue(open.getMessage().startsWith("BG-NODE-010"), open::getMessage);
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-------"));
    StateFile.open(file(), "pump-17").close();
  }

  @Test
  void isHeldByOneAtATime() throws Exception {
    try (StateFile first = keyed()) {
      StateProblem held = assertThrows(StateProblem.class, () -> StateFile.open(file(), "pump-17"));
      assertTrue(held.getMessage().startsWith("BG-NODE-011"), held::getMessage);
      assertEquals(0, first.counts().next());
    }
    StateFile.open(file(), "pump-17").close();
  }

  @Test
  void isHeldByOneAtATimeThroughWhicheverFolderItIsReached() throws Exception {
    Path folders = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nodes"));
    try (StateFile first = keyed()) {
      StateProblem held =
          assertThrows(
              StateProblem.class, () -> StateFile.open(folders.resolve("pump-17"), "pump-17"));
      assertTrue(held.getMessage().startsWith("BG-NODE-011"), held::getMessage);
      assertEquals(0, first.counts().next());
    }
    try (StateFile through = StateFile.open(folders.resolve("pump-17"), "pump-17")) {
      assertEquals("pump-17#1", through.state().key().get().identity());
      assertThrows(StateProblem.class, () -> StateFile.open(file(), "pump-17"));
    }
  }

  @Test
  void hasOneName() throws Exception {
    keyed().close();
    Path other = folder.resolve("nodes/other");
    Files.createSymbolicLink(other, file());
    refusesAnotherName(other);
    assertTrue(Files.isSymbolicLink(other), "it is as it was");
    StateFile.open(file(), "pump-17").close();
    Files.delete(other);
    Files.createLink(other, file());
    refusesAnotherName(other);
    refusesAnotherName(file());
    Files.delete(other);
    StateFile.open(file(), "pump-17").close();
    Files.createSymbolicLink(other, folder.resolve("nodes/none-yet"));
    refusesAnotherName(other);
  }

  private static void refusesAnotherName(Path file) {
    StateProblem refused =
        assertThrows(StateProblem.class, () -> StateFile.open(file, "pump-17").close());
    assertTrue(refused.getMessage().startsWith("BG-NODE-020"), refused::getMessage);
  }

  @Test
  void isOfOneNode() throws Exception {
    keyed().close();
    StateProblem other = assertThrows(StateProblem.class, () -> StateFile.open(file(), "pump-18"));
    assertTrue(other.getMessage().startsWith("BG-NODE-014"), other::getMessage);
    StateFile.open(file(), "pump-17").close();
  }

  /**
   * A copy of the file as a crash leaves it, at any moment, says that all used numbers are used.
   */
  @Test
  void usesNoNumberTwiceAfterACrash() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed=" + seed);
    Random random = new Random(seed);
    Set<Long> counts = new HashSet<>();
    Set<Long> numbers = new HashSet<>();
    keyed().close();
    Path crashed = folder.resolve("crashed");
    for (int crash = 0; crash < 50; crash++) {
      try (StateFile file = StateFile.open(file(), "pump-17")) {
        for (int request = random.nextInt(200); request > 0; request--) {
          assertTrue(counts.add(file.counts().next()));
          assertTrue(numbers.add(file.numbers(file.state().key().get()).next()));
          if (random.nextInt(5) == 0) {
            file.change(s -> s.under(s.key().get(), s.againSeconds() + 1));
          }
        }
        Files.deleteIfExists(crashed);
        Files.copy(file(), crashed);
      }
      Files.copy(crashed, file(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
    assertTrue(counts.size() > 1_000, () -> "counts=" + counts.size());
    try (StateFile file = StateFile.open(file(), "pump-17")) {
      assertTrue(file.state().count() <= counts.size() + 50L * Steps.STEP, "little is wasted");
    }
  }

  @Test
  void wastesNoNumberInAnOrderlyEnd() throws Exception {
    keyed().close();
    for (int i = 0; i < 10; i++) {
      try (StateFile file = StateFile.open(file(), "pump-17")) {
        assertEquals(i, file.counts().next());
        assertEquals(i, file.numbers(file.state().key().get()).next());
      }
    }
  }

  @Test
  void beginsNumbersAnewUnderAnotherKeyOnly() throws Exception {
    try (StateFile file = keyed()) {
      assertEquals(0, file.numbers(file.state().key().get()).next());
      file.change(s -> s.maybe(key("pump-17#2", 2)));
      assertEquals(0, file.numbers(file.state().next().get()).next());
      file.change(NodeState::taken);
      assertEquals(1, file.numbers(file.state().key().get()).next());
    }
    try (StateFile again = StateFile.open(file(), "pump-17")) {
      assertEquals(2, again.numbers(again.state().key().get()).next());
    }
  }

  @Test
  void wipesKeysThatItDoesNotHoldAnyMore() throws Exception {
    Secret gone;
    Secret kept;
    try (StateFile file = keyed()) {
      gone = file.state().key().get().secret();
      file.change(s -> s.maybe(key("pump-17#2", 2)));
      kept = file.state().next().get().secret();
      assertTrue(gone.matches(secret(1)));
      file.change(NodeState::taken);
      assertThrows(IllegalStateException.class, () -> gone.matches(secret(1)));
      assertTrue(kept.matches(secret(2)));
      assertTrue(
          !Files.readString(file()).contains("pump-17#1"), "the file holds one key, not two");
    }
    assertThrows(IllegalStateException.class, () -> kept.matches(secret(2)));
  }

  @Test
  void readsWhatIsDamagedAsNothing() throws Exception {
    try (StateFile file = keyed()) {
      file.change(s -> s.maybe(key("pump-17#2", 2)));
    }
    byte[] whole = Files.readAllBytes(file());
    for (int octets = 0; octets < whole.length; octets++) {
      Files.write(file(), Arrays.copyOf(whole, octets));
      StateProblem damaged =
          assertThrows(StateProblem.class, () -> StateFile.open(file(), "pump-17"), "" + octets);
      assertTrue(damaged.getMessage().startsWith("BG-NODE-012"), damaged::getMessage);
      assertTrue(!damaged.getMessage().contains("0000"), "no key in a message");
    }
    String text = new String(whole, StandardCharsets.US_ASCII);
    for (String wrong :
        new String[] {
          text + "end\n",
          text.replace("count 0", "count -1"),
          text.replace("bellgate-node 1", "bellgate-node 2"),
          text.replace("key pump-17#1 3 0", "key pump-17#1 3 -5"),
          text.replace("next ", "key "),
          text.replace("node pump-17", "node pump 17"),
        }) {
      Files.writeString(file(), wrong);
      assertThrows(StateProblem.class, () -> StateFile.open(file(), "pump-17"), wrong);
    }
    Files.write(file(), whole);
    StateFile.open(file(), "pump-17").close();
  }

  @Test
  void givesNoNumberThatCannotBeWrittenDown() {
    Steps steps =
        new Steps(
            5,
            number -> {
              throw new IOException("the disk is full");
            });
    assertThrows(IllegalStateException.class, steps::next);
    assertThrows(IllegalStateException.class, steps::next);
  }
}
