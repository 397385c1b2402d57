package io.bellgate.keys.pqc.identity;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.PublicIdentity;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * This site's identity on disk: {@code secrets/identity/ISSUE/} holds a seed of each key and what
 * is shown of them. A folder is made whole under another name and then renamed, so that an issue is
 * there whole or not at all; the highest one counts.
 *
 * <p>Not thread safe.
 */
final class IdentityStore {
  /** What is shown of an identity, as it was signed. */
  private static final String SHOWN = "identity.json";

  private static final String ML_DSA = "ml-dsa-65.seed";
  private static final String ED25519 = "ed25519.seed";
  private static final String X_WING = "x-wing.seed";
  private static final String REVOKED = "revoked.json";
  private static final String PART = ".part";

  private final Places places;
  private final Seal seal;
  private final Supplier<RandomBits> random;
  private final Runnable mayMake;
  private final Machine machine;

  /**
   * Names the folder.
   *
   * @param mayMake throws if no identity may be made now
   */
  IdentityStore(Places places, Seal seal, Supplier<RandomBits> random, Runnable mayMake) {
    this.mayMake = mayMake;
    this.places = places;
    this.seal = seal;
    this.random = random;
    this.machine = new Machine(folder().resolve("machine"), places.machine());
  }

  private Path folder() {
    return places.secrets().resolve("identity");
  }

  private Path folder(long issue) {
    return folder().resolve(Long.toString(issue));
  }

  /**
   * Reads the identity, or makes the first one: from the keys of an earlier version, if there are.
   *
   * @throws io.bellgate.api.ops.Gone if there is none, and no random bits
   */
  OwnIdentity open() throws IOException {
    List<Long> issues = issues();
    if (issues.isEmpty()) {
      OwnIdentity first = first();
      machine.adopt();
      return first;
    }
    machine.check();
    long last = issues.get(issues.size() - 1);
    if (Files.exists(folder(last).resolve(REVOKED))) {
      throw new IOException(
          "BG-IDENT-014 this site's identity was revoked by its owner: issue="
              + last
              + "; make another one: bellgate identity rotate --new");
    }
    return read(last);
  }

  /**
   * Makes the next identity, which counts from now on.
   *
   * @param before what it succeeds, with proof; empty for one that nobody trusts yet
   */
  OwnIdentity next(Optional<OwnIdentity> before) throws IOException {
    List<Long> issues = issues();
    long issue = issues.isEmpty() ? 1 : issues.get(issues.size() - 1) + 1;
    String lineage = before.isPresent() ? before.get().file().lineage() : lineage();
    make(lineage, issue, before, draw(), null).close();
    machine.adopt();
    for (String old : List.of("identity.seed", "identity.der")) {
      OwnerOnlyFile.wipe(places.secrets().resolve(old));
    }
    return open();
  }

  /** Writes down that the present identity is revoked; {@link #open} refuses it from now on. */
  Revocation revoke(OwnIdentity own) throws IOException {
    Revocation revocation = Revocation.sign(own, random.get());
    OwnerOnlyFile.write(folder(own.file().issue()).resolve(REVOKED), revocation.utf8());
    return revocation;
  }

  /** The word that the present identity is revoked, if it is. */
  Optional<Revocation> revocation() throws IOException {
    List<Long> issues = issues();
    return issues.isEmpty()
        ? Optional.empty()
        : word(folder(issues.get(issues.size() - 1)).resolve(REVOKED));
  }

  /** The last word that an identity of this site is revoked, though another took its place. */
  Optional<Revocation> lastRevocation() throws IOException {
    Optional<Revocation> last = revocation();
    List<Long> issues = issues();
    long issue = issues.isEmpty() ? 0 : issues.get(issues.size() - 1);
    while (last.isEmpty() && issue > 0) {
      last = word(kept(issue--));
    }
    return last;
  }

  private static Optional<Revocation> word(Path file) throws IOException {
    return Files.exists(file)
        ? Optional.of(Revocation.parse(Fields.parse(OwnerOnlyFile.read(file))))
        : Optional.empty();
  }

