package io.bellgate.gateway.router.protect;

/**
 * How keys are used.
 *
 * @param messages under one key, at most
 * @param seconds that a key is used, at most
 * @param paddingOctets plaintexts under a one-time pad are padded to a multiple of it; rounded up
 *     to a multiple of 32
 */
public record KeyUse(int messages, int seconds, int paddingOctets) {}
