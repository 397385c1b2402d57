/**
 * Identities of sites: an ML-DSA-65 and an Ed25519 key that both sign, and an X-Wing key for what
 * is sealed to a site; how they are kept, exchanged, succeeded and revoked. Bouncy Castle is used
 * through its lightweight API: no provider is registered.
 */
package io.bellgate.keys.pqc.identity;
