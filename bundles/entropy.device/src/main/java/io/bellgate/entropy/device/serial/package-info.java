/**
 * Noise sources on serial lines: a terminal line set raw, and what each kind of device says on it.
 */
package io.bellgate.entropy.device.serial;
