/** Random bits from noise sources and the operating system, watched by health tests. */
package io.bellgate.entropy.hub;
