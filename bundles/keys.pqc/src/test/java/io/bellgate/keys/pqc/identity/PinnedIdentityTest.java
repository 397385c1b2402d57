package io.bellgate.keys.pqc.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.keys.SiteIdentity.Family;
import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.Gone;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.pqc.crypto.xwing.XWingKEMExtractor;
import org.bouncycastle.pqc.crypto.xwing.XWingKEMGenerator;
import org.bouncycastle.pqc.crypto.xwing.XWingPrivateKeyParameters;
import org.bouncycastle.pqc.crypto.xwing.XWingPublicKeyParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Identities: made once, kept, shown, exchanged, trusted. */
class PinnedIdentityTest {
  @TempDir Path folder;

  private Places places(String site) {
    Path data = folder.resolve(site);
    return new Places(
        site,
        data.resolve("secrets"),
        data.resolve("identity"),
        List.of(data.resolve("trust"), data.resolve("config-trust")));
  }

  private Path keys(String site) {
    return places(site).secrets().resolve("identity").resolve("1");
  }

  private PinnedIdentity identity(String site) {
    return new Reseeded(site.hashCode()).identity(site);
  }

  /** Makes identities from other random bits. */
  private final class Reseeded {
    private final int seed;

    Reseeded(int seed) {
      this.seed = seed;
    }

    PinnedIdentity identity(String site) {
      PinnedIdentity identity = new PinnedIdentity();
      identity.start(places(site));
      identity.bindRandom(new SeededBits(seed));
      return identity;
    }
  }

  /** As if the box were rebuilt. */
  private void forget(String site) throws IOException {
    Files.move(keys(site).getParent(), folder.resolve("forgotten-" + System.nanoTime()));
  }

  private static void assertUnusable(String why, PinnedIdentity identity) {
    IllegalStateException refused = assertThrows(IllegalStateException.class, identity::own);
    assertTrue(refused.getMessage().contains(why), refused.getMessage());
  }

