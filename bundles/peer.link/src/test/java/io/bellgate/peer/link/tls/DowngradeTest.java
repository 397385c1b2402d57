package io.bellgate.peer.link.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.keys.SiteIdentity;
import io.bellgate.api.peer.PeerSession.Level;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.Vector;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsServerCertificate;
import org.junit.jupiter.api.Test;

/**
 * What somebody in between, or a peer gone bad, may try to get a weaker channel: every cell of the
 * table in docs/peer-channel.md. Refused with a reason, and nothing is used up at the responder.
 */
class DowngradeTest {
  private static final String KEY = "00000000-0000-0000-0000-000000000001:0:32";
  private static final String OTHER_KEY = "00000000-0000-0000-0000-000000000001:64:32";

  private final Throwaway alice = new Throwaway("alice");
  private final Throwaway bob = new Throwaway("bob");
  private final Throwaway carol = new Throwaway("carol");
  private final Stock stock = new Stock();

  DowngradeTest() {
    Throwaway.trust(alice, bob);
    Throwaway.trust(alice, carol);
    Throwaway.trust(bob, carol);
  }

  /** Keys of the responder that remember what was done to them. */
  private static final class Stock implements PreSharedKeys {
    final Set<String> left = new HashSet<>(Set.of(KEY, OTHER_KEY));
    final Set<String> reserved = new HashSet<>();
    int misses;

    @Override
    public Optional<Held> find(KeyName name) {
      if (!left.contains(name.key()) || !reserved.add(name.key())) {
        return Optional.empty();
      }
      return Optional.of(
          new Held() {
            private final Secret secret = DowngradeTest.secret(name.key());

            @Override
            public Secret secret() {
              return secret;
            }

            @Override
            public Level level() {
              return Level.QKD_PQC;
            }

            @Override
            public String origin() {
              return "QKD";
            }

            @Override
            public void commit() {
              left.remove(name.key());
              secret.destroy();
            }

            @Override
            public void close() {
              reserved.remove(name.key());
              secret.destroy();
            }
          });
    }

    @Override
    public void missed() {
      misses++;
    }

    void untouched() {
      assertEquals(Set.of(KEY, OTHER_KEY), left, "nothing was used up");
      assertEquals(Set.of(), reserved, "nothing is held back");
    }
  }

  private static Secret secret(String key) {
    return Secret.absorb(Binding.sha256(key.getBytes(StandardCharsets.US_ASCII)));
  }

  private static Terms terms(SiteIdentity identity, long epoch) {
    return new Terms(identity, new FakeRegistry(), new Bits(), Group.X25519MLKEM768, epoch, 2);
  }

  private static Crypto crypto() {
    return new Crypto(new Bits(), new FakeRegistry().require("AES-256-GCM", null).provider());
  }

  private static KeyName name(String from, String to, long epoch, String key) {
    return new KeyName(KeyName.QKD, "X25519MLKEM768", from, to, epoch, key);
  }

  private Initiator dialling(KeyName name) {
    return new Initiator(
        terms(alice, 5),
        crypto(),
        bob.own(),
        Optional.of(new Offer(name, secret(name.key()), Level.QKD_PQC, "QKD")));
  }

  private Initiator dialling() {
    return dialling(name("alice", "bob", 5, KEY));
  }

  private Initiator certifying() {
    return new Initiator(terms(alice, 5), crypto(), bob.own(), Optional.empty());
  }

  private Responder answering(SiteIdentity identity) {
    return new Responder(terms(identity, 5), crypto(), List.of("alice", "carol"), stock);
  }

  /** The responder refuses, for that reason, and nothing has changed there. */
  private void refusedByResponder(Initiator one, Pump.Between between, String why) {
    Responder other = answering(bob);
    Pump pump = new Pump(between).run(one, other);
    assertNull(other.agreed());
    assertNotNull(pump.serverFailure);
    assertTrue(
        other.refusal().orElse(pump.serverFailure.toString()).contains(why),
        () -> other.refusal() + " " + pump.serverFailure);
    other.close();
    one.close();
    stock.untouched();
  }

