package io.bellgate.coap.node;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * State format 2: format 1, then per node, in the same order, the time of last contact in
 * milliseconds since the epoch.
 */
final class StateFormat2 {
  private StateFormat2() {}

  static byte[] write(Nodes nodes) {
    byte[] first = StateFormat1.write(nodes);
    ByteBuffer out =
        ByteBuffer.allocate(4 + first.length + 8 * nodes.all().size())
            .putInt(first.length)
            .put(first);
    nodes.all().values().forEach(n -> out.putLong(n.lastSeenMillis()));
    return out.array();
  }

  static Nodes read(byte[] octets) {
    ByteBuffer in = ByteBuffer.wrap(octets);
    int length = in.remaining() < 4 ? -1 : in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException(
          "a state of format 2 begins with the length of its first part");
    }
    Nodes known = StateFormat1.read(Arrays.copyOfRange(octets, 4, 4 + length));
    in.position(4 + length);
    if (in.remaining() != 8 * known.all().size()) {
      throw new IllegalArgumentException("a state of format 2 has a time per node");
    }
    Nodes nodes = new Nodes();
    nodes.connections(known.connections());
    nodes.contexts(known.contexts());
    nodes.registrations(known.registrations());
    nodes.exchanges(known.exchanges(), known.secureExchanges());
    nodes.observations(known.observations());
    known
        .all()
        .forEach(
            (name, n) ->
                nodes.put(name, new Nodes.Node(n.accepted(), n.lastSequence(), in.getLong())));
    return nodes;
  }
}