  private static void assertRefused(String why, Executable what) {
    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, what);
    assertTrue(refused.getMessage().contains(why), refused.getMessage());
  }

  private void copy(String from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(places(from).exported(), to);
  }

  @Test
  void isMadeAtTheFirstStartAndKept() throws Exception {
    PublicIdentity first = identity("alice").own();
    assertEquals(first, identity("alice").own());
    for (String name : List.of("ml-dsa-65.seed", "ed25519.seed", "x-wing.seed")) {
      Path seed = keys("alice").resolve(name);
      assertEquals(32, Files.size(seed));
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(seed)));
    }
    assertNotEquals(first, identity("bob").own());
    assertEquals("file, owner only (0600)", identity("alice").status().get("sealed"));
  }

  @Test
  void hasACertificateThatOthersCanRead() throws Exception {
    byte[] der = identity("alice").own().certificate();
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
    PinnedIdentity alice = identity("alice");
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
    PinnedIdentity alice = identity("alice");
    XWingPublicKeyParameters key = new XWingPublicKeyParameters(alice.own().xWing());
    SecretWithEncapsulation sent =
        new XWingKEMGenerator(new BitsRandom(new SeededBits(5))).generateEncapsulated(key);
    List<Secret> lent = new ArrayList<>();
    byte[] got =
        alice.withXWing(
            seed -> {
              lent.add(seed);
              return seed.lend(
                  s ->
                      new XWingKEMExtractor(new XWingPrivateKeyParameters(s))
                          .extractSecret(sent.getEncapsulation()));
            });
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
    identity.start(places("alice"));
    assertThrows(Gone.class, identity::own);
    identity.bindRandom(new SeededBits(1));
    assertTrue(identity.own().certificate().length > 5000);
  }

  @Test
  void refusesToGoOnWithoutOneOfItsFiles() throws Exception {
    identity("alice");
    for (String name : List.of("ml-dsa-65.seed", "ed25519.seed", "x-wing.seed", "identity.json")) {
      Path file = keys("alice").resolve(name);
      byte[] kept = Files.readAllBytes(file);
      Files.delete(file);
      assertUnusable("BG-IDENT-012", identity("alice"));
      OwnerOnlyFile.write(file, Arrays.copyOf(kept, kept.length / 2));
      assertUnusable("BG-IDENT-0", identity("alice"));
      OwnerOnlyFile.write(file, kept);
    }
    OwnerOnlyFile.write(keys("alice").resolve("ed25519.seed"), new byte[32]);
    assertUnusable("the keys are others than those shown", identity("alice"));
  }

  @Test
  void refusesSeedsThatOthersMayRead() throws Exception {
    identity("alice");
    Files.setPosixFilePermissions(
        keys("alice").resolve("ed25519.seed"), PosixFilePermissions.fromString("rw-r--r--"));
    assertUnusable("for its owner only", identity("alice"));
  }

  @Test
  void isMadeAnewIfThePowerWentBeforeItWasWhole() throws Exception {
    PublicIdentity unborn = identity("alice").own();
    Files.move(keys("alice"), keys("alice").resolveSibling("1.part"));
    Files.delete(places("alice").exported());
    assertNotEquals(unborn, new Reseeded(9).identity("alice").own());
    assertFalse(Files.exists(keys("alice").resolveSibling("1.part")));
  }

  @Test
  void keepsTheKeyAndCertificateOfAnEarlierVersion() throws Exception {
    byte[] seed = new SeededBits(7).draw(32).lend(byte[]::clone);
    SigningKey key = new SigningKey(Secret.copyOf(seed));
    byte[] der = SelfSigned.certificate("alice", key, new SeededBits(8));
    OwnerOnlyFile.write(places("alice").secrets().resolve("identity.seed"), seed);
    OwnerOnlyFile.write(places("alice").secrets().resolve("identity.der"), der);
    PinnedIdentity alice = identity("alice");
    assertArrayEquals(der, alice.own().certificate());
    assertEquals(alice.own(), new Reseeded(10).identity("alice").own(), "extended once");
    alice.sign(Family.ED25519, new byte[1]);
  }

  @Test
  void keepsTheKeyOfAnEarlierVersionWithoutItsCertificate() throws Exception {
    byte[] seed = new SeededBits(7).draw(32).lend(byte[]::clone);
    OwnerOnlyFile.write(places("alice").secrets().resolve("identity.seed"), seed);
    assertArrayEquals(
        new SigningKey(Secret.copyOf(seed)).publicKey(),
        SelfSigned.keyOf(identity("alice").own().certificate()));
  }

  @Test
  void refusesTheCertificateOfAnotherSite() throws Exception {
    identity("alice");
    Files.createDirectories(places("bob").secrets());
    Files.move(keys("alice").getParent(), keys("bob").getParent());
    assertUnusable("BG-IDENT-011", identity("bob"));
  }

  @Test
  void trustsWhatLiesInItsFoldersWhileItRuns() throws Exception {
    PinnedIdentity alice = identity("alice");
    PinnedIdentity bob = identity("bob");
    assertTrue(alice.trusted("bob").isEmpty());
    Path file = places("alice").trust().get(1).resolve("bob.identity");
    copy("bob", file);
    assertEquals(bob.own(), alice.trusted("bob").orElseThrow());
    Files.delete(file);
    assertTrue(alice.trusted("bob").isEmpty());
  }

  @Test
  void trustsNeitherOfTwoIdentitiesOfOneSite() throws Exception {
    PinnedIdentity alice = identity("alice");
    identity("bob");
    copy("bob", places("alice").trust().get(0).resolve("bob.identity"));
    forget("bob");
    new Reseeded(666).identity("bob");
    copy("bob", places("alice").trust().get(1).resolve("other.identity"));
    assertTrue(alice.trusted("bob").isEmpty());
  }

  @Test
  void refusesMalformedIdentities() throws Exception {
    identity("alice");
    byte[] good = Files.readAllBytes(places("alice").exported());
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

  private String run(String site, int code, String in, String... arguments) throws Exception {
    IdentityCommand command = new IdentityCommand();
    command.start(places(site));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    ByteArrayInputStream stdin = new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8));
    assertEquals(
        code, command.run(new Command.Call(List.of(arguments), stdin, print, print)), out + "");
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void isExchangedByCommand() throws Exception {
    PinnedIdentity alice = identity("alice");
    PinnedIdentity bob = identity("bob");
    String exported = run("alice", Command.OK, "", "export");
    String fingerprint = Fingerprint.of(alice.own()).toString();
    assertTrue(run("alice", Command.OK, "", "show").contains(fingerprint));
    assertTrue(run("bob", Command.OK, exported, "trust", "-").contains(fingerprint));
    assertEquals(alice.own(), bob.trusted("alice").orElseThrow());
    assertTrue(run("bob", Command.OK, "", "show", "--json").contains(fingerprint));
    run("bob", Command.OK, exported, "trust", "-");
    run("alice", Command.REFUSED, exported, "trust", "-");
    run("bob", Command.REFUSED, "{}", "trust", "-");
    run("bob", Command.FAILED, "", "trust", "/no/such/file");
    run("bob", Command.USAGE, "", "nonsense");
    assertTrue(run("bob", Command.OK, "", "--help").startsWith("Usage"));
  }

  @Test
  void replacesATrustedIdentityOnlyWhenTold() throws Exception {
    identity("alice");
    identity("bob");
    run("bob", Command.OK, Files.readString(places("alice").exported()), "trust", "-");
    forget("alice");
    PinnedIdentity other = new Reseeded(77).identity("alice");
    String changed = Files.readString(places("alice").exported());
    assertTrue(run("bob", Command.REFUSED, changed, "trust", "-").contains("--replace"));
    run("bob", Command.OK, changed, "trust", "-", "--replace");
    assertEquals(other.own(), identity("bob").trusted("alice").orElseThrow());
  }
}
