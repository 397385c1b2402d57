package io.bellgate.coap.node.served;

import io.bellgate.api.node.Ask;
import java.util.List;
import java.util.OptionalInt;
import org.eclipse.californium.core.coap.OptionSet;

/**
 * What is observed: of a node two observations of one target are one too many, the later counts.
 *
 * @param name of the resource
 * @param node whose part of it
 * @param path below
 * @param query in order
 * @param accept content format, if it was said
 */
record Target(String name, String node, List<String> path, List<String> query, OptionalInt accept) {
  Target {
    path = List.copyOf(path);
    query = List.copyOf(query);
  }

  static Target of(String name, Ask ask) {
    return new Target(name, ask.node(), ask.path(), ask.query(), ask.accept());
  }

  Ask ask(String ingress) {
    return new Ask(
        node, ingress, Ask.Method.GET, path, query, OptionalInt.empty(), new byte[0], accept);
  }

  /** Writes path and query as a request has them. */
  void write(OptionSet options) {
    options.addUriPath(name).addUriPath(node);
    path.forEach(options::addUriPath);
    query.forEach(options::addUriQuery);
    accept.ifPresent(options::setAccept);
  }
}
