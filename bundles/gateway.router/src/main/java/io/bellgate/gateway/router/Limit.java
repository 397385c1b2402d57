package io.bellgate.gateway.router;

/**
 * How much a table may hold; what comes after is answered busy.
 *
 * @param messages entries
 * @param octets of memory, about; the last message may go over it
 */
record Limit(int messages, long octets) {
  boolean reached(Table<?> table) {
    return table.size() >= messages || table.heldOctets() >= octets;
  }
}
