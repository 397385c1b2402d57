package io.bellgate.keys.pqc.identity;

import io.bellgate.api.crypto.NotAllowed;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The identities in the trust folders, but for those that must not be trusted again. They are read
 * again when names, sizes or times of the files have changed. Of two files for one site the
 * successor counts; two that know nothing of each other cancel each other out.
 *
 * <p>One lock: this object's monitor; the listener is called without it.
 */
final class TrustedIdentities {
  private static final System.Logger LOG = System.getLogger(TrustedIdentities.class.getName());

  private final Places places;
  private final Consumer<String> changed;
  private final Runnable mayAccept;
  private List<String> seen;
  private Map<String, IdentityFile> trusted = Map.of();
  private KnownIdentities known;
  private String problem;

  /** How a new identity stands to what is trusted. */
  enum Standing {
    /** It is trusted already. */
    SAME,
    /** The site had none. */
    NEW,
    /** The one that is trusted says so itself. */
    SUCCESSOR,
    /** The site has another, or had one that was revoked. */
    OTHER
  }

  /**
   * Names the folders; they need not exist.
   *
   * @param changed is told the site whose identity changed, after the first reading
   * @param mayAccept throws if signatures of identities may not be relied on now
   */
  TrustedIdentities(Places places, Consumer<String> changed, Runnable mayAccept) {
    this.mayAccept = mayAccept;
    this.places = places;
    this.changed = changed;
  }

  /** Site ID to identity, sorted. */
  Map<String, IdentityFile> now() {
    Set<String> different = new TreeSet<>();
    Map<String, IdentityFile> now;
    synchronized (this) {
      List<String> state = new ArrayList<>();
      List<Path> files = files(state);
      if (!state.equals(seen)) {
        Map<String, IdentityFile> before = trusted;
        trusted = readAll(files);
        if (seen != null) {
          different.addAll(before.keySet());
          different.addAll(trusted.keySet());
          different.removeIf(s -> sameKeys(before.get(s), trusted.get(s)));
        }
        seen = problem == null ? state : List.of("failed"); // and is read again
      }
      now = trusted;
    }
    different.forEach(changed);
    return now;
  }

  private static boolean sameKeys(IdentityFile one, IdentityFile other) {
    return Objects.equals(one == null ? null : one.shown(), other == null ? null : other.shown());
  }

