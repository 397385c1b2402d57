package io.bellgate.coap.node.directory;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.server.resources.CoapExchange;

/** {@code /rd-lookup/ep} and {@code /rd-lookup/res} (RFC 9176, 6). */
final class Lookup extends CoapResource {
  /** Of an answer: 8,192, what clients of the same library take if they are not told otherwise. */
  static final int MOST_OCTETS = 8_192;

  private final BiFunction<Search, Stream<Registration>, Stream<Link>> results;
  private final Supplier<List<Registration>> registrations;

  Lookup(
      String name,
      String resourceType,
      BiFunction<Search, Stream<Registration>, Stream<Link>> results,
      Supplier<List<Registration>> registrations) {
    super(name);
    this.results = results;
    this.registrations = registrations;
    getAttributes().addResourceType(resourceType);
    getAttributes().addContentType(MediaTypeRegistry.APPLICATION_LINK_FORMAT);
  }

  @Override
  public void handleGET(CoapExchange exchange) {
    Answers.to(
        exchange,
        () -> {
          if (exchange.getRequestOptions().hasAccept()
              && exchange.getRequestOptions().getAccept()
                  != MediaTypeRegistry.APPLICATION_LINK_FORMAT) {
            throw Refused.format(ResponseCode.NOT_ACCEPTABLE);
          }
          Search search = Search.read(exchange.getRequestOptions().getUriQuery());
          byte[] links = text(results.apply(search, registrations.get().stream()));
          exchange.respond(ResponseCode.CONTENT, links, MediaTypeRegistry.APPLICATION_LINK_FORMAT);
        });
  }

  private static byte[] text(Stream<Link> links) {
    StringJoiner text = new StringJoiner(",");
    for (Iterator<Link> i = links.iterator(); i.hasNext() && text.length() <= MOST_OCTETS; ) {
      text.add(i.next().toString());
    }
    byte[] octets = text.toString().getBytes(StandardCharsets.UTF_8);
    if (octets.length > MOST_OCTETS) {
      throw Refused.malformed(
          "an answer has at most " + MOST_OCTETS + " octets: ask for less, or with page and count");
    }
    return octets;
  }
}
