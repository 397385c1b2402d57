/** The key manager's store, in a journal. */
package io.bellgate.keys.pool;
