/**
 * A node's end of CoAP: without protection, under DTLS, under OSCORE. No bundle: compiled into what
 * is a node, or tests as one.
 */
package io.bellgate.nodeline;
