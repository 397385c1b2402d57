package io.bellgate.coap.node.blocks;

import java.util.HexFormat;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;

/**
 * What the blocks of one body have in common (RFC 7959, section 2.5; RFC 9175, section 3.3): who
 * sends, method, resource, what is accepted, and the Request-Tag options.
 *
 * @param peer who sends
 * @param operation the rest
 */
record TransferKey(Peer peer, String operation) {
  static TransferKey of(Request request) {
    OptionSet options = request.getOptions();
    StringBuilder text = new StringBuilder(request.getCode().name());
    options.getUriPath().forEach(segment -> text.append('/').append(segment));
    options.getUriQuery().forEach(query -> text.append('?').append(query));
    text.append(' ').append(options.getAccept());
    options.getOthers().stream()
        .filter(o -> o.getNumber() == StandardOptionRegistry.REQUEST_TAG.getNumber())
        .forEach(o -> text.append('#').append(HexFormat.of().formatHex(o.getValue())));
    return new TransferKey(Peer.of(request), text.toString());
  }
}
