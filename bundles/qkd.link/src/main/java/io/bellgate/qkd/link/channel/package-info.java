/** The authenticated classical channel of a block. */
package io.bellgate.qkd.link.channel;
