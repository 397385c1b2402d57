/** Which algorithms this gateway has, from which provider, and whether they may be used. */
@Export
@Version("1.0.0")
package io.bellgate.api.crypto;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
