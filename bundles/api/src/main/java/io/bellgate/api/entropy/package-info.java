/** Random bits: what every secret starts from. */
@Export
@Version("2.0.0")
package io.bellgate.api.entropy;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
