package io.bellgate.keys.pqc.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.ops.Command;
import io.bellgate.keys.pqc.registry.Configured;
import io.bellgate.keys.pqc.registry.TestedAlgorithms;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trust moves forward: successors are taken, older and revoked identities never again. */
class TrustedIdentitiesTest {
  @TempDir Path folder;
  private Sites sites;
  private PinnedIdentity alice;
  private PinnedIdentity bob;

  @BeforeEach
  void twoSites() {
    sites = new Sites(folder);
    alice = sites.identity("alice");
    bob = sites.identity("bob");
  }

  private String trust(int code, String file, String... more) throws Exception {
    String[] words = new String[more.length + 2];
    words[0] = "trust";
    words[1] = "-";
    System.arraycopy(more, 0, words, 2, more.length);
    return sites.run("bob", code, file, words);
  }

  private void assertTrusts(PublicIdentity expected) {
    assertEquals(Optional.ofNullable(expected), bob.trusted("alice"));
    assertEquals(Optional.ofNullable(expected), sites.identity("bob").trusted("alice"), "restart");
    bob = sites.identity("bob");
  }

  @Test
  void areExchangedByCommand() throws Exception {
    String exported = sites.run("alice", Command.OK, "", "export");
    String fingerprint = Fingerprint.of(alice.own()).toString();
    assertEquals(sites.exported("alice"), exported);
    assertTrue(sites.run("alice", Command.OK, "", "show").contains(fingerprint));
    assertTrue(trust(Command.OK, exported).contains(fingerprint));
    assertEquals(List.of("bob:alice"), sites.changes);
    assertTrusts(alice.own());
    assertTrue(sites.run("bob", Command.OK, "", "show", "--json").contains(fingerprint));
    assertTrue(trust(Command.OK, exported).contains("trusted before"));
    assertTrue(
        sites.run("alice", Command.REFUSED, exported, "trust", "-").contains("BG-IDENT-005"));
    trust(Command.REFUSED, "{}");
    sites.run("bob", Command.FAILED, "", "trust", "/no/such/file");
    assertEquals(List.of("bob:alice"), sites.changes, "nothing else changed");
  }

  @Test
  void tellTheCommandsUsage() throws Exception {
    for (String wrong : List.of("nonsense", "trust", "trust a b", "revoke", "rotate --self")) {
      sites.run("bob", Command.USAGE, "", wrong.split(" "));
    }
    assertTrue(sites.run("bob", Command.OK, "", "--help").startsWith("Usage"));
    assertTrue(sites.run("bob", Command.OK, "", "pair", "--help").startsWith("Usage"));
    sites.run("bob", Command.USAGE, "", "pair", "a", "b");
  }

  @Test
  void areComparedWithWhatIsExpected() throws Exception {
    String good = Fingerprint.of(alice.own()).toString();
    String wrong = Fingerprint.of(bob.own()).toString();
    String file = sites.exported("alice");
    assertTrue(trust(Command.REFUSED, file, "--expect", wrong).contains("BG-IDENT-010"));
    assertTrue(trust(Command.REFUSED, file, "--expect", "abc").contains("BG-IDENT-010"));
    assertTrusts(null);
    trust(Command.OK, file, "--expect", good);
    assertTrusts(alice.own());
  }

  @Test
  void areReplacedByOthersOnlyWhenTold() throws Exception {
    trust(Command.OK, sites.exported("alice"));
    sites.forget("alice");
    PinnedIdentity other = sites.identity("alice", 77);
    String changed = sites.exported("alice");
    assertTrue(trust(Command.REFUSED, changed).contains("BG-IDENT-009"));
    trust(Command.OK, changed, "--replace");
    assertTrusts(other.own());
  }

