/** What the launcher gives to bundles, for a framework that another program started. */
package io.bellgate.itests.support;
