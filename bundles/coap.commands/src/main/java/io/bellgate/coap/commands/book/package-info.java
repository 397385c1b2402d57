/** What a gateway remembers of commands, durably. */
package io.bellgate.coap.commands.book;
