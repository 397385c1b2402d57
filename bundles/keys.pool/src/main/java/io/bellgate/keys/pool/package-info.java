/** The key manager's store, on MVStore. */
package io.bellgate.keys.pool;
