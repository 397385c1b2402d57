package io.bellgate.keys.pqc.object;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.crypto.AlgorithmRegistry.Use;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.MemoryPool;
import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.keys.SealedObjects;
import io.bellgate.api.keys.SiteIdentity;
import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.api.ops.Gone;
import io.bellgate.api.ops.Said;
import io.bellgate.keys.pqc.identity.BitsRandom;
import io.bellgate.keys.pqc.registry.TestedAlgorithms;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.bouncycastle.pqc.crypto.xwing.XWingPrivateKeyParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two sites that are not connected, and what is carried between them. */
class HpkeObjectsTest {
  private static final AlgorithmRegistry REGISTRY = new TestedAlgorithms();
  private static final byte[] INFO = {1, 2, 3};
  private static final byte[] CONTENT = "open the valve".getBytes(StandardCharsets.US_ASCII);
  private static final KeyOrigin QKD =
      new KeyOrigin(KeyOrigin.Kind.QKD, false, false, Map.of("protocol", "bb84"));

  private final FakeClock clock = new FakeClock();
  private final Map<String, PublicIdentity> shown = new HashMap<>();
  private final End alice = new End("alice", 1);
  private final End bob = new End("bob", 2);

  /** One site: its pool, its identity, and the objects. */
  private final class End implements SiteIdentity {
    final String site;
    final MemoryPool pool;
    final HpkeObjects objects =
        new HpkeObjects() {
          @Override
          SiteIdentity identity() {
            return End.this;
          }

          @Override
          <R> Optional<R> withXWing(Predicate<byte[]> which, Function<Secret, R> use) {
            return which.test(key()) ? Optional.of(use.apply(seed)) : Optional.empty();
          }
        };
    Secret seed;
    boolean trusting = true;

    End(String site, long random) {
      this.site = site;
      this.pool = new MemoryPool(site, false, clock);
      SeededBits bits = new SeededBits(random);
      this.seed = bits.draw(32);
      shown.put(site, new PublicIdentity(site, new byte[1], new byte[32], key()));
      objects.pool = pool;
      objects.random = bits;
      objects.registry = REGISTRY;
    }

    byte[] key() {
      return seed.lend(
          s -> new XWingPrivateKeyParameters(s.clone()).getPublicKeyParameters().getEncoded());
    }

    @Override
    public String site() {
      return site;
    }

    @Override
    public PublicIdentity own() {
      return shown.get(site);
    }

    @Override
    public byte[] sign(Family family, byte[] message) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<PublicIdentity> trusted(String peer) {
      return trusting ? Optional.ofNullable(shown.get(peer)) : Optional.empty();
    }
  }

  private void share(KeyOrigin origin) {
    UUID id = UUID.randomUUID();
    for (End end : List.of(alice, bob)) {
      String peer = end == alice ? "bob" : "alice";
      Secret octets = new SeededBits(id.getLeastSignificantBits()).draw(256);
      end.pool.deposit(new KeyBlock(id, peer, origin, octets, Duration.ofHours(1)));
      end.pool.confirm(peer, id);
    }
  }

  private byte[] sealed() {
    return alice.objects.seal("bob", CONTENT, INFO, o -> true).orElseThrow();
  }

  private static SealedObjects.Opened opened(End end, byte[] object, byte[] info)
      throws IOException {
    List<SealedObjects.Opened> kept = new ArrayList<>();
    end.objects.open(object, info, kept::add);
    return kept.get(0);
  }

  private void refused(String code, End end, byte[] object, byte[] info) {
    IllegalArgumentException why =
        assertThrows(IllegalArgumentException.class, () -> opened(end, object, info));
    assertTrue(why.getMessage().startsWith(code), why.getMessage());
  }

  @Test
  void bringsAnObjectToThePeerOnce() throws IOException {
    share(QKD);
    byte[] object = sealed();
    SealedObjects.Opened opened = opened(bob, object, INFO);
    assertArrayEquals(CONTENT, opened.content());
    assertEquals("alice", opened.peer());
    assertEquals(QKD, opened.origin());
    assertFalse(opened.toString().contains("valve"));
    refused("BG-OBJECT-004", bob, object, INFO);
  }

  @Test
  void consumesNothingIfTheContentCannotBeKept() throws IOException {
    share(QKD);
    byte[] object = sealed();
    IOException full = new IOException("no space left on device");
    IOException seen =
        assertThrows(
            IOException.class,
            () ->
                bob.objects.open(
                    object,
                    INFO,
                    opened -> {
                      assertArrayEquals(CONTENT, opened.content());
                      throw full;
                    }));
    assertSame(full, seen);
    assertArrayEquals(CONTENT, opened(bob, object, INFO).content());
    refused("BG-OBJECT-004", bob, object, INFO);
  }

