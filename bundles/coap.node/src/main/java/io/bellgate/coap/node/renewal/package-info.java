/**
 * How nodes come to other keys, apart from CoAP: by nonces, with keys of the pool, by an enrolment.
 */
package io.bellgate.coap.node.renewal;
