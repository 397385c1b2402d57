/** What the gateway reads of a payload, in each format that nodes send. */
package io.bellgate.coap.node.reading;
