/** Operations: commands, status, and the hand-over of state in a swap. */
@Export
@Version("1.0.0")
package io.bellgate.api.ops;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
