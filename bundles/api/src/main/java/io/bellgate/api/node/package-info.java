/** What a gateway serves to its nodes, beside taking what they say. */
@Export
@Version("1.0.0")
package io.bellgate.api.node;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
