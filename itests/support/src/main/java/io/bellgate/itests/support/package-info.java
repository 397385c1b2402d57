/**
 * What tests share: the launcher's services for a framework that another program started, nodes
 * that post readings, and a reader of what a sink holds.
 */
@Export
@Version("1.0.0")
package io.bellgate.itests.support;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
