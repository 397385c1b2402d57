package io.bellgate.coap.commands.book;

import io.bellgate.api.message.MessageId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A command that has ended, remembered so that a node may say so twice.
 *
 * @param number of this gateway
 * @param node for which it was
 * @param resource of the node
 * @param id under which the issuing gateway knows it
 * @param site of the issuing gateway
 * @param end how
 * @param given whether the node had been sent it
 * @param endedSeconds since 1970
 * @param protection between the gateways
 */
public record Ended(
    long number,
    String node,
    String resource,
    MessageId id,
    String site,
    End end,
    boolean given,
    long endedSeconds,
    String protection) {
  void write(DataOutput out) throws IOException {
    out.writeLong(number);
    out.writeUTF(node);
    out.writeUTF(resource);
    out.writeUTF(id.node());
    out.writeLong(id.sequence());
    out.writeUTF(site);
    out.writeUTF(end.word());
    out.writeBoolean(given);
    out.writeLong(endedSeconds);
    out.writeUTF(protection);
  }

  static Ended read(DataInput in) throws IOException {
    return new Ended(
        in.readLong(),
        in.readUTF(),
        in.readUTF(),
        new MessageId(in.readUTF(), in.readLong()),
        in.readUTF(),
        end(in.readUTF()),
        in.readBoolean(),
        in.readLong(),
        in.readUTF());
  }

  static End end(String word) throws IOException {
    return End.of(word)
        .orElseThrow(() -> new IOException("a command ends in no such way: " + word));
  }
}
