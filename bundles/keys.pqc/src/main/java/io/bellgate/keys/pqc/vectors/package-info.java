/**
 * Published test vectors, read from a folder and tried on what this gateway uses. No vector is part
 * of the bundle.
 */
package io.bellgate.keys.pqc.vectors;
