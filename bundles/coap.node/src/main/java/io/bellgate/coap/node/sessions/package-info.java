/** DTLS sessions that outlive a power cut. */
package io.bellgate.coap.node.sessions;
