/** What the registry has, for people and for machines: the command {@code crypto}, and the CBOM. */
package io.bellgate.keys.pqc.inventory;