  /** Where the word on an identity is that was given up: its folder is gone. */
  private Path kept(long issue) {
    return folder().resolve("revoked-" + issue + ".json");
  }

  /** Where the identity is at home. */
  Machine machine() {
    return machine;
  }

  /** Rising; what was not finished is removed. */
  private List<Long> issues() throws IOException {
    List<Long> issues = new ArrayList<>();
    if (!Files.isDirectory(folder())) {
      return issues;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder())) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.endsWith(PART)) {
          delete(entry);
        } else if (name.matches("[1-9][0-9]{0,17}")) {
          issues.add(Long.parseLong(name));
        }
      }
    }
    issues.sort(null);
    return issues;
  }

  private OwnIdentity read(long issue) throws IOException {
    Path folder = folder(issue);
    OwnKeys keys;
    try (Secret mlDsa = seed(folder, ML_DSA);
        Secret ed25519 = seed(folder, ED25519)) {
      keys = new OwnKeys(mlDsa, ed25519, seed(folder, X_WING));
    }
    try {
      IdentityFile shown = shown(folder, issue, keys);
      return new OwnIdentity(keys, shown, retire(shown));
    } catch (IllegalArgumentException | IOException wrong) {
      keys.close();
      throw wrong instanceof IOException failed
          ? failed
          : new IOException(
              "BG-IDENT-012 the identity's files do not fit together: folder="
                  + folder
                  + " why="
                  + wrong.getMessage()
                  + "; restore the folder, or remove it and give peers a new identity",
              wrong);
    }
  }

  private IdentityFile shown(Path folder, long issue, OwnKeys keys) throws IOException {
    if (!Files.exists(folder.resolve(SHOWN))) {
      throw missing(folder.resolve(SHOWN));
    }
    IdentityFile file = IdentityFile.read(folder.resolve(SHOWN));
    if (!file.site().equals(places.site())) {
      throw new IOException(
          "BG-IDENT-011 an identity belongs to one site: named="
              + file.site()
              + " site="
              + places.site()
              + "; use that site ID, or remove "
              + folder());
    }
    boolean own =
        Arrays.equals(SelfSigned.keyOf(file.shown().certificate()), keys.mlDsa().publicKey())
            && Arrays.equals(file.shown().ed25519(), keys.ed25519())
            && Arrays.equals(file.shown().xWing(), keys.xWing().encapsulationKey())
            && file.issue() == issue;
    if (!own) {
      throw new IllegalArgumentException("the keys are others than those shown");
    }
    return file;
  }

  private Secret seed(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      throw missing(file);
    }
    byte[] stored = OwnerOnlyFile.read(file);
    boolean other = !seal.takes(stored);
    Secret seed = seal.open(name, stored);
    if (seed.length() != OwnKeys.SEED_OCTETS) {
      seed.destroy();
      throw new IOException(
          "BG-IDENT-012 a seed has 32 octets: file=" + file + "; restore it from a backup");
    }
    if (other) {
      write(folder, name, seed);
    }
    return seed;
  }

  private IOException missing(Path file) {
    return new IOException(
        "BG-IDENT-012 an identity has all its files: missing="
            + file
            + "; restore it, or remove the folder and give peers a new identity");
  }

  private OwnIdentity first() throws IOException {
    Path seedFile = places.secrets().resolve("identity.seed");
    Path certificateFile = places.secrets().resolve("identity.der");
    String lineage = lineage();
    if (!Files.exists(seedFile)) {
      if (Files.exists(certificateFile)) {
        throw missing(seedFile);
      }
      return make(lineage, 1, Optional.empty(), draw(), null);
    }
    byte[] certificate = Files.exists(certificateFile) ? Files.readAllBytes(certificateFile) : null;
    Secret seed = Secret.absorb(OwnerOnlyFile.read(seedFile));
    return make(lineage, 1, Optional.empty(), seed, certificate);
  }

  private String lineage() {
    byte[] drawn = new byte[16];
    random.get().fill(drawn);
    return HexFormat.of().formatHex(drawn);
  }

  private Secret draw() {
    return random.get().draw(OwnKeys.SEED_OCTETS);
  }

  /**
   * Makes an identity.
   *
   * @param mlDsa destroyed here
   * @param certificate null for a new one
   */
  private OwnIdentity make(
      String lineage, long issue, Optional<OwnIdentity> before, Secret mlDsa, byte[] certificate)
      throws IOException {
    try (mlDsa;
        Secret ed25519 = draw();
        Secret xWing = draw()) {
      mayMake.run();
      OwnKeys keys = new OwnKeys(mlDsa, ed25519, xWing.part(0, xWing.length()));
      IdentityFile file = show(lineage, issue, before, keys, certificate);
      Path part = folder().resolve(issue + PART);
      OwnerOnlyFile.folder(places.secrets());
      OwnerOnlyFile.folder(folder());
      OwnerOnlyFile.folder(part);
      write(part, ML_DSA, mlDsa);
      write(part, ED25519, ed25519);
      write(part, X_WING, xWing);
      OwnerOnlyFile.write(part.resolve(SHOWN), file.utf8());
      Files.move(part, folder(issue), StandardCopyOption.ATOMIC_MOVE);
      OwnerOnlyFile.forceFolder(folder());
      return new OwnIdentity(keys, file, Optional.empty());
    }
  }

  private IdentityFile show(
      String lineage, long issue, Optional<OwnIdentity> before, OwnKeys keys, byte[] certificate)
      throws IOException {
    byte[] der =
        certificate != null
            ? certificate
            : SelfSigned.certificate(places.site(), keys.mlDsa(), random.get());
    String named = SelfSigned.siteOf(der);
    if (!named.equals(places.site())
        || !Arrays.equals(SelfSigned.keyOf(der), keys.mlDsa().publicKey())) {
      throw new IOException(
          "BG-IDENT-011 an identity belongs to one site and has one key: named="
              + named
              + " site="
              + places.site()
              + "; use that site ID, or remove the files identity.* in "
              + places.secrets());
    }
    PublicIdentity shown =
        new PublicIdentity(places.site(), der, keys.ed25519(), keys.xWing().encapsulationKey());
    List<IdentityFile.Predecessor> predecessors =
        before.map(b -> succeeded(b, shown, lineage, issue)).orElse(List.of());
    return IdentityFile.sign(shown, lineage, issue, predecessors, keys, random.get());
  }

  private List<IdentityFile.Predecessor> succeeded(
      OwnIdentity before, PublicIdentity shown, String lineage, long issue) {
    byte[] statement = IdentityFile.succession(shown, lineage, issue);
    return before.file().andThis(Signatures.by(before.keys(), statement, random.get()));
  }

  private void write(Path folder, String name, Secret seed) throws IOException {
    byte[] octets = seal.close(name, seed);
    OwnerOnlyFile.write(folder.resolve(name), octets);
    Arrays.fill(octets, (byte) 0);
  }

  /** How the keys are protected, for status. */
  String sealed(long issue) throws IOException {
    return seal.shown(folder(issue).resolve(ML_DSA));
  }

  /**
   * Removes the signing keys of all identities before, and the X-Wing keys but for that of the
   * predecessor: it opens what is on its way. One that was given up leaves nothing.
   */
  private Optional<XWing> retire(IdentityFile shown) throws IOException {
    Optional<XWing> kept = Optional.empty();
    for (long issue : issues()) {
      Path folder = folder(issue);
      if (issue == shown.issue() - 1 && !shown.before().isEmpty()) {
        OwnerOnlyFile.wipe(folder.resolve(ML_DSA));
        OwnerOnlyFile.wipe(folder.resolve(ED25519));
        kept = Optional.of(new XWing(seed(folder, X_WING)));
      } else if (issue < shown.issue()) {
        if (Files.exists(folder.resolve(REVOKED))) {
          Files.move(folder.resolve(REVOKED), kept(issue), StandardCopyOption.ATOMIC_MOVE);
          OwnerOnlyFile.forceFolder(folder());
        }
        delete(folder);
      }
    }
    return kept;
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (Files.isDirectory(file)) {
          Files.delete(file);
        } else {
          OwnerOnlyFile.wipe(file);
        }
      }
    }
  }
}
