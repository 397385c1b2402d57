/** Commands at the site of their nodes: they arrive, wait, are given to the node, and end. */
package io.bellgate.coap.commands.queue;
