/**
 * Noise sources that are asked for octets: web services, a TPM, a PKCS#11 module. Each is offered
 * while it can be reached.
 */
package io.bellgate.entropy.remote;
