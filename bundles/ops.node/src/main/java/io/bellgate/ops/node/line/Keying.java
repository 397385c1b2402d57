package io.bellgate.ops.node.line;

import io.bellgate.api.bits.Secret;
import io.bellgate.oscore.Aead;
import java.util.function.LongSupplier;

/**
 * Under what a node speaks.
 *
 * @param identity of the key
 * @param key lent until the line is closed
 * @param aead of OSCORE, the gateway's
 * @param numbers of OSCORE: each once under this key
 */
public record Keying(String identity, Secret key, Aead aead, LongSupplier numbers) {}
