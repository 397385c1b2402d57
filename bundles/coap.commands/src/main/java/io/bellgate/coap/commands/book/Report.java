package io.bellgate.coap.commands.book;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What is to be told to the issuing gateway: kept until the router has it durably, under a sequence
 * that is durable before the first try.
 *
 * @param sequence of the message
 * @param name of this gateway under which it is counted
 * @param node that the command was for
 * @param resource of the node
 * @param ingress how the node reached this gateway; {@code gateway} if it did not say this
 * @param site of the issuing gateway
 * @param text JSON, docs/wire-format.md
 * @param millis since 1970, when the command ended
 */
public record Report(
    long sequence,
    String name,
    String node,
    String resource,
    String ingress,
    String site,
    byte[] text,
    long millis) {
  /** The same under another name and sequence. */
  public Report renamed(long another, String by) {
    return new Report(another, by, node, resource, ingress, site, text, millis);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(sequence);
    out.writeUTF(name);
    out.writeUTF(node);
    out.writeUTF(resource);
    out.writeUTF(ingress);
    out.writeUTF(site);
    out.writeInt(text.length);
    out.write(text);
    out.writeLong(millis);
  }

  static Report read(DataInput in) throws IOException {
    return new Report(
        in.readLong(),
        in.readUTF(),
        in.readUTF(),
        in.readUTF(),
        in.readUTF(),
        in.readUTF(),
        Command.octets(in),
        in.readLong());
  }
}