  private void refusedByInitiator(
      Initiator one, Responder other, Pump.Between between, String why) {
    Pump pump = new Pump(between).run(one, other);
    assertNull(one.agreed());
    assertNull(other.agreed());
    assertNotNull(pump.clientFailure);
    assertTrue(
        one.refusal().orElse(pump.clientFailure.toString()).contains(why),
        () -> one.refusal() + " " + pump.clientFailure);
    other.close();
    one.close();
    stock.untouched();
  }

  @Test
  void goesThroughWhenNobodyInterferes() {
    Initiator one = dialling();
    Responder other = answering(bob);
    Pump pump = new Pump(Pump.HONEST).run(one, other);
    assertNull(pump.clientFailure);
    assertEquals("alice", other.agreed().peer().site());
    assertEquals(Level.QKD_PQC, one.agreed().level());
    assertTrue(one.agreed().successor().matches(other.agreed().successor()));
    other.close();
    assertEquals(Set.of(OTHER_KEY), stock.left, "the one key is used up");
    assertEquals(0, stock.misses);
    Initiator first = certifying();
    Responder second = answering(bob);
    new Pump(Pump.HONEST).run(first, second);
    assertEquals(Level.PQC, second.agreed().level());
  }

  /** Takes the last extension, which is the pre-shared key, out of a ClientHello. */
  private static byte[] strip(byte[] hello) {
    ByteBuffer in = ByteBuffer.wrap(hello);
    int at = 5 + 4 + 2 + 32;
    at += 1 + hello[at];
    at += 2 + in.getShort(at);
    at += 1 + hello[at];
    int extensions = at;
    at += 2;
    while (in.getShort(at) != 41) {
      at += 4 + in.getShort(at + 2);
    }
    byte[] rest = Arrays.copyOf(hello, at);
    ByteBuffer out = ByteBuffer.wrap(rest);
    out.putShort(3, (short) (at - 5));
    out.putShort(7, (short) (at - 9));
    out.putShort(extensions, (short) (at - extensions - 2));
    return rest;
  }

  @Test
  void pskStripped() {
    refusedByInitiator(
        dialling(),
        answering(bob),
        (to, from, octets) -> to && from == 0 ? strip(octets) : octets,
        "BG-PEER-009");
  }

  @Test
  void pskIgnoredByAPeerThatShowsItsCertificate() {
    Initiator one = dialling();
    Responder other =
        new Responder(terms(bob, 5), crypto(), List.of("alice"), stock) {
          @Override
          @SuppressWarnings("rawtypes") // the library's signature
          public org.bouncycastle.tls.TlsPSKExternal getExternalPSK(Vector identities) {
            return null;
          }
        };
    refusedByInitiator(one, other, Pump.HONEST, "BG-PEER-009");
  }

  /** Speaks TLS 1.3 in the classical group alone. */
  private static final class Classical extends DefaultTlsClient {
    Classical() {
      super(crypto());
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
      return ProtocolVersion.TLSv13.only();
    }

    @Override
    @SuppressWarnings("rawtypes") // the library's signature
    protected Vector getSupportedGroups(Vector roles) {
      return new Vector<>(List.of(NamedGroup.x25519));
    }

    @Override
    @SuppressWarnings("rawtypes") // the library's signature
    public Vector getEarlyKeyShareGroups() {
      return new Vector<>(List.of(NamedGroup.x25519));
    }

    @Override
    @SuppressWarnings("rawtypes") // the library's signature
    protected Vector getSupportedSignatureAlgorithms() {
      return Credentials.ML_DSA_65;
    }

    @Override
    @SuppressWarnings("rawtypes") // the library's signature
    protected Vector getProtocolNames() {
      return new Vector<>(
          List.of(org.bouncycastle.tls.ProtocolName.asUtf8Encoding(Terms.protocol(2))));
    }

    @Override
    public TlsAuthentication getAuthentication() {
      return new TlsAuthentication() {
        @Override
        public void notifyServerCertificate(TlsServerCertificate certificate) {}

        @Override
        public TlsCredentials getClientCredentials(CertificateRequest request) {
          return null;
        }
      };
    }
  }

