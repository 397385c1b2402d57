/** What a node must not forget: its keys, and which numbers it has used. */
package io.bellgate.ops.node.state;
