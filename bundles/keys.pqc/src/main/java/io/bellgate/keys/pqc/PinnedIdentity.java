package io.bellgate.keys.pqc;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.SiteIdentity;
import io.bellgate.api.ops.Gone;
import io.bellgate.api.ops.StatusSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * <p>{@code secrets/identity.seed} is the key and {@code secrets/identity.der} the certificate;
 * both are written once. Without random bits {@link #sign} answers {@link Gone}, and so does {@link
 * #certificate} until the identity exists.
 *
 * <p>One lock: this object's monitor guards making and loading the identity.
 */
@Component(
    service = {SiteIdentity.class, StatusSource.class},
    immediate = true,
    configurationPid = "io.bellgate.keys.pqc",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = StatusSource.SECTION + "=identity")
@Designate(ocd = Configuration.class)
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.entropy.RandomBits)",
    effective = "active")
public final class PinnedIdentity implements SiteIdentity, StatusSource {
  private static final System.Logger LOG = System.getLogger(PinnedIdentity.class.getName());

  private volatile RandomBits random;
  private volatile Places places;
  private volatile TrustedIdentities trusted;
  private volatile Own own;

  /** The identity itself. */
  private record Own(SigningKey key, PublicIdentity shown) {}

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
  void activate(BundleContext context, Configuration configuration) {
    start(Places.of(configuration, context));
  }

  @Modified
  void modified(BundleContext context, Configuration configuration) {
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
      own();
    } catch (Gone later) {
      LOG.log(Level.INFO, "the identity waits for random bits: site={0}", places.site());
    }
  }

  private Own own() {
    Own now = own;
    return now != null ? now : load();
  }

  private synchronized Own load() {
    if (own == null) {
      try {
        own = read();
      } catch (IOException failed) {
        throw new UncheckedIOException(
            "the site's identity cannot be read or written: " + failed.getMessage(), failed);
      }
      LOG.log(
          Level.INFO,
          "identity: site={0} fingerprint={1}",
          places.site(),
          own.shown().fingerprint());
    }
    return own;
  }

  private Own read() throws IOException {
    Path seedFile = places.secrets().resolve("identity.seed");
    Path certificateFile = places.secrets().resolve("identity.der");
    if (!Files.exists(seedFile)) {
      if (Files.exists(certificateFile)) {
        throw new IOException(
            "an identity has its seed beside its certificate: missing="
                + seedFile
                + "; restore it, or remove identity.der and give peers a new identity");
      }
      try (Secret seed = bits().draw(SigningKey.SEED_OCTETS)) {
        byte[] octets = seed.lend(byte[]::clone);
        OwnerOnlyFile.write(seedFile, octets);
        java.util.Arrays.fill(octets, (byte) 0);
      }
    }
    SigningKey key;
    try (Secret seed = Secret.absorb(OwnerOnlyFile.read(seedFile))) {
      key = new SigningKey(seed);
    }
    if (!Files.exists(certificateFile)) {
      byte[] made = SelfSigned.certificate(places.site(), key, bits());
      OwnerOnlyFile.write(certificateFile, made);
    }
    return new Own(key, show(Files.readAllBytes(certificateFile)));
  }

  /** Checks the own certificate and exports it. */
  private PublicIdentity show(byte[] certificate) throws IOException {
    String named = SelfSigned.siteOf(certificate);
    if (!named.equals(places.site())) {
      throw new IOException(
          "an identity belongs to one site: named="
              + named
              + " site="
              + places.site()
              + "; use that site ID, or remove the files identity.* in "
              + places.secrets());
    }
    PublicIdentity shown = new PublicIdentity(named, certificate);
    byte[] json = shown.json().getBytes(StandardCharsets.UTF_8);
    Path file = places.exported();
    if (!Files.exists(file) || !java.util.Arrays.equals(Files.readAllBytes(file), json)) {
      Files.createDirectories(places.identity());
      Path part = file.resolveSibling(file.getFileName() + ".part");
      Files.write(part, json);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return shown;
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
  public byte[] certificate() {
    return own().shown().certificate().clone();
  }

  @Override
  public byte[] sign(byte[] message) {
    return own().key().sign(message, bits());
  }

  @Override
  public Optional<byte[]> trusted(String peer) {
    return Optional.ofNullable(trusted.now().get(peer)).map(i -> i.certificate().clone());
  }

  @Override
  public Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("site", places.site());
    status.put("algorithm", "ML-DSA-65");
    Own now = own;
    status.put("fingerprint", now == null ? "none yet" : now.shown().fingerprint());
    status.put("publicIdentity", places.exported().toString());
    List<Map<String, Object>> peers = new ArrayList<>();
    trusted.now().values().forEach(p -> peers.add(row(p)));
    status.put("trusted", peers);
    return status;
  }

  private static Map<String, Object> row(PublicIdentity peer) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("site", peer.site());
    row.put("fingerprint", peer.fingerprint());
    return row;
  }
}
