package io.bellgate.keys.pqc.object;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.crypto.AlgorithmRegistry.Use;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.keys.SealedObjects;
import io.bellgate.api.keys.SiteIdentity;
import io.bellgate.api.ops.Gone;
import io.bellgate.keys.pqc.identity.BitsRandom;
import io.bellgate.keys.pqc.identity.PinnedIdentity;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.osgi.annotation.bundle.Requirement;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Seals and opens objects with HPKE. Without state; in a gap it answers {@link Gone}. */
@Component(service = {SealedObjects.class, HpkeObjects.class})
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.entropy.RandomBits)",
    effective = "active")
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.keys.KeyPool)",
    effective = "active")
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.crypto.AlgorithmRegistry)",
    effective = "active")
public class HpkeObjects implements SealedObjects {
  private static final byte[] NOT_OPENED = {};

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile KeyPool pool;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile RandomBits random;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile AlgorithmRegistry registry;

  /** Knows the private keys, too. */
  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile PinnedIdentity pinned;

  /** Made by Declarative Services. */
  public HpkeObjects() {}

  /** This site's identity, or null in a gap. */
  SiteIdentity identity() {
    return pinned;
  }

  <R> Optional<R> withXWing(Predicate<byte[]> which, Function<Secret, R> use) {
    return present(pinned, "the site's identity").withXWing(which, use);
  }

  private static <T> T present(T service, String name) {
    if (service == null) {
      throw new Gone(name);
    }
    return service;
  }

  @Override
  public Optional<byte[]> seal(
      String peer, byte[] content, byte[] info, Predicate<KeyOrigin> acceptable) {
    if (content.length > MAX_OCTETS) {
      throw new IllegalArgumentException(
          "BG-OBJECT-002 an object holds 8 MiB at most: octets=" + content.length);
    }
    SiteIdentity own = present(identity(), "the site's identity");
    PublicIdentity to = trusted(own, peer);
    AlgorithmRegistry algorithms = present(registry, "the algorithm registry");
    Hpke hpke = new Hpke(algorithms, Use.MAKE);
    byte[] receiver = hash(algorithms, Use.MAKE, to.xWing());
    BitsRandom bits = new BitsRandom(present(random, "entropy.hub"));
    Optional<Key> taken =
        present(pool, "keys.pool")
            .take(peer, KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, acceptable);
    if (taken.isEmpty()) {
      return Optional.empty();
    }
    Key key = taken.get();
    try (Secret psk = key.secret()) {
      Envelope envelope = new Envelope(own.site(), peer, key.id(), receiver);
      byte[] header = envelope.header();
      Hpke.Terms terms = new Hpke.Terms(psk, envelope.pskId(), Envelope.info(info));
      Hpke.Sealed sealed = hpke.seal(to.xWing(), bits, terms, header, content);
      return Optional.of(Envelope.write(header, sealed));
    }
  }

  @Override
  public void open(byte[] object, byte[] info, Keeper keeper) throws IOException {
    Envelope.Parsed parsed = Envelope.read(object);
    Envelope envelope = parsed.envelope();
    SiteIdentity own = present(identity(), "the site's identity");
    if (!envelope.to().equals(own.site())) {
      throw new IllegalArgumentException(
          "BG-OBJECT-003 this object is for somebody else: to=" + envelope.to());
    }
    trusted(own, envelope.from());
    AlgorithmRegistry algorithms = present(registry, "the algorithm registry");
    Hpke hpke = new Hpke(algorithms, Use.ACCEPT);
    try (KeyPool.Reservation reserved =
        present(pool, "keys.pool")
            .reserve(envelope.from(), envelope.key())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "BG-OBJECT-004 the key of this object is not in the pool: it was opened"
                            + " before, or took longer than keys live: key="
                            + envelope.key()))) {
      Key key = reserved.key();
      Hpke.Terms terms = new Hpke.Terms(key.secret(), envelope.pskId(), Envelope.info(info));
      byte[] content =
          withXWing(
                  k -> MessageDigest.isEqual(hash(algorithms, Use.ACCEPT, k), envelope.receiver()),
                  seed -> opened(hpke, seed, terms, parsed))
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "BG-OBJECT-005 this object was sealed to a key that this site has no"
                              + " more: its identity was rotated since"));
      if (content == NOT_OPENED) {
        throw new IllegalArgumentException(
            "BG-OBJECT-006 this object does not open: it was changed, or sealed with other info");
      }
      keeper.keep(new Opened(envelope.from(), content, key.origin()));
      reserved.commit();
      key.secret().destroy();
    }
  }

  private static byte[] opened(Hpke hpke, Secret seed, Hpke.Terms terms, Envelope.Parsed parsed) {
    try {
      return hpke.open(seed, terms, parsed.header(), parsed.sealed());
    } catch (GeneralSecurityException | IllegalArgumentException refused) {
      return NOT_OPENED;
    }
  }

  private static PublicIdentity trusted(SiteIdentity own, String peer) {
    return own.trusted(peer)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "BG-OBJECT-007 the peer is not trusted: peer="
                        + peer
                        + "; bellgate identity trust FILE"));
  }

  private static byte[] hash(AlgorithmRegistry registry, Use use, byte[] key) {
    Provider provider = registry.require("SHA-256", use).provider();
    try {
      return MessageDigest.getInstance("SHA-256", provider).digest(key);
    } catch (NoSuchAlgorithmException tested) {
      throw new IllegalStateException("SHA-256 passed its self-test and is gone", tested);
    }
  }
}