  @Test
  void acceptASuccessorWithoutComparingAndItsPredecessorNeverAgain() throws Exception {
    String first = sites.exported("alice");
    trust(Command.OK, first);
    sites.run("alice", Command.OK, "", "rotate");
    assertNotEquals(bob.trusted("alice").orElseThrow(), alice.own());
    assertTrue(trust(Command.OK, sites.exported("alice")).contains("no need to compare"));
    assertTrusts(alice.own());
    assertEquals(alice.own(), sites.identity("alice").own(), "restart");
    assertTrue(trust(Command.REFUSED, first).contains("BG-IDENT-006"));
    assertTrue(trust(Command.REFUSED, first, "--replace").contains("BG-IDENT-006"));
    Files.writeString(sites.places("bob").trust().get(0).resolve("alice.identity"), first);
    assertTrusts(null);
  }

  @Test
  void acceptASuccessorOfASuccessor() throws Exception {
    String first = sites.exported("alice");
    trust(Command.OK, first);
    sites.run("alice", Command.OK, "", "rotate");
    String second = sites.exported("alice");
    sites.run("alice", Command.OK, "", "rotate");
    trust(Command.OK, sites.exported("alice"));
    assertTrusts(alice.own());
    assertTrue(trust(Command.REFUSED, second).contains("BG-IDENT-006"));
  }

  @Test
  void preferASuccessorInAnyFolder() throws Exception {
    sites.copy("alice", sites.places("bob").trust().get(1).resolve("alice.identity"));
    assertTrusts(alice.own());
    sites.run("alice", Command.OK, "", "rotate");
    trust(Command.OK, sites.exported("alice"));
    assertTrusts(alice.own());
  }

  @Test
  void areRefusedIfTheirSuccessionIsForgedOrCut() throws Exception {
    trust(Command.OK, sites.exported("alice"));
    sites.run("alice", Command.OK, "", "rotate");
    String good = sites.exported("alice");
    IdentityFile read = IdentityFile.parse(good.getBytes());
    IdentityFile.Predecessor link = read.before().get(0);
    Signatures halfLattice = new Signatures(read.proof().mlDsa65(), link.succession().ed25519());
    Signatures halfCurve = new Signatures(link.succession().mlDsa65(), read.proof().ed25519());
    for (Signatures half : List.of(halfLattice, halfCurve)) {
      IdentityFile.Predecessor forged =
          new IdentityFile.Predecessor(link.shown(), link.issue(), half);
      assertTrue(trust(Command.REFUSED, with(read, List.of(forged))).contains("BG-IDENT-004"));
    }
    assertTrue(trust(Command.REFUSED, with(read, List.of())).contains("BG-IDENT-009"));
    trust(Command.OK, good);
  }

  private static String with(IdentityFile file, List<IdentityFile.Predecessor> before) {
    return new IdentityFile(file.shown(), file.lineage(), file.issue(), file.proof(), before)
        .json();
  }

  @Test
  void areRefusedIfEitherSignatureIsWrongOrAnythingElse() throws Exception {
    IdentityFile good = IdentityFile.parse(sites.exported("alice").getBytes());
    Signatures proof = good.proof();
    refuse("wrong=ML-DSA-65", good, new Signatures(new byte[3309], proof.ed25519()));
    refuse("wrong=Ed25519", good, new Signatures(proof.mlDsa65(), new byte[64]));
    IdentityFile later = new IdentityFile(good.shown(), good.lineage(), 2, proof, List.of());
    refuse("BG-IDENT-004", later, proof);
    PublicIdentity own = good.shown();
    PublicIdentity mixed =
        new PublicIdentity("alice", own.certificate(), bob.own().ed25519(), own.xWing());
    refuse("wrong=ML-DSA-65", new IdentityFile(mixed, good.lineage(), 1, proof, List.of()), proof);
    PublicIdentity renamed =
        new PublicIdentity("carol", own.certificate(), own.ed25519(), own.xWing());
    refuse("names its site", new IdentityFile(renamed, good.lineage(), 1, proof, List.of()), proof);
    String text = sites.exported("alice");
    for (String[] change :
        new String[][] {
          {"\"version\": 2", "\"version\": 3", "BG-IDENT-003"},
          {"\"version\": 2", "\"more\": 1, \"version\": 2", "BG-IDENT-003"},
          {"\"version\": 2,", "", "BG-IDENT-002"},
          {"\"kind\": \"identity\"", "\"kind\": \"other\"", "BG-IDENT-001"},
          {"\"issue\": 1", "\"issue\": 0", "BG-IDENT-001"},
          {"\"issue\": 1", "\"issue\": 1.5", "BG-IDENT-001"},
          {"\"issue\": 1", "\"issue\": \"1\"", "BG-IDENT-001"},
          {"\"before\": [", "\"before\": [7", "BG-IDENT-001"}
        }) {
      assertTrue(text.contains(change[0]), change[0]);
      String said = trust(Command.REFUSED, text.replace(change[0], change[1]));
      assertTrue(said.contains(change[2]), said);
    }
    assertTrusts(null);
  }

