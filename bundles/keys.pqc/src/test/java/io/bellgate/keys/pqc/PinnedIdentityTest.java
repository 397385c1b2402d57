package io.bellgate.keys.pqc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.Gone;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
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

  private PinnedIdentity identity(String site) {
    PinnedIdentity identity = new PinnedIdentity();
    identity.bindRandom(new SeededBits(site.hashCode()));
    identity.start(places(site));
    return identity;
  }

  private void copy(String from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(places(from).exported(), to);
  }

  @Test
  void isMadeAtTheFirstStartAndKept() throws Exception {
    byte[] first = identity("alice").certificate();
    assertArrayEquals(first, identity("alice").certificate());
    Path seed = places("alice").secrets().resolve("identity.seed");
    assertEquals(32, Files.size(seed));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(seed)));
    assertFalse(java.util.Arrays.equals(first, identity("bob").certificate()));
  }

  @Test
  void hasACertificateThatOthersCanRead() throws Exception {
    byte[] der = identity("alice").certificate();
    X509Certificate read =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der));
    assertEquals("2.16.840.1.101.3.4.3.18", read.getSigAlgOID());
    assertEquals("CN=alice, O=Bellgate", read.getSubjectX500Principal().toString());
    assertEquals("alice", SelfSigned.siteOf(der));
  }

  @Test
  void signsSoThatTheCertificateVerifies() {
    PinnedIdentity alice = identity("alice");
    byte[] message = "hello".getBytes(StandardCharsets.US_ASCII);
    byte[] signature = alice.sign(message);
    assertEquals(3309, signature.length);
    byte[] key =
        org.bouncycastle.asn1.x509.Certificate.getInstance(alice.certificate())
            .getSubjectPublicKeyInfo()
            .getPublicKeyData()
            .getOctets();
    assertTrue(SigningKey.verifies(key, message, signature));
    assertFalse(SigningKey.verifies(key, new byte[1], signature));
    assertFalse(java.util.Arrays.equals(signature, alice.sign(message)), "hedged");
  }

  @Test
  void waitsForRandomBits() {
    PinnedIdentity identity = new PinnedIdentity();
    identity.start(places("alice"));
    assertThrows(Gone.class, identity::certificate);
    identity.bindRandom(new SeededBits(1));
    assertTrue(identity.certificate().length > 5000);
  }

  @Test
  void refusesToGoOnWithoutItsSeed() throws Exception {
    identity("alice");
    Files.delete(places("alice").secrets().resolve("identity.seed"));
    assertThrows(UncheckedIOException.class, () -> identity("alice"));
  }

  @Test
  void trustsWhatLiesInItsFoldersWhileItRuns() throws Exception {
    PinnedIdentity alice = identity("alice");
    PinnedIdentity bob = identity("bob");
    assertTrue(alice.trusted("bob").isEmpty());
    Path file = places("alice").trust().get(1).resolve("bob.identity");
    copy("bob", file);
    assertArrayEquals(bob.certificate(), alice.trusted("bob").orElseThrow());
    Files.delete(file);
    assertTrue(alice.trusted("bob").isEmpty());
  }

  @Test
  void trustsNeitherOfTwoIdentitiesOfOneSite() throws Exception {
    PinnedIdentity alice = identity("alice");
    identity("bob");
    copy("bob", places("alice").trust().get(0).resolve("bob.identity"));
    Path secrets = places("bob").secrets();
    Files.delete(secrets.resolve("identity.seed"));
    Files.delete(secrets.resolve("identity.der"));
    PinnedIdentity imposter = new PinnedIdentity();
    imposter.bindRandom(new SeededBits(666));
    imposter.start(places("bob"));
    copy("bob", places("alice").trust().get(1).resolve("other.identity"));
    assertTrue(alice.trusted("bob").isEmpty());
  }

  @Test
  void refusesMalformedIdentities() throws Exception {
    identity("alice");
    byte[] good = Files.readAllBytes(places("alice").exported());
    assertEquals("alice", PublicIdentity.parse(good).site());
    long seed = System.nanoTime();
    System.out.println("PinnedIdentityTest seed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      byte[] bad = good.clone();
      int at = random.nextInt(bad.length);
      bad[at] ^= (byte) (1 << random.nextInt(8));
      try {
        assertEquals("alice", PublicIdentity.parse(bad).site(), "seed=" + seed);
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
    String fingerprint = SelfSigned.fingerprint(alice.certificate());
    assertTrue(run("alice", Command.OK, "", "show").contains(fingerprint));
    assertTrue(run("bob", Command.OK, exported, "trust", "-").contains(fingerprint));
    assertArrayEquals(alice.certificate(), bob.trusted("alice").orElseThrow());
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
    Files.delete(places("alice").secrets().resolve("identity.seed"));
    Files.delete(places("alice").secrets().resolve("identity.der"));
    PinnedIdentity other = new PinnedIdentity();
    other.bindRandom(new SeededBits(77));
    other.start(places("alice"));
    String changed = Files.readString(places("alice").exported());
    assertTrue(run("bob", Command.REFUSED, changed, "trust", "-").contains("--replace"));
    run("bob", Command.OK, changed, "trust", "-", "--replace");
    assertArrayEquals(other.certificate(), identity("bob").trusted("alice").orElseThrow());
  }
}
