/** Policy: which protections a flow accepts, and what happens when none can be had. */
@Export
@Version("1.0.0")
package io.bellgate.api.policy;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
