/** The authenticated channel between two gateways. */
@Export
@Version("1.1.0")
package io.bellgate.api.peer;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