  private List<Path> files(List<String> state) {
    List<Path> files = new ArrayList<>();
    for (Path folder : places.trust()) {
      if (!Files.isDirectory(folder)) {
        continue;
      }
      try (DirectoryStream<Path> found =
          Files.newDirectoryStream(folder, "*" + IdentityFile.SUFFIX)) {
        for (Path file : found) {
          files.add(file);
          state.add(file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file));
        }
      } catch (IOException unreadable) {
        LOG.log(Level.WARNING, "a trust folder cannot be read: folder=" + folder, unreadable);
      }
    }
    files.sort(null);
    state.sort(null);
    return files;
  }

  private Map<String, IdentityFile> readAll(List<Path> files) {
    Map<String, IdentityFile> identities = new TreeMap<>();
    try {
      Set<String> contradicted = new TreeSet<>();
      for (Path file : files) {
        read(file).ifPresent(found -> add(identities, contradicted, file, found));
      }
      identities.keySet().removeAll(contradicted);
      for (IdentityFile each : identities.values()) {
        known().trusted(each);
      }
      problem = null;
      return identities;
    } catch (IOException unknown) {
      problem = unknown.getMessage();
      known = null;
      LOG.log(Level.ERROR, "nobody is trusted: " + problem);
      return Map.of();
    }
  }

  private Optional<IdentityFile> read(Path file) throws IOException {
    KnownIdentities state = known();
    try {
      IdentityFile found = IdentityFile.read(file);
      if (found.site().equals(places.site())) {
        return Optional.empty();
      }
      Optional<String> refusal = state.refusal(found);
      if (refusal.isEmpty() && !state.knows(found)) {
        refusal = mayNotAccept();
      }
      if (refusal.isEmpty()) {
        return Optional.of(found);
      }
      LOG.log(Level.WARNING, "not trusted: file=" + file + " " + refusal.get());
    } catch (IOException | IllegalArgumentException malformed) {
      LOG.log(
          Level.WARNING, "not a trusted identity: file=" + file + " why=" + malformed.getMessage());
    }
    return Optional.empty();
  }

  /** Why the signatures of an identity that was never trusted count for nothing now. */
  private Optional<String> mayNotAccept() {
    try {
      mayAccept.run();
      return Optional.empty();
    } catch (NotAllowed refused) {
      return Optional.of(refused.getMessage());
    }
  }

  private static void add(
      Map<String, IdentityFile> identities, Set<String> contradicted, Path file, IdentityFile it) {
    IdentityFile other = identities.get(it.site());
    if (other == null || it.succeeds(other.shown())) {
      identities.put(it.site(), it);
    } else if (!other.shown().equals(it.shown()) && !other.succeeds(it.shown())) {
      contradicted.add(it.site());
      LOG.log(
          Level.WARNING,
          "two files show different identities, neither is trusted: site="
              + it.site()
              + " file="
              + file
              + "; remove the wrong one");
    }
  }

  private KnownIdentities known() throws IOException {
    if (known == null) {
      known = KnownIdentities.open(places.known());
    }
    return known;
  }

  /** Why nobody is trusted; empty if all is well. */
  synchronized Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /**
   * How an identity stands to what is trusted.
   *
   * @throws IllegalArgumentException if it must not be trusted
   */
  Standing standing(IdentityFile identity) throws IOException {
    mayAccept.run();
    if (identity.site().equals(places.site())) {
      throw new IllegalArgumentException(
          "BG-IDENT-005 a site is not its own peer: site=" + identity.site());
    }
    IdentityFile before = now().get(identity.site());
    synchronized (this) {
      Optional<String> refusal = known().refusal(identity);
      if (refusal.isPresent()) {
        throw new IllegalArgumentException(refusal.get());
      }
      if (before == null) {
        return known().revokedBefore(identity.site()) ? Standing.OTHER : Standing.NEW;
      }
    }
    if (sameKeys(before, identity)) {
      return Standing.SAME;
    }
    return identity.succeeds(before.shown()) ? Standing.SUCCESSOR : Standing.OTHER;
  }

  /**
   * Trusts an identity from now on, in place of any other of that site.
   *
   * @throws IllegalArgumentException if a file in another folder contradicts
   */
  void trust(IdentityFile identity) throws IOException {
    mayAccept.run();
    synchronized (this) {
      Optional<String> refusal = known().refusal(identity); // of what came since it was compared
      if (refusal.isPresent()) {
        throw new IllegalArgumentException(refusal.get());
      }
      remember(() -> known().trusted(identity));
      Path folder = places.trust().get(0);
      Path file = folder.resolve(identity.site() + IdentityFile.SUFFIX);
      OwnerOnlyFile.write(file, identity.utf8());
      removeOthers(folder, file, identity.site());
    }
    if (!sameKeys(now().get(identity.site()), identity)) {
      throw new IllegalArgumentException(
          "BG-IDENT-009 another file shows another identity of the site, neither is trusted: site="
              + identity.site()
              + " folders="
              + places.trust()
              + "; remove the wrong one");
    }
  }

  private static void removeOthers(Path folder, Path kept, String site) throws IOException {
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(folder, "*" + IdentityFile.SUFFIX)) {
      for (Path file : found) {
        if (!file.equals(kept) && isOf(file, site)) {
          Files.delete(file);
        }
      }
    }
  }

  private static boolean isOf(Path file, String site) throws IOException {
    try {
      return IdentityFile.read(file).site().equals(site);
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  /**
   * Trusts a peer's identity no more, nor any before it, by this site's own decision.
   *
   * @return which; empty if none was trusted
   */
  Optional<IdentityFile> revoke(String site) throws IOException {
    IdentityFile it = now().get(site);
    if (it == null) {
      return Optional.empty();
    }
    revoke(it, true, "this site revoked it");
    return Optional.of(it);
  }

  /**
   * Follows the word of an identity's owner.
   *
   * @return whether that site's identity is trusted no more; false if the one that is trusted is
   *     another
   */
  boolean revoke(Revocation revocation) throws IOException {
    IdentityFile of = revocation.identity();
    IdentityFile before = now().get(of.site());
    boolean succeeded = before != null && before.succeeds(of.shown());
    boolean concerned =
        succeeded || before != null && (sameKeys(before, of) || of.succeeds(before.shown()));
    revoke(of, concerned, "its owner revoked it");
    if (succeeded) {
      // who has rotated cannot sign for the one before: somebody else made the successor
      revoke(before, true, "it succeeds one that its owner revoked");
    }
    return concerned;
  }

  /** A change of what is known. */
  private interface Change {
    void run() throws IOException;
  }

  /** What could not be written is not known: it is read again. */
  private void remember(Change change) throws IOException {
    try {
      change.run();
    } catch (IOException e) {
      known = null;
      throw e;
    }
  }

  private void revoke(IdentityFile identity, boolean whole, String why) throws IOException {
    synchronized (this) {
      remember(() -> known().revoke(identity, whole, why));
      seen = List.of("revoked");
      if (whole) {
        removeOthers(places.trust().get(0), Path.of(""), identity.site());
      }
    }
    now();
  }
}
