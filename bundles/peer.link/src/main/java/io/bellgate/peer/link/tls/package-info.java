/** TLS 1.3 between two gateways: handshakes, keys, signatures. Knows nothing of frames. */
package io.bellgate.peer.link.tls;
