package io.bellgate.peer.link.tls;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.peer.PeerSession;

/**
 * A pre-shared key that the dialling end offers.
 *
 * @param name goes over the wire
 * @param secret the key itself, 32 octets or more; the handshake destroys it
 * @param level what a channel with it rests on
 * @param origin of the key, for status
 */
public record Offer(KeyName name, Secret secret, PeerSession.Level level, String origin) {}