  private void refuse(String why, IdentityFile file, Signatures proof) throws Exception {
    String json =
        new IdentityFile(file.shown(), file.lineage(), file.issue(), proof, List.of()).json();
    String said = trust(Command.REFUSED, json);
    assertTrue(said.contains(why), said);
  }

  @Test
  void sayWhatAFileOfAnEarlierVersionLacks() throws Exception {
    String old =
        "{\"site\":\"alice\",\"fingerprint\":\"00\",\"certificate\":\""
            + Fields.base64(alice.own().certificate())
            + "\"}";
    String said = trust(Command.REFUSED, old);
    assertTrue(said.contains("BG-IDENT-002") && said.contains("Ed25519"), said);
  }

  @Test
  void areNeverTrustedAgainOnceRevoked() throws Exception {
    String file = sites.exported("alice");
    trust(Command.OK, file);
    Path trusted = sites.places("bob").trust().get(0).resolve("alice.identity");
    Path backup = Files.copy(trusted, folder.resolve("backup"));
    sites.run("bob", Command.OK, "", "revoke", "alice");
    assertEquals(List.of("bob:alice", "bob:alice"), sites.changes);
    assertFalse(Files.exists(trusted));
    assertTrusts(null);
    Files.copy(backup, trusted);
    assertTrusts(null);
    assertTrue(trust(Command.REFUSED, file, "--replace").contains("BG-IDENT-006"));
    sites.run("bob", Command.FAILED, "", "revoke", "alice");
    sites.run("alice", Command.OK, "", "rotate");
    String next = sites.exported("alice");
    assertTrue(trust(Command.REFUSED, next).contains("--replace"), "has to be compared");
    assertTrusts(null);
    trust(Command.OK, next, "--replace");
    assertTrusts(alice.own());
  }

  @Test
  void followTheWordOfTheirOwner() throws Exception {
    String file = sites.exported("alice");
    trust(Command.OK, file);
    String word = sites.run("alice", Command.OK, "", "revoke", "--self");
    word = word.substring(0, word.lastIndexOf('}') + 1);
    assertThrows(IllegalStateException.class, alice::own);
    assertFalse(Files.exists(sites.places("alice").exported()));
    assertTrue(sites.run("alice", Command.OK, "", "revoke", "--self").contains(word), "again");
    assertTrue(sites.run("alice", Command.REFUSED, "", "rotate").contains("BG-IDENT-014"));
    assertTrue(trust(Command.REFUSED, forgedProof(word)).contains("BG-IDENT-004"));
    assertTrusts(alice(file));
    assertTrue(trust(Command.OK, word).contains("never trusts again"));
    assertTrusts(null);
    assertTrue(trust(Command.REFUSED, file, "--replace").contains("BG-IDENT-006"));
    assertTrue(sites.run("alice", Command.OK, "", "export", "--revoked").contains(word));
    sites.run("alice", Command.OK, "", "rotate", "--new");
    trust(Command.REFUSED, sites.exported("alice"));
    sites.run("alice", Command.OK, "", "rotate");
    assertTrue(
        sites.run("alice", Command.OK, "", "export", "--revoked").contains(word),
        "it is kept for a peer that has not followed it yet");
    sites.run("bob", Command.FAILED, "", "export", "--revoked");
    trust(Command.OK, sites.exported("alice"), "--replace");
    assertTrusts(sites.identity("alice").own());
  }

