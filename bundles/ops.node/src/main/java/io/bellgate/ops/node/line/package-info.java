/** How a node reaches its gateway: CoAP without protection, under DTLS, under OSCORE. */
package io.bellgate.ops.node.line;
