/** What the tests met of the world outside the build. */
package io.bellgate.itests.report;
