/** What the pool keeps durably: blocks, what of them is used, marks and runs. One thread. */
package io.bellgate.keys.pool.store;
