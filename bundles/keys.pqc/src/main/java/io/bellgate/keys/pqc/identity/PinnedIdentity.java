package io.bellgate.keys.pqc.identity;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.AlgorithmRegistry.Use;
import io.bellgate.api.crypto.NotAllowed;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.keys.SiteIdentity;
import io.bellgate.api.keys.TrustListener;
import io.bellgate.api.ops.Gone;
import io.bellgate.api.ops.StatusSource;
import io.bellgate.keys.pqc.registry.TestedAlgorithms;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.osgi.annotation.bundle.Requirement;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;

/**
 * This site's identity, made at its first start, and the identities it trusts.
 *
 * <p>{@code secrets/identity/} keeps the keys. Without random bits {@link #sign} answers {@link
 * Gone}, and so does {@link #own} until the identity exists.
 *
 * <p>One lock: this object's monitor guards making and loading the identity.
 */
@Component(
    service = {SiteIdentity.class, StatusSource.class, PinnedIdentity.class},
    immediate = true,
    configurationPid = "io.bellgate.keys.pqc.identity",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = StatusSource.SECTION + "=identity")
@Designate(ocd = IdentityConfiguration.class)
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.entropy.RandomBits)",
    effective = "active")
public final class PinnedIdentity implements SiteIdentity, StatusSource {
  private static final System.Logger LOG = System.getLogger(PinnedIdentity.class.getName());

  private volatile RandomBits random;
  private volatile Places places;
  private volatile TrustedIdentities trusted;
  private volatile OwnIdentity own;
  private volatile String sealed;
  private volatile String home;
  private volatile IdentityStore store;
  private volatile String problem;

  /** Made by Declarative Services. */
  public PinnedIdentity() {}

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  void bindRandom(RandomBits bits) {
    random = bits;
    if (places != null) {
      tryLoad();
    }
  }

  /** Says whether the two signing algorithms may be used. */
  @Reference TestedAlgorithms algorithms;

