/** The nodes that have keys, and the keys. */
package io.bellgate.coap.node.keys;
