package io.bellgate.coap.node;

import io.bellgate.coap.node.directory.Registrations;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * State format 1: per node its ID, accepted count and last sequence; then the length of the DTLS
 * connections and these as {@link Dtls#connections} gives them, and the same of the state of OSCORE
 * contexts and of the resource directory, of exchanges without and with DTLS, and of the list of
 * observers. It has no time of last contact.
 */
final class StateFormat1 {
  private StateFormat1() {}

  static byte[] write(Nodes nodes) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(octets)) {
      out.writeInt(nodes.all().size());
      for (var node : nodes.all().entrySet()) {
        out.writeUTF(node.getKey());
        out.writeLong(node.getValue().accepted());
        out.writeLong(node.getValue().lastSequence());
      }
      out.writeInt(nodes.connections().length);
      out.write(nodes.connections());
      out.writeInt(nodes.contexts().length);
      out.write(nodes.contexts());
      byte[] registrations = nodes.registrations().save();
      out.writeInt(registrations.length);
      out.write(registrations);
      out.writeInt(nodes.exchanges().length);
      out.write(nodes.exchanges());
      out.writeInt(nodes.secureExchanges().length);
      out.write(nodes.secureExchanges());
      out.writeInt(nodes.observations().length);
      out.write(nodes.observations());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return octets.toByteArray();
  }

  /** Reads, or throws {@link IllegalArgumentException} if the octets are not in this format. */
  static Nodes read(byte[] octets) {
    Nodes nodes = new Nodes();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets))) {
      int count = in.readInt();
      if (count < 0 || count > Nodes.MOST) {
        throw new IllegalArgumentException(
            "a state has 0 to " + Nodes.MOST + " nodes: nodes=" + count);
      }
      for (int i = 0; i < count; i++) {
        nodes.put(in.readUTF(), new Nodes.Node(in.readLong(), in.readLong(), 0));
      }
      nodes.connections(part(in));
      nodes.contexts(part(in));
      nodes.registrations(Registrations.load(part(in)));
      nodes.exchanges(part(in), part(in));
      nodes.observations(part(in));
      if (in.available() > 0) {
        throw new IllegalArgumentException("a state ends after its last part");
      }
      return nodes;
    } catch (IOException e) {
      throw new IllegalArgumentException("a state of format 1 cannot be read: " + e, e);
    }
  }

  private static byte[] part(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IllegalArgumentException("a part of a state is as long as it says");
    }
    return in.readNBytes(length);
  }
}
