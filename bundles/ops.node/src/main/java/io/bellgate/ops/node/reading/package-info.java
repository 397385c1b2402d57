/** What a node posts. */
package io.bellgate.ops.node.reading;
