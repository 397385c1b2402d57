/** What bundles serve to nodes ({@link io.bellgate.api.node.NodeResource}), and who observes it. */
package io.bellgate.coap.node.served;