  @Test
  void areNotTakenByASignatureThatMayNotBeUsed() throws Exception {
    String file = sites.exported("alice");
    sites.algorithms = Configured.disabling("Ed25519");
    sites.identity("bob");
    assertTrue(trust(Command.REFUSED, file).contains("BG-PQC-012"));
    assertTrusts(null);
    sites.copy("alice", sites.places("bob").trust().get(1).resolve("alice.identity"));
    assertTrusts(null);
    sites.algorithms = new TestedAlgorithms();
    bob = sites.identity("bob");
    assertTrusts(alice.own());
    sites.algorithms = Configured.disabling("Ed25519");
    bob = sites.identity("bob");
    assertTrusts(alice.own()); // it was trusted before
  }

  private static PublicIdentity alice(String file) {
    return IdentityFile.parse(file.getBytes()).shown();
  }

  private static String forgedProof(String word) {
    Revocation read = Revocation.parse(Fields.parse(word.getBytes()));
    return new Revocation(read.identity(), new Signatures(read.proof().mlDsa65(), new byte[64]))
        .json();
  }

  @Test
  void areNotRevokedByTheWordOfAnother() throws Exception {
    trust(Command.OK, sites.exported("alice"));
    PublicIdentity right = alice.own();
    sites.forget("alice");
    sites.identity("alice", 666);
    String word = sites.run("alice", Command.OK, "", "revoke", "--self");
    String said = trust(Command.OK, word.substring(0, word.lastIndexOf('}') + 1));
    assertTrue(said.contains("stays trusted"), said);
    assertTrusts(right);
  }

  @Test
  void areRevokedByTheWordOfTheirSuccessor() throws Exception {
    trust(Command.OK, sites.exported("alice"));
    sites.run("alice", Command.OK, "", "rotate");
    String word = sites.run("alice", Command.OK, "", "revoke", "--self");
    trust(Command.OK, word.substring(0, word.lastIndexOf('}') + 1));
    assertTrusts(null);
  }

  @Test
  void trustNobodyIfWhatIsKnownIsDamaged() throws Exception {
    trust(Command.OK, sites.exported("alice"));
    Path known = sites.places("bob").known();
    byte[] whole = Files.readAllBytes(known);
    for (int length : new int[] {0, 1, whole.length / 2, whole.length - 4}) {
      Files.write(known, java.util.Arrays.copyOf(whole, length));
      bob = sites.identity("bob");
      assertTrusts(null);
      assertTrue(bob.status().get("problems").toString().contains("BG-IDENT-015"));
    }
    Files.write(known, whole);
    bob = sites.identity("bob");
    assertTrusts(alice.own());
  }

  @Test
  void refuseTwoIdentitiesOfOneIssue() throws Exception {
    trust(Command.OK, sites.exported("alice"));
    Path stolen = folder.resolve("stolen");
    copyAll(sites.keys("alice").getParent(), stolen);
    sites.run("alice", Command.OK, "", "rotate");
    trust(Command.OK, sites.exported("alice"));
    sites.forget("alice");
    Files.move(stolen, sites.keys("alice").getParent());
    sites.identity("alice", 666);
    sites.run("alice", Command.OK, "", "rotate");
    String said = trust(Command.REFUSED, sites.exported("alice"), "--replace");
    assertTrue(said.contains("BG-IDENT-008"), said);
    assertTrusts(alice.own());
  }

  private static void copyAll(Path from, Path to) throws Exception {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(
            file,
            to.resolve(from.relativize(file).toString()),
            java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }
}
