/** The security contexts of nodes under OSCORE, and what they must not forget. */
package io.bellgate.coap.node.contexts;
