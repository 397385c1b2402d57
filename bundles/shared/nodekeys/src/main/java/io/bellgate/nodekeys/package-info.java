/**
 * How the keys of a node are derived, and what a node and its gateway say for it: pure functions
 * and values, for both ends. No bundle: compiled into each that wants it.
 */
package io.bellgate.nodekeys;