  @Test
  void refusesEveryChangedOctetAndConsumesNothing() throws IOException {
    share(QKD);
    byte[] object = sealed();
    for (int i = 0; i < object.length; i += i < 120 ? 1 : 37) {
      byte[] changed = object.clone();
      changed[i] ^= 1;
      assertThrows(IllegalArgumentException.class, () -> opened(bob, changed, INFO), "octet=" + i);
    }
    for (int length : new int[] {0, 4, 5, 60, 100, 1200, object.length - 1}) {
      byte[] cut = Arrays.copyOf(object, length);
      assertThrows(IllegalArgumentException.class, () -> opened(bob, cut, INFO));
    }
    refused("BG-OBJECT-006", bob, object, new byte[] {1, 2});
    assertArrayEquals(CONTENT, opened(bob, object, INFO).content());
  }

  @Test
  void refusesWhatIsForSomebodyElseOrFromNobody() throws IOException {
    share(QKD);
    byte[] object = sealed();
    refused("BG-OBJECT-003", alice, object, INFO);
    bob.trusting = false;
    refused("BG-OBJECT-007", bob, object, INFO);
    bob.trusting = true;
    bob.seed = new SeededBits(9).draw(32);
    refused("BG-OBJECT-005", bob, object, INFO);
    alice.trusting = false;
    assertThrows(IllegalArgumentException.class, this::sealed);
  }

  @Test
  void sealsOnlyWithAKeyThatIsAcceptable() throws IOException {
    share(new KeyOrigin(KeyOrigin.Kind.PQC, false, false, Map.of()));
    Predicate<KeyOrigin> quantum = o -> o.kind() == KeyOrigin.Kind.QKD;
    assertTrue(alice.objects.seal("bob", CONTENT, INFO, quantum).isEmpty());
    share(QKD);
    byte[] object = alice.objects.seal("bob", CONTENT, INFO, quantum).orElseThrow();
    assertEquals(KeyOrigin.Kind.QKD, opened(bob, object, INFO).origin().kind());
  }

  @Test
  void cannotBeOpenedWhenItsKeyHasExpired() throws IOException {
    share(QKD);
    byte[] object = sealed();
    clock.advance(Duration.ofHours(2));
    refused("BG-OBJECT-004", bob, object, INFO);
  }

  @Test
  void tellsWhatIsMissingInAGap() {
    share(QKD);
    alice.objects.pool = null;
    assertThrows(Gone.class, this::sealed);
    alice.objects.pool = alice.pool;
    alice.objects.registry = null;
    assertThrows(Gone.class, this::sealed);
  }

  @Test
  void isHpkeAsTheLibraryHasIt() throws Exception {
    byte[] psk = new byte[32];
    Arrays.fill(psk, (byte) 7);
    byte[] pskId = {9, 9};
    byte[] aad = {5};
    Hpke.Terms terms = new Hpke.Terms(Secret.copyOf(psk), pskId, INFO);
    HPKE library =
        new HPKE(HPKE.mode_psk, HPKE.kem_X_WING, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
    Hpke ours = new Hpke(REGISTRY, Use.MAKE);
    BitsRandom random = new BitsRandom(new SeededBits(3));
    Hpke.Sealed sealed = ours.seal(bob.key(), random, terms, aad, CONTENT);
    byte[] seed = bob.seed.lend(byte[]::clone);
    AsymmetricCipherKeyPair pair = library.deserializePrivateKey(seed, bob.key());
    assertArrayEquals(
        CONTENT,
        library
            .setupPSKR(sealed.encapsulation(), pair, INFO, psk, pskId)
            .open(aad, sealed.ciphertext()));
    HPKEContextWithEncapsulation theirs =
        library.SetupPSKS(library.deserializePublicKey(bob.key()), INFO, psk, pskId);
    Hpke.Sealed other = new Hpke.Sealed(theirs.getEncapsulation(), theirs.seal(aad, CONTENT));
    assertArrayEquals(CONTENT, ours.open(bob.seed, terms, aad, other));
  }

  private int run(End end, String... words) throws Exception {
    return Said.by(new ObjectCommand(end.objects), words).code();
  }

  @Test
  void theCommandCarriesAFile(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("plan"), CONTENT);
    String sealed = file + ".sealed";
    assertEquals(Command.FAILED, run(alice, "seal", "--to", "bob", file.toString()));
    share(new KeyOrigin(KeyOrigin.Kind.PQC, false, false, Map.of()));
    assertEquals(Command.FAILED, run(alice, "seal", "--to", "bob", file.toString()));
    assertEquals(Command.OK, run(alice, "seal", "--to", "bob", "--pqc", file.toString()));
    assertEquals(Command.FAILED, run(alice, "seal", "--to", "bob", "--pqc", file.toString()));
    assertEquals(Command.FAILED, run(bob, "open", sealed));
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    Files.delete(file);
    assertEquals(Command.OK, run(bob, "open", sealed));
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    Files.delete(file);
    assertEquals(Command.REFUSED, run(bob, "open", sealed));
    assertFalse(Files.exists(file));
    assertEquals(Command.REFUSED, run(bob, "open", file.toString()));
    assertEquals(Command.USAGE, run(bob, "seal", file.toString()));
    assertEquals(Command.FAILED, run(bob, "open", folder + "/none.sealed"));
  }
}
