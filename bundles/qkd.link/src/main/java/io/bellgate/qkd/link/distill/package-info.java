/** What follows reconciliation: verification, privacy amplification, one-time tags. */
package io.bellgate.qkd.link.distill;
