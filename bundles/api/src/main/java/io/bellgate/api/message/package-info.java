/** Messages: what a node says, and where it goes. */
@Export
@Version("1.0.0")
package io.bellgate.api.message;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
