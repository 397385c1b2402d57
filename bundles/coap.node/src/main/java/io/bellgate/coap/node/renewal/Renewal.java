package io.bellgate.coap.node.renewal;

import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.KeyPool;
import java.util.function.Supplier;

/**
 * What renewing keys takes; each may give null in the gap of a swap.
 *
 * @param random bits
 * @param pool for rotations with its keys
 * @param algorithms for enrolments
 * @param rules of the site
 */
public record Renewal(
    Supplier<RandomBits> random,
    Supplier<KeyPool> pool,
    Supplier<AlgorithmRegistry> algorithms,
    Rules rules) {}
