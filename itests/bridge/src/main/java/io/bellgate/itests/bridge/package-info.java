/** Runs JUnit Jupiter tests inside a framework that Pax Exam started on the host. */
@Export
@Version("1.0.0")
package io.bellgate.itests.bridge;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
