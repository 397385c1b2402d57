/**
 * Post-quantum key establishment between gateways (ML-KEM-768 with X25519). Bouncy Castle is used
 * through its lightweight API: no provider is registered.
 */
package io.bellgate.keys.pqc;
