package io.bellgate.keys.pqc.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.bellgate.api.keys.PublicIdentity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Keys sealed by a token: SoftHSM 2, skipped where it is not installed. The library reads its
 * configuration once in a process: all tests use one token, each a key of its own.
 */
class SoftHsmSealTest {
  private static final List<String> LIBRARIES =
      List.of(
          "/usr/lib/softhsm/libsofthsm2.so",
          "/usr/lib64/softhsm/libsofthsm2.so",
          "/usr/lib64/pkcs11/libsofthsm2.so",
          "/usr/local/lib/softhsm/libsofthsm2.so");
  private static final String PIN = "814507";

  @TempDir Path folder;
  private Sites sites;

  @BeforeEach
  void aToken() throws Exception {
    Optional<Path> library = LIBRARIES.stream().map(Path::of).filter(Files::exists).findFirst();
    String conf = System.getenv("SOFTHSM2_CONF");
    if (library.isEmpty() || conf == null || !hasUtility()) {
      String why = "SKIPPED: PKCS#11 sealing, SoftHSM 2 is not installed";
      System.out.println(why);
      abort(why);
    }
    Path store = Path.of(conf).toAbsolutePath().getParent();
    Files.createDirectories(store.resolve("tokens"));
    Files.writeString(Path.of(conf), "directories.tokendir = " + store.resolve("tokens") + "\n");
    boolean empty;
    try (Stream<Path> tokens = Files.list(store.resolve("tokens"))) {
      empty = tokens.findAny().isEmpty();
    }
    if (empty) {
      run("softhsm2-util", "--init-token", "--free", "--label", "bellgate", "--pin", PIN);
    }
    Path pin = folder.resolve("pin");
    OwnerOnlyFile.write(pin, (PIN + "\n").getBytes(StandardCharsets.US_ASCII));
    sites = new Sites(folder);
    sites.token = new Token(library.get(), 0, pin, "key-" + System.nanoTime());
  }

  private static boolean hasUtility() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "softhsm2-util")));
  }

  private static void run(String... words) throws Exception {
    List<String> line = new ArrayList<>(List.of(words));
    line.addAll(List.of("--so-pin", "12345678"));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  @Test
  void keepsNoSeedInTheClear() throws Exception {
    PublicIdentity own = sites.identity("alice").own();
    assertEquals(own, sites.identity("alice", 3).own());
    try (Stream<Path> seeds = Files.list(sites.keys("alice"))) {
      for (Path file : seeds.filter(f -> f.toString().endsWith(".seed")).toList()) {
        assertEquals(4 + 12 + 32 + 16, Files.size(file));
        assertTrue(Pkcs11Seal.isSealed(Files.readAllBytes(file)));
      }
    }
    String sealed = sites.identity("alice").status().get("sealed").toString();
    assertTrue(sealed.startsWith("PKCS#11 key " + sites.token.key()), sealed);
  }

  @Test
  void refusesWhatWasChangedOrSwapped() throws Exception {
    sites.identity("alice");
    Path lattice = sites.keys("alice").resolve("ml-dsa-65.seed");
    Path curve = sites.keys("alice").resolve("ed25519.seed");
    byte[] kept = Files.readAllBytes(lattice);
    OwnerOnlyFile.write(lattice, Files.readAllBytes(curve));
    assertUnusable("BG-IDENT-016");
    for (int at : new int[] {4, 16, 48}) {
      byte[] bad = kept.clone();
      bad[at] ^= 1;
      OwnerOnlyFile.write(lattice, bad);
      assertUnusable("BG-IDENT-016");
    }
    OwnerOnlyFile.write(lattice, kept);
    sites.identity("alice").own();
  }

  private void assertUnusable(String code) {
    PinnedIdentity alice = sites.identity("alice");
    IllegalStateException why = assertThrows(IllegalStateException.class, alice::own);
    assertTrue(why.getMessage().contains(code), why.getMessage());
    assertFalse(why.getMessage().contains(PIN), "no PIN in it");
  }

  @Test
  void sealsAnewWhatLayInTheClear() throws Exception {
    Token token = sites.token;
    sites.token = null;
    PublicIdentity own = sites.identity("alice").own();
    byte[] clear = Files.readAllBytes(sites.keys("alice").resolve("ed25519.seed"));
    sites.token = token;
    assertEquals(own, sites.identity("alice").own());
    byte[] sealed = Files.readAllBytes(sites.keys("alice").resolve("ed25519.seed"));
    assertTrue(Pkcs11Seal.isSealed(sealed));
    byte[] opened =
        new Pkcs11Seal(token, () -> null).open("ed25519.seed", sealed).lend(byte[]::clone);
    assertArrayEquals(clear, opened);
    sites.token = null;
    assertUnusable("BG-IDENT-016");
  }

  @Test
  void refusesAnotherKeyAndAMissingLibrary() throws Exception {
    sites.identity("alice");
    Token token = sites.token;
    sites.token = new Token(token.library(), 0, token.pinFile(), "another");
    assertUnusable("the token has no such key");
    sites.token = new Token(Path.of("/no/such/library.so"), 0, token.pinFile(), token.key());
    assertUnusable("BG-IDENT-016");
    sites.token = new Token(token.library(), 0, folder.resolve("no-pin"), token.key());
    assertUnusable("no-pin");
    sites.token = token;
    sites.identity("alice").own();
  }

  @Test
  void sealsTheNextIdentityToo() throws Exception {
    PinnedIdentity alice = sites.identity("alice");
    byte[] before = alice.own().xWing();
    alice.rotate(false);
    assertEquals(Optional.of(32), sites.identity("alice").withXWing(before, s -> s.length()));
    Path next = sites.keys("alice").resolveSibling("2").resolve("ml-dsa-65.seed");
    assertTrue(Pkcs11Seal.isSealed(Files.readAllBytes(next)));
  }
}
