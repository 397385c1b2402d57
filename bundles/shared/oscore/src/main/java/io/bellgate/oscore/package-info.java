/**
 * OSCORE (RFC 8613) as a layer of Californium's stack, for both roles. Sources that a bundle
 * compiles into itself as a private package; why not cf-oscore: decision 8.
 */
package io.bellgate.oscore;
