/** Nodes that post readings, and a reader of what a sink holds: what tests judge a gateway by. */
@Export
@Version("1.0.0")
package io.bellgate.itests.traffic;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
