/** Quantum key distribution: protocols, reconcilers, and the two channels between them. */
@Export
@Version("1.0.0")
package io.bellgate.api.qkd;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
