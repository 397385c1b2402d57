/** Exchanges that need more than one datagram: blocks, repeated requests; and their hand-over. */
package io.bellgate.coap.node.blocks;