  /** No list of protocols, and one that is there and empty (which RFC 7301 forbids). */
  @Test
  void noProtocolOffered() {
    for (boolean list : new boolean[] {false, true}) {
      for (boolean key : new boolean[] {false, true}) {
        refusedByResponder(withoutProtocol(list, key), Pump.HONEST, "BG-PEER-012");
      }
    }
  }

  private Initiator withoutProtocol(boolean list, boolean key) {
    Optional<Offer> offer =
        Optional.of(new Offer(name("alice", "bob", 5, KEY), secret(KEY), Level.QKD_PQC, "QKD"))
            .filter(o -> key);
    return new Initiator(terms(alice, 5), crypto(), bob.own(), offer) {
      @Override
      @SuppressWarnings({"rawtypes", "unchecked"}) // the library's signature
      public Hashtable getClientExtensions() throws IOException {
        Hashtable extensions = super.getClientExtensions();
        extensions.remove(TlsExtensionsUtils.EXT_application_layer_protocol_negotiation);
        if (list) {
          extensions.put(
              TlsExtensionsUtils.EXT_application_layer_protocol_negotiation, new byte[2]);
        }
        return extensions;
      }
    };
  }

  @Test
  void x25519AloneOffered() {
    Responder other = answering(bob);
    Pump pump = new Pump(Pump.HONEST).run(new Classical(), other);
    assertTrue(pump.serverFailure.toString().contains("handshake_failure"));
    assertNull(other.agreed());
    stock.untouched();
  }

  @Test
  void x25519AloneWritten() {
    refusedByResponder(
        certifying(),
        (to, from, octets) -> to && from == 0 ? replaced(octets, 0x11EC, 0x001D) : octets,
        "TlsFatalAlert");
  }

  /** Every occurrence of a number in two octets. */
  private static byte[] replaced(byte[] octets, int number, int by) {
    byte[] changed = octets.clone();
    ByteBuffer all = ByteBuffer.wrap(changed);
    for (int i = 0; i + 1 < changed.length; i++) {
      if ((all.getShort(i) & 0xffff) == number) {
        all.putShort(i, (short) by);
      }
    }
    return changed;
  }

