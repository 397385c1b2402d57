/** The gateway as a server of the QRNG Open API. */
package io.bellgate.entropy.remote.server;
