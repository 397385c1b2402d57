package io.bellgate.keys.pqc.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.NotAllowed;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.keys.SiteIdentity.Family;
import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.Gone;
import io.bellgate.keys.pqc.registry.Configured;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.pqc.crypto.xwing.XWingKEMExtractor;
import org.bouncycastle.pqc.crypto.xwing.XWingKEMGenerator;
import org.bouncycastle.pqc.crypto.xwing.XWingPrivateKeyParameters;
import org.bouncycastle.pqc.crypto.xwing.XWingPublicKeyParameters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Identities: made once, kept, shown, exchanged, trusted. */
class PinnedIdentityTest {
  @TempDir Path folder;

  private Sites sites;

  @BeforeEach
  void makeSites() {
    sites = new Sites(folder);
  }

  private static void assertUnusable(String why, PinnedIdentity identity) {
    IllegalStateException refused = assertThrows(IllegalStateException.class, identity::own);
    assertTrue(refused.getMessage().contains(why), refused.getMessage());
  }

  private static void assertRefused(String why, Executable what) {
    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, what);
    assertTrue(refused.getMessage().contains(why), refused.getMessage());
  }

  @Test
  void isMadeAtTheFirstStartAndKept() throws Exception {
    PublicIdentity first = sites.identity("alice").own();
    assertEquals(first, sites.identity("alice").own());
    for (String name : List.of("ml-dsa-65.seed", "ed25519.seed", "x-wing.seed")) {
      Path seed = sites.keys("alice").resolve(name);
      assertEquals(32, Files.size(seed));
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(seed)));
    }
    assertNotEquals(first, sites.identity("bob").own());
    assertEquals("file, owner only (0600)", sites.identity("alice").status().get("sealed"));
  }

  @Test
  void isNeitherMadeNorUsedWithASignatureThatIsDisabled() {
    PinnedIdentity alice = sites.identity("alice");
    sites.algorithms = Configured.disabling("ML-DSA-65");
    PinnedIdentity restarted = sites.identity("alice");
    assertEquals(alice.own(), restarted.own(), "what is shown is shown");
    assertEquals(64, restarted.sign(Family.ED25519, new byte[1]).length);
    assertThrows(NotAllowed.class, () -> restarted.sign(Family.ML_DSA_65, new byte[1]));
    assertThrows(NotAllowed.class, () -> restarted.rotate(false));
    assertUnusable("BG-PQC-012", sites.identity("bob"));
    assertFalse(Files.exists(sites.keys("bob")));
  }

  @Test
  void hasACertificateThatOthersCanRead() throws Exception {
    byte[] der = sites.identity("alice").own().certificate();
    X509Certificate read =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der));
    assertEquals("2.16.840.1.101.3.4.3.18", read.getSigAlgOID());
    assertEquals("CN=alice, O=Bellgate", read.getSubjectX500Principal().toString());
    assertEquals("alice", SelfSigned.siteOf(der));
  }

  @Test
  void signsInBothFamiliesSoThatWhatItShowsVerifies() {
    PinnedIdentity alice = sites.identity("alice");
    byte[] message = "hello".getBytes(StandardCharsets.US_ASCII);
    byte[] lattice = alice.sign(Family.ML_DSA_65, message);
    byte[] curve = alice.sign(Family.ED25519, message);
    assertEquals(3309, lattice.length);
    assertEquals(64, curve.length);
    assertFalse(Arrays.equals(lattice, alice.sign(Family.ML_DSA_65, message)), "hedged");
    PublicIdentity own = alice.own();
    new Signatures(lattice, curve).check(own, message, "a test");
    assertRefused(
        "wrong=ML-DSA-65", () -> new Signatures(new byte[3309], curve).check(own, message, "x"));
    assertRefused(
        "wrong=Ed25519", () -> new Signatures(lattice, new byte[64]).check(own, message, "x"));
    assertRefused(
        "wrong=ML-DSA-65", () -> new Signatures(lattice, curve).check(own, new byte[1], "x"));
  }

  @Test
  void opensWhatIsEncapsulatedToItsXWingKey() {
    PinnedIdentity alice = sites.identity("alice");
    XWingPublicKeyParameters key = new XWingPublicKeyParameters(alice.own().xWing());
    SecretWithEncapsulation sent =
        new XWingKEMGenerator(new BitsRandom(new SeededBits(5))).generateEncapsulated(key);
    List<Secret> lent = new ArrayList<>();
    byte[] got =
        alice
            .withXWing(
                alice.own().xWing(),
                seed -> {
                  lent.add(seed);
                  return seed.lend(
                      s ->
                          new XWingKEMExtractor(new XWingPrivateKeyParameters(s))
                              .extractSecret(sent.getEncapsulation()));
                })
            .orElseThrow();
    assertArrayEquals(sent.getSecret(), got);
    assertThrows(IllegalStateException.class, () -> lent.get(0).lend(s -> s), "destroyed");
  }

  @Test
  void refusesEd25519KeysOfSmallOrder() {
    byte[] identityPoint = new byte[32];
    identityPoint[0] = 1;
    byte[] signature = new byte[64];
    signature[0] = 1; // R = the identity, s = 0: holds for any message if the key may be it, too
    assertFalse(OwnKeys.verifiesEd25519(identityPoint, new byte[3], signature));
  }

  @Test
  void waitsForRandomBits() {
    PinnedIdentity identity = new PinnedIdentity();
    identity.algorithms = sites.algorithms;
    identity.start(sites.places("alice"));
    assertThrows(Gone.class, identity::own);
    identity.bindRandom(new SeededBits(1));
    assertTrue(identity.own().certificate().length > 5000);
  }

  @Test
  void refusesToGoOnWithoutOneOfItsFiles() throws Exception {
    sites.identity("alice");
    for (String name : List.of("ml-dsa-65.seed", "ed25519.seed", "x-wing.seed", "identity.json")) {
      Path file = sites.keys("alice").resolve(name);
      byte[] kept = Files.readAllBytes(file);
      Files.delete(file);
      assertUnusable("BG-IDENT-012", sites.identity("alice"));
      OwnerOnlyFile.write(file, Arrays.copyOf(kept, kept.length / 2));
      assertUnusable("BG-IDENT-0", sites.identity("alice"));
      OwnerOnlyFile.write(file, kept);
    }
    OwnerOnlyFile.write(sites.keys("alice").resolve("ed25519.seed"), new byte[32]);
    assertUnusable("the keys are others than those shown", sites.identity("alice"));
  }

  @Test
  void refusesSeedsThatOthersMayRead() throws Exception {
    sites.identity("alice");
    Files.setPosixFilePermissions(
        sites.keys("alice").resolve("ed25519.seed"), PosixFilePermissions.fromString("rw-r--r--"));
    assertUnusable("for its owner only", sites.identity("alice"));
  }

  @Test
  void isMadeAnewIfThePowerWentBeforeItWasWhole() throws Exception {
    PublicIdentity unborn = sites.identity("alice").own();
    Files.move(sites.keys("alice"), sites.keys("alice").resolveSibling("1.part"));
    Files.delete(sites.places("alice").exported());
    assertNotEquals(unborn, sites.identity("alice", 9).own());
    assertFalse(Files.exists(sites.keys("alice").resolveSibling("1.part")));
  }

  @Test
  void keepsTheKeyAndCertificateOfAnEarlierVersion() throws Exception {
    byte[] seed = new SeededBits(7).draw(32).lend(byte[]::clone);
    SigningKey key = new SigningKey(Secret.copyOf(seed));
    byte[] der = SelfSigned.certificate("alice", key, new SeededBits(8));
    OwnerOnlyFile.write(sites.places("alice").secrets().resolve("identity.seed"), seed);
    OwnerOnlyFile.write(sites.places("alice").secrets().resolve("identity.der"), der);
    PinnedIdentity alice = sites.identity("alice");
    assertArrayEquals(der, alice.own().certificate());
    assertEquals(alice.own(), sites.identity("alice", 10).own(), "extended once");
    alice.sign(Family.ED25519, new byte[1]);
  }

  @Test
  void keepsTheKeyOfAnEarlierVersionWithoutItsCertificate() throws Exception {
    byte[] seed = new SeededBits(7).draw(32).lend(byte[]::clone);
    OwnerOnlyFile.write(sites.places("alice").secrets().resolve("identity.seed"), seed);
    assertArrayEquals(
        new SigningKey(Secret.copyOf(seed)).publicKey(),
        SelfSigned.keyOf(sites.identity("alice").own().certificate()));
  }

  @Test
  void refusesTheCertificateOfAnotherSite() throws Exception {
    sites.identity("alice");
    Files.createDirectories(sites.places("bob").secrets());
    Files.move(sites.keys("alice").getParent(), sites.keys("bob").getParent());
    assertUnusable("BG-IDENT-011", sites.identity("bob"));
  }

  @Test
  void trustsWhatLiesInItsFoldersWhileItRuns() throws Exception {
    PinnedIdentity alice = sites.identity("alice");
    PinnedIdentity bob = sites.identity("bob");
    assertTrue(alice.trusted("bob").isEmpty());
    Path file = sites.places("alice").trust().get(1).resolve("bob.identity");
    sites.copy("bob", file);
    assertEquals(bob.own(), alice.trusted("bob").orElseThrow());
    Files.delete(file);
    assertTrue(alice.trusted("bob").isEmpty());
  }

  @Test
  void trustsNeitherOfTwoIdentitiesOfOneSite() throws Exception {
    PinnedIdentity alice = sites.identity("alice");
    sites.identity("bob");
    sites.copy("bob", sites.places("alice").trust().get(0).resolve("bob.identity"));
    sites.forget("bob");
    sites.identity("bob", 666);
    sites.copy("bob", sites.places("alice").trust().get(1).resolve("other.identity"));
    assertTrue(alice.trusted("bob").isEmpty());
  }

  @Test
  void refusesMalformedIdentities() throws Exception {
    sites.identity("alice");
    byte[] good = Files.readAllBytes(sites.places("alice").exported());
    assertEquals("alice", IdentityFile.parse(good).site());
    long seed = System.nanoTime();
    System.out.println("PinnedIdentityTest seed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      byte[] bad = good.clone();
      int at = random.nextInt(bad.length);
      bad[at] ^= (byte) (1 << random.nextInt(8));
      try {
        assertEquals("alice", IdentityFile.parse(bad).site(), "seed=" + seed);
      } catch (IllegalArgumentException refused) {
        assertTrue(refused.getMessage() != null, "seed=" + seed);
      }
    }
  }

  @Test
  void keepsTheXWingKeyOfItsPredecessorAndNoOther() throws Exception {
    PinnedIdentity alice = sites.identity("alice");
    byte[] first = alice.own().xWing();
    alice.rotate(false);
    byte[] second = alice.own().xWing();
    assertEquals(Optional.of(32), alice.withXWing(first, Secret::length));
    assertEquals(Optional.of(32), sites.identity("alice").withXWing(first, Secret::length));
    assertFalse(Files.exists(sites.keys("alice").resolve("ml-dsa-65.seed")), "signs no more");
    assertFalse(Files.exists(sites.keys("alice").resolve("ed25519.seed")), "signs no more");
    alice.rotate(false);
    assertEquals(Optional.empty(), alice.withXWing(first, Secret::length));
    assertEquals(Optional.of(32), alice.withXWing(second, Secret::length));
    assertEquals(2, alice.file().before().size());
    alice.rotate(true);
    assertEquals(Optional.empty(), alice.withXWing(second, Secret::length));
    assertEquals(4, alice.file().issue());
    assertEquals(List.of(), alice.file().before());
  }

  @Test
  void showsNoMorePredecessorsThanFit() throws Exception {
    PinnedIdentity alice = sites.identity("alice");
    for (int i = 0; i < 6; i++) {
      alice.rotate(false);
    }
    IdentityFile shown = IdentityFile.read(sites.places("alice").exported());
    assertEquals(IdentityFile.MOST_BEFORE, shown.before().size());
    assertEquals(7, shown.issue());
    assertEquals(alice.own(), sites.identity("alice").own());
  }

  @Test
  void goesOnWithTheOldKeysIfThePowerWentWhileItRotated() throws Exception {
    PinnedIdentity alice = sites.identity("alice");
    PublicIdentity first = alice.own();
    Path second = sites.keys("alice").resolveSibling("2");
    copy(sites.keys("alice"), folder.resolve("first"));
    alice.rotate(false);
    PublicIdentity next = alice.own();
    copy(folder.resolve("first"), sites.keys("alice")); // the rename was durable, no wipe was
    assertEquals(next, sites.identity("alice").own());
    assertFalse(Files.exists(sites.keys("alice").resolve("ml-dsa-65.seed")));
    copy(folder.resolve("first"), sites.keys("alice"));
    Files.move(second, second.resolveSibling("2.part")); // the rename was not
    assertEquals(first, sites.identity("alice").own());
    assertFalse(Files.exists(second.resolveSibling("2.part")));
  }

  private static void copy(Path from, Path to) throws Exception {
    Files.createDirectories(to);
    for (String name : List.of("ml-dsa-65.seed", "ed25519.seed", "x-wing.seed", "identity.json")) {
      Files.copy(
          from.resolve(name),
          to.resolve(name),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  @Test
  void refusesToRunOnAnotherMachineUntilTold() throws Exception {
    PublicIdentity own = sites.identity("alice").own();
    sites.machine("00112233445566778899aabbccddeeff");
    PinnedIdentity copied = sites.identity("alice");
    assertUnusable("BG-IDENT-013", copied);
    assertTrue(copied.status().get("problems").toString().contains("identity adopt"));
    assertThrows(IllegalStateException.class, () -> copied.rotate(false));
    sites.run("alice", Command.OK, "", "adopt");
    assertEquals(own, copied.own());
    assertEquals(own, sites.identity("alice").own());
    assertEquals("bound to this machine's ID", sites.identity("alice").status().get("machine"));
  }

  @Test
  void getsItsOwnKeysOnAnotherMachine() throws Exception {
    PublicIdentity own = sites.identity("alice").own();
    sites.machine("00112233445566778899aabbccddeeff");
    sites.identity("alice", 5);
    sites.run("alice", Command.OK, "", "rotate", "--new");
    assertNotEquals(own, sites.identity("alice").own());
  }

  @Test
  void isBoundOnceTheMachineHasAnId() throws Exception {
    sites.machine("uninitialized");
    PublicIdentity own = sites.identity("alice").own();
    assertTrue(sites.identity("alice").status().get("machine").toString().startsWith("not bound"));
    sites.machine("00112233445566778899aabbccddeeff");
    assertEquals(own, sites.identity("alice").own());
    sites.machine("uninitialized");
    assertUnusable("BG-IDENT-013", sites.identity("alice"));
  }

  @Test
  void tellsListenersOfAllPeersOnlyWhenItStartsAnew() throws Exception {
    sites.identity("bob");
    PinnedIdentity alice = sites.identity("alice");
    sites.run("alice", Command.OK, sites.exported("bob"), "trust", "-");
    sites.changes.clear();
    alice.rotate(false);
    assertEquals(List.of(), sites.changes, "sessions last");
    alice.rotate(true);
    assertEquals(List.of("alice:bob"), sites.changes);
    alice.revokeSelf();
    assertEquals(List.of("alice:bob", "alice:bob"), sites.changes);
  }

  @Test
  void tellsNothingSecret() throws Exception {
    PinnedIdentity alice = sites.identity("alice");
    StringBuilder said = new StringBuilder(alice.status().toString()).append(alice.own());
    said.append(sites.run("alice", Command.OK, "", "show"));
    said.append(sites.run("alice", Command.OK, "", "show", "--json"));
    said.append(sites.exported("alice"));
    for (String name : List.of("ml-dsa-65.seed", "ed25519.seed", "x-wing.seed")) {
      byte[] seed = Files.readAllBytes(sites.keys("alice").resolve(name));
      assertFalse(said.indexOf(HexFormat.of().formatHex(seed)) >= 0, name);
      assertFalse(said.indexOf(Fields.base64(seed)) >= 0, name);
    }
  }
}