  private static byte[] replaced(byte[] octets, String text, String by) {
    String all = new String(octets, StandardCharsets.ISO_8859_1);
    assertTrue(all.contains(text), "the name is in clear text");
    return all.replace(text, by).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Pump.Between renaming(String text, String by) {
    return (to, from, octets) -> to && from == 0 ? replaced(octets, text, by) : octets;
  }

  @Test
  void clientHelloReplayed() throws IOException {
    Pump pump = new Pump(Pump.HONEST).run(dialling(), answering(bob));
    byte[] all = pump.toServer.toByteArray();
    byte[] hello = Arrays.copyOf(all, 5 + ByteBuffer.wrap(all).getShort(3));
    assertEquals(Set.of(OTHER_KEY), stock.left);
    stock.reserved.clear();
    replay(hello, "BG-PEER-010");
    stock.left.add(KEY); // as if the first had not got through: the binder is right, then
    replay(hello, "");
    stock.untouched();
  }

  private void replay(byte[] hello, String why) {
    Responder again = answering(bob);
    org.bouncycastle.tls.TlsServerProtocol server = new org.bouncycastle.tls.TlsServerProtocol();
    try {
      server.accept(again);
      server.offerInput(hello);
    } catch (IOException e) {
      assertFalse(why.isEmpty());
    }
    try {
      server.closeInput();
    } catch (IOException e) {
      // inside the handshake
    }
    assertNull(again.agreed());
    assertTrue(again.refusal().orElse("").startsWith(why));
    again.close();
  }

  @Test
  void identitiesSwapped() {
    refusedByResponder(dialling(name("bob", "alice", 5, KEY)), Pump.HONEST, "BG-PEER-010");
    refusedByResponder(dialling(name("carol", "bob", 5, KEY)), Pump.HONEST, "BG-PEER-010");
    refusedByResponder(
        dialling(), renaming(" alice bob ", " carol bob "), "does not prove that the peer has it");
    refusedByInitiator(certifying(), answering(carol), Pump.HONEST, "BG-PEER-002");
  }

  @Test
  void identityReplacedAtOneEnd() {
    bob.trusted.put("alice", new Throwaway("alice").own());
    refusedByResponder(dialling(), Pump.HONEST, "does not prove that the peer has it");
    bob.trusted.remove("alice");
    refusedByResponder(dialling(), Pump.HONEST, "BG-PEER-001");
  }

  @Test
  void reflection() {
    refusedByInitiator(dialling(), answering(alice), Pump.HONEST, "unknown_psk_identity");
    refusedByInitiator(certifying(), answering(alice), Pump.HONEST, "BG-PEER-002");
    Initiator one = certifying();
    Responder other = answering(bob);
    new Pump(Pump.HONEST).run(one, other);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    byte[] own = Binding.signed(true, alice.own(), bob.own(), one.agreed().signer());
    byte[] signature = alice.sign(SiteIdentity.Family.ED25519, own);
    assertUnproved(signature, one.agreed(), sent);
    stock.untouched();
  }

  private void assertUnproved(byte[] theirs, Agreed agreed, ByteArrayOutputStream sent) {
    String why = "";
    try {
      Signatures.exchange(
          terms(alice, 5),
          agreed,
          true,
          new DataInputStream(new ByteArrayInputStream(theirs)),
          sent);
    } catch (IOException e) {
      why = e.getMessage();
    }
    assertTrue(why.contains("BG-PEER-011"), why);
  }

  @Test
  void truncation() {
    Pump whole = new Pump(Pump.HONEST).run(dialling(), answering(bob));
    int toServer = whole.toServer.size();
    int toClient = whole.toClient.size();
    stock.left.add(KEY);
    stock.reserved.clear();
    for (int cut = 0; cut < toServer + toClient; cut += 7) {
      boolean up = cut < toServer;
      int at = up ? cut : cut - toServer;
      Initiator one = dialling();
      Responder other = answering(bob);
      Pump pump =
          new Pump(
              (to, from, octets) ->
                  to != up
                      ? octets
                      : Arrays.copyOf(octets, Math.max(0, Math.min(octets.length, at - from))));
      pump.run(one, other).hangUp();
      assertNull(other.agreed(), "cut=" + cut);
      other.close();
      one.close();
      stock.untouched();
    }
  }

  @Test
  void keyIdChanged() {
    refusedByResponder(
        dialling(), renaming(KEY, KEY.replace(":0:", ":8:")), "no such pre-shared key");
    refusedByResponder(
        dialling(name("alice", "bob", 5, OTHER_KEY)),
        renaming("0001:64:32", "0001:00:32"),
        "BG-PEER-010");
    stock.left.add("00000000-0000-0000-0000-000000000001:96:32");
    Initiator one = dialling(name("alice", "bob", 5, OTHER_KEY));
    Responder other = answering(bob);
    new Pump(renaming("0001:64:32", "0001:96:32")).run(one, other);
    assertTrue(other.refusal().orElse("").contains("does not prove"), other.refusal()::toString);
    other.close();
    assertEquals(3, stock.left.size());
  }

  @Test
  void policyEpochRolledBack() {
    refusedByResponder(dialling(name("alice", "bob", 4, KEY)), Pump.HONEST, "no earlier policy");
    refusedByResponder(
        dialling(name("alice", "bob", 4, KEY)),
        renaming(" bob 4 ", " bob 5 "),
        "does not prove that the peer has it");
    refusedByResponder(dialling(), renaming(" bob 5 ", " bob 4 "), "no earlier policy");
  }

  @Test
  void anyByteFlippedWithAKey() {
    flip(this::dialling, 1, 1);
  }

  @Test
  void anyByteFlippedWithCertificates() {
    int step = Integer.getInteger("bellgate.flip.step", 97);
    long seed = Long.getLong("bellgate.flip.seed", new SecureRandom().nextInt(1 << 20));
    System.out.println("flips every " + step + " octets, seed=" + seed);
    flip(this::certifying, step, (int) (seed % step) + 1);
  }

  private void flip(java.util.function.Supplier<Initiator> ends, int step, int first) {
    Pump whole = new Pump(Pump.HONEST).run(ends.get(), answering(bob));
    stock.left.add(KEY);
    stock.reserved.clear();
    // a last flight may be shorter by an octet or two next time: signatures are of equal length
    int toServer = whole.toServer.size();
    int total = toServer + whole.toClient.size();
    for (int position = first - 1; position < total; position += step) {
      boolean up = position < toServer;
      int at = up ? position : position - toServer;
      Initiator one = ends.get();
      Responder other = answering(bob);
      Pump pump = new Pump((to, from, octets) -> to == up ? flipped(octets, at - from) : octets);
      pump.run(one, other);
      String where = "octet " + at + (up ? " to the responder" : " to the initiator");
      if (other.agreed() != null) {
        assertTrue(ignored(up ? pump.toServer : pump.toClient, at), where + " was not noticed");
        stock.left.add(KEY);
      }
      pump.hangUp();
      other.close();
      one.close();
      stock.untouched();
    }
  }

  private static byte[] flipped(byte[] octets, int at) {
    byte[] changed = octets.clone();
    if (at >= 0 && at < changed.length) {
      changed[at] ^= 0x55;
    }
    return changed;
  }

  /** The version in the header of a record in clear text, which RFC 9846, 5.1, says to ignore. */
  private static boolean ignored(ByteArrayOutputStream stream, int at) {
    ByteBuffer records = ByteBuffer.wrap(stream.toByteArray());
    int start = 0;
    while (at >= start + 5 + records.getShort(start + 3)) {
      start += 5 + records.getShort(start + 3);
    }
    return records.get(start) != 23 && (at == start + 1 || at == start + 2);
  }

  /** Signs with one key that is not the one in its identity. */
  private record HalfForged(Throwaway real, Family forged, Throwaway forger)
      implements SiteIdentity {
    @Override
    public String site() {
      return real.site();
    }

    @Override
    public PublicIdentity own() {
      return real.own();
    }

    @Override
    public byte[] sign(Family family, byte[] message) {
      return (family == forged ? forger : real).sign(family, message);
    }

    @Override
    public Optional<PublicIdentity> trusted(String peer) {
      return real.trusted(peer);
    }
  }

  @Test
  void firstSignatureMissing() {
    HalfForged forged = new HalfForged(bob, SiteIdentity.Family.ML_DSA_65, new Throwaway("bob"));
    refusedByInitiator(certifying(), answering(forged), Pump.HONEST, "decrypt_error");
    HalfForged from = new HalfForged(alice, SiteIdentity.Family.ML_DSA_65, new Throwaway("alice"));
    refusedByResponder(
        new Initiator(terms(from, 5), crypto(), bob.own(), Optional.empty()),
        Pump.HONEST,
        "decrypt_error");
  }

  @Test
  void secondSignatureMissing() throws IOException {
    Initiator one = certifying();
    Responder other = answering(bob);
    new Pump(Pump.HONEST).run(one, other);
    Agreed agreed = one.agreed();
    byte[] message = Binding.signed(false, alice.own(), bob.own(), agreed.signer());
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    assertUnproved(new byte[0], agreed, sent);
    assertUnproved(new byte[64], agreed, sent);
    assertUnproved(new Throwaway("bob").sign(SiteIdentity.Family.ED25519, message), agreed, sent);
    byte[] elsewhere = Binding.signed(false, alice.own(), bob.own(), new byte[32]);
    assertUnproved(bob.sign(SiteIdentity.Family.ED25519, elsewhere), agreed, sent);
    stock.untouched();
    byte[] right = bob.sign(SiteIdentity.Family.ED25519, message);
    Signatures.exchange(
        terms(alice, 5), agreed, true, new DataInputStream(new ByteArrayInputStream(right)), sent);
  }
}
