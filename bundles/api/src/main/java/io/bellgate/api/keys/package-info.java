/** Keys: identities, origins, the pool and the identity of a site. */
@Export
@Version("3.0.0")
package io.bellgate.api.keys;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
