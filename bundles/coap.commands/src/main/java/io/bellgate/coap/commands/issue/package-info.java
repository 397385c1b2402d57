/** Commands at the site of their issuer: they leave, and what became of them comes back. */
package io.bellgate.coap.commands.issue;
