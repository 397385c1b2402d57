/** Objects that are sealed for a peer which is not connected, and the command {@code object}. */
package io.bellgate.keys.pqc.object;
