/** Who speaks, whether it may, and what is not answered yet. */
package io.bellgate.coap.node.admission;
