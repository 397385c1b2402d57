/** The pools of two sites talk: hellos, leases, give-aways. */
package io.bellgate.keys.pool.peers;
