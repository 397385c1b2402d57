/** Secret octets: the one type that key material travels in. */
@Export
@Version("1.1.0")
package io.bellgate.api.bits;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
