package io.bellgate.keys.pqc.identity;

/**
 * This site's identity.
 *
 * @param keys private keys; whoever replaces the identity closes them
 * @param file what is shown of it
 */
record OwnIdentity(OwnKeys keys, IdentityFile file) {}
