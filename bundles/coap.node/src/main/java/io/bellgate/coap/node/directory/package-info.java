/** The CoRE Resource Directory (RFC 9176): what nodes serve, for others to look up. */
package io.bellgate.coap.node.directory;
