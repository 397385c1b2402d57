package io.bellgate.coap.commands.book;

import io.bellgate.api.message.MessageId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * A command that waits for its node.
 *
 * @param number of this gateway, never given twice
 * @param node for which it is
 * @param resource of the node
 * @param format content format of the payload (RFC 7252, section 12.3)
 * @param payload as the issuer wrote it; not changed by anybody
 * @param id under which the issuing gateway knows it
 * @param site of the issuing gateway
 * @param arrivedSeconds since 1970, by this gateway's clock
 * @param expiresSeconds since 1970, by the issuing gateway's clock
 * @param given whether the node has been sent it
 * @param evidence how it was protected between the gateways
 */
public record Command(
    long number,
    String node,
    String resource,
    int format,
    byte[] payload,
    MessageId id,
    String site,
    long arrivedSeconds,
    long expiresSeconds,
    boolean given,
    Map<String, String> evidence) {
  /** The most octets of a payload, a command's or a result's: 1,024. */
  public static final int MOST_OCTETS = 1_024;

  /** Takes it as it is. */
  public Command {
    evidence = Map.copyOf(evidence);
  }

  /** The same, sent to its node. */
  public Command sentToNode() {
    return new Command(
        number,
        node,
        resource,
        format,
        payload,
        id,
        site,
        arrivedSeconds,
        expiresSeconds,
        true,
        evidence);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(number);
    out.writeUTF(node);
    out.writeUTF(resource);
    out.writeInt(format);
    out.writeInt(payload.length);
    out.write(payload);
    out.writeUTF(id.node());
    out.writeLong(id.sequence());
    out.writeUTF(site);
    out.writeLong(arrivedSeconds);
    out.writeLong(expiresSeconds);
    out.writeBoolean(given);
    out.writeInt(evidence.size());
    for (Map.Entry<String, String> fact : new TreeMap<>(evidence).entrySet()) {
      out.writeUTF(fact.getKey());
      out.writeUTF(fact.getValue());
    }
  }

  static Command read(DataInput in) throws IOException {
    return new Command(
        in.readLong(),
        in.readUTF(),
        in.readUTF(),
        in.readInt(),
        octets(in),
        new MessageId(in.readUTF(), in.readLong()),
        in.readUTF(),
        in.readLong(),
        in.readLong(),
        in.readBoolean(),
        facts(in));
  }

  static byte[] octets(DataInput in) throws IOException {
    byte[] octets = new byte[in.readInt()];
    in.readFully(octets);
    return octets;
  }

  private static Map<String, String> facts(DataInput in) throws IOException {
    Map<String, String> facts = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      facts.put(in.readUTF(), in.readUTF());
    }
    return facts;
  }
}
