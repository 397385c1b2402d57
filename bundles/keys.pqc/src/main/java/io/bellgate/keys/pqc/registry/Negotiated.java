package io.bellgate.keys.pqc.registry;

import java.time.Instant;
import java.util.List;

/**
 * What a connection or an exchange agreed on.
 *
 * @param peer the site at the other end
 * @param protocol for example {@code TLS 1.3}
 * @param algorithms names in the registry
 * @param at when
 */
public record Negotiated(String peer, String protocol, List<String> algorithms, Instant at) {}
