/**
 * The algorithm registry: which algorithm of which provider is used now, gated by known answers;
 * the command {@code crypto} and the inventory.
 */
package io.bellgate.keys.pqc.registry;