  @Reference(
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  volatile List<TrustListener> listeners = List.of();

  void unbindRandom(RandomBits bits) {
    if (random == bits) {
      random = null;
    }
  }

  @Activate
  void activate(BundleContext context, IdentityConfiguration configuration) {
    start(Places.of(configuration, context));
  }

  @Modified
  void modified(BundleContext context, IdentityConfiguration configuration) {
    Places now = Places.of(configuration, context);
    if (!now.equals(places)) {
      start(now);
    }
  }

  synchronized void start(Places where) {
    drop();
    places = where;
    store = new IdentityStore(where, seal(where), this::bits, () -> require(Use.MAKE));
    trusted = new TrustedIdentities(where, this::trustChanged, () -> require(Use.ACCEPT));
    trusted.now();
    tryLoad();
  }

  private void require(Use use) {
    for (Family family : Family.values()) {
      algorithms.requireBouncyCastle(name(family), use);
    }
  }

  private static String name(Family family) {
    return family == Family.ML_DSA_65 ? "ML-DSA-65" : "Ed25519";
  }

  private Seal seal(Places where) {
    return where.token().<Seal>map(t -> new Pkcs11Seal(t, this::bits)).orElse(Seal.FILE);
  }

  private void tryLoad() {
    try {
      identity();
    } catch (Gone later) {
      LOG.log(Level.INFO, "the identity waits for random bits: site={0}", places.site());
    } catch (IllegalStateException unusable) {
      LOG.log(Level.ERROR, unusable.getMessage());
    }
  }

  private OwnIdentity identity() {
    OwnIdentity now = own;
    return now != null ? now : load();
  }

  private synchronized OwnIdentity load() {
    if (own == null) {
      try {
        own = use(store.open());
        problem = null;
      } catch (IOException | NotAllowed failed) {
        problem = failed.getMessage();
        throw new IllegalStateException(
            "the site's identity cannot be read or written: " + failed.getMessage(), failed);
      }
      LOG.log(
          Level.INFO,
          "identity: site={0} fingerprint={1}",
          places.site(),
          own.file().fingerprint());
    }
    return own;
  }

  private OwnIdentity use(OwnIdentity read) throws IOException {
    sealed = store.sealed(read.file().issue());
    home = store.machine().shown();
    export(read.file());
    return read;
  }

  private void export(IdentityFile shown) throws IOException {
    byte[] json = shown.utf8();
    Path file = places.exported();
    if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), json)) {
      Files.createDirectories(places.identity());
      Path part = file.resolveSibling(file.getFileName() + ".part");
      Files.write(part, json);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  RandomBits bits() {
    RandomBits now = random;
    if (now == null) {
      throw new Gone("entropy.hub");
    }
    return now;
  }

  @Override
  public String site() {
    return places.site();
  }

  @Override
  public PublicIdentity own() {
    return identity().file().shown();
  }

  @Override
  public byte[] sign(Family family, byte[] message) {
    algorithms.requireBouncyCastle(name(family), Use.MAKE);
    return identity().keys().sign(family, message, bits());
  }

  @Override
  public Optional<PublicIdentity> trusted(String peer) {
    return Optional.ofNullable(trusted.now().get(peer)).map(IdentityFile::shown);
  }

  /**
   * Lends the seed of an X-Wing key of this site: for what was sealed to it while it was not
   * connected.
   *
   * @param <R> what the function makes of it
   * @param encapsulationKey which: the present one, or that of the identity before
   * @param use is given a copy, 32 octets, which is destroyed afterwards
   * @return what {@code use} returned; empty if this site has no such key, or not any more
   * @throws Gone on the terms of {@link #own}
   * @throws IllegalStateException on the terms of {@link #own}
   */
  public <R> Optional<R> withXWing(byte[] encapsulationKey, Function<Secret, R> use) {
    return identity().withXWing(encapsulationKey, use);
  }

  /**
   * As above.
   *
   * @param <R> what the function makes of it
   * @param which accepts the encapsulation key that is meant
   * @param use as above
   * @return as above
   */
  public <R> Optional<R> withXWing(Predicate<byte[]> which, Function<Secret, R> use) {
    return identity().withXWing(which, use);
  }

  /** Whom this site trusts. */
  TrustedIdentities trusting() {
    return trusted;
  }

  /** What this site shows, on the terms of {@link #own}. */
  IdentityFile file() {
    return identity().file();
  }

  /** What this site shows, if it can. */
  Optional<IdentityFile> known() {
    return Optional.ofNullable(own).map(OwnIdentity::file);
  }

  /** Why there is no identity, or nobody is trusted. */
  Optional<String> problem() {
    return Optional.ofNullable(problem).or(() -> trusted.problem());
  }

  Places places() {
    return places;
  }

  /**
   * Makes the next identity.
   *
   * @param anew true if it succeeds none; then sessions end
   */
  IdentityFile rotate(boolean anew) throws IOException {
    IdentityFile made;
    synchronized (this) {
      Optional<OwnIdentity> before = anew ? Optional.empty() : Optional.of(identity());
      OwnIdentity next = store.next(before);
      drop();
      own = use(next);
      problem = null;
      made = next.file();
    }
    if (anew) {
      trusted.now().keySet().forEach(this::trustChanged);
    }
    return made;
  }

  /** Revokes the own identity, and ends sessions; once it is, gives the same word again. */
  Revocation revokeSelf() throws IOException {
    Revocation word;
    synchronized (this) {
      Optional<Revocation> before = store.revocation();
      if (before.isPresent()) {
        return before.get();
      }
      word = store.revoke(identity());
      drop();
      Files.deleteIfExists(places.exported());
      tryLoad();
    }
    trusted.now().keySet().forEach(this::trustChanged);
    return word;
  }

  /** The last word that an identity of this site is revoked, if there is one. */
  synchronized Optional<Revocation> lastRevocation() throws IOException {
    return store.lastRevocation();
  }

  /** Makes the identity at home on this machine. */
  synchronized IdentityFile adopt() throws IOException {
    store.machine().adopt();
    return identity().file();
  }

  @Deactivate
  synchronized void drop() {
    OwnIdentity before = own;
    own = null;
    if (before != null) {
      before.close();
    }
  }

  private void trustChanged(String peer) {
    LOG.log(Level.INFO, "the trust in a peer changed: peer={0}", peer);
    for (TrustListener listener : listeners) {
      try {
        listener.trustChanged(peer);
      } catch (RuntimeException wrong) {
        LOG.log(Level.ERROR, "a listener of trust failed: peer=" + peer, wrong);
      }
    }
  }

  @Override
  public Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("site", places.site());
    status.put("algorithms", List.of("ML-DSA-65", "Ed25519", "X-Wing"));
    OwnIdentity now = own;
    status.put("fingerprint", now == null ? "none yet" : now.file().fingerprint().toString());
    if (now != null) {
      status.put("issue", now.file().issue());
      status.put("sealed", sealed);
      status.put("machine", home);
    }
    status.put("publicIdentity", places.exported().toString());
    List<Map<String, Object>> peers = new ArrayList<>();
    trusted.now().values().forEach(p -> peers.add(row(p)));
    status.put("trusted", peers);
    List<String> problems = new ArrayList<>();
    Optional.ofNullable(problem).ifPresent(problems::add);
    trusted.problem().ifPresent(problems::add);
    if (!problems.isEmpty()) {
      status.put("problems", problems);
    }
    return status;
  }

  private static Map<String, Object> row(IdentityFile peer) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("site", peer.site());
    row.put("fingerprint", peer.fingerprint().toString());
    row.put("issue", peer.issue());
    return row;
  }
}
