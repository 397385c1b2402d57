/**
 * Noise sources that are character devices: a hardware generator, a quantum card, by their path.
 */
package io.bellgate.entropy.device;
