package io.bellgate.keys.pqc.identity;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.keys.SiteIdentity;
import io.bellgate.api.ops.Gone;
import io.bellgate.api.ops.StatusSource;
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
import org.osgi.annotation.bundle.Requirement;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
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
    service = {SiteIdentity.class, StatusSource.class},
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
    own = null;
    places = where;
    trusted = new TrustedIdentities(where.trust(), where.site());
    tryLoad();
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
        own = read();
        problem = null;
      } catch (IOException failed) {
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

  private OwnIdentity read() throws IOException {
    IdentityStore store = new IdentityStore(places, Seal.FILE, this::bits);
    OwnIdentity read = store.open();
    sealed = store.sealed(read.file().issue());
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

  private RandomBits bits() {
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
    return identity().keys().sign(family, message, bits());
  }

  @Override
  public Optional<PublicIdentity> trusted(String peer) {
    return Optional.ofNullable(trusted.now().get(peer)).map(IdentityFile::shown);
  }

  /**
   * Lends the seed of this site's X-Wing key: for what was sealed to it while it was not connected.
   *
   * @param <R> what the function makes of it
   * @param use is given a copy, 32 octets, which is destroyed afterwards
   * @return what {@code use} returned
   * @throws Gone if there is no identity yet, and no random bits
   */
  public <R> R withXWing(Function<Secret, R> use) {
    return identity().keys().withXWing(use);
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
    }
    status.put("publicIdentity", places.exported().toString());
    List<Map<String, Object>> peers = new ArrayList<>();
    trusted.now().values().forEach(p -> peers.add(row(p)));
    status.put("trusted", peers);
    String why = problem;
    if (why != null) {
      status.put("problems", List.of(why));
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
