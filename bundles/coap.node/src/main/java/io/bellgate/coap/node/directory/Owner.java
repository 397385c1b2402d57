package io.bellgate.coap.node.directory;

/**
 * Who registers.
 *
 * @param name the node that speaks under a key, or the address of an unprotected source
 * @param hasKey which of the two it is
 */
record Owner(String name, boolean hasKey) {}
