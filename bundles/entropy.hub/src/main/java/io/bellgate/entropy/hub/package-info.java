/** Random bits from the operating system, watched by health tests. */
package io.bellgate.entropy.hub;
