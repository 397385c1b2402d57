/** SIMULATED noise of known min-entropy, with faults on request, for laboratories. */
package io.bellgate.entropy.sim;
