/** One QKD link to one peer: runs blocks, distils keys, deposits them. */
package io.bellgate.qkd.link;
