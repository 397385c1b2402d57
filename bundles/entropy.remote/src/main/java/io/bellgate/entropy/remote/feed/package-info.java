/** How octets are fetched: web services, a TPM, a PKCS#11 module; knows nothing of services. */
package io.bellgate.entropy.remote.feed;
