package io.bellgate.peer.link.tls;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.peer.PeerSession;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.TlsContext;

/**
 * What a handshake came to, read when both Finished were verified.
 *
 * @param peer the identity of the other end
 * @param version of the protocol inside
 * @param level what it rests on
 * @param origin of the pre-shared key; empty if there was none
 * @param group its group
 * @param signer exporter (RFC 9846, 7.5) for the signatures inside
 * @param successor exporter for pre-shared keys of further connections; the owner destroys it
 */
record Agreed(
    PublicIdentity peer,
    int version,
    PeerSession.Level level,
    String origin,
    Group group,
    byte[] signer,
    Secret successor) {
  private static final String SIGNER = "EXPORTER-bellgate-peer-2-signature";
  private static final String SUCCESSOR = "EXPORTER-bellgate-peer-2-successor";

  static Agreed of(
      TlsContext context,
      PublicIdentity peer,
      PeerSession.Level level,
      String origin,
      Group group) {
    return new Agreed(
        peer,
        version(context),
        level,
        origin,
        group,
        context.exportKeyingMaterial(SIGNER, new byte[0], 32),
        Secret.absorb(context.exportKeyingMaterial(SUCCESSOR, new byte[0], Binding.PSK_OCTETS)));
  }

  /** The version that was agreed; a peer that names none speaks the first. */
  static int version(TlsContext context) {
    ProtocolName name = context.getSecurityParametersConnection().getApplicationProtocol();
    return name != null && name.getUtf8Decoding().equals(Terms.protocol(Terms.VERSION))
        ? Terms.VERSION
        : 1;
  }

  boolean preShared() {
    return !origin.isEmpty();
  }

  List<String> algorithms() {
    List<String> names = new ArrayList<>(List.of(group.standardName(), "AES-256-GCM"));
    if (!preShared()) {
      names.add("ML-DSA-65");
      if (version > 1) {
        names.add("Ed25519");
      }
    }
    return names;
  }

  String describe() {
    String proof =
        preShared()
            ? "pre-shared " + origin
            : version > 1 ? "ML-DSA-65 and Ed25519 both ways" : "ML-DSA-65 both ways";
    return "TLS 1.3, " + group.standardName() + ", AES-256-GCM-SHA384, " + proof;
  }
}
