package io.bellgate.coap.readings;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Message;
import io.bellgate.api.message.MessageId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What a node measured.
 *
 * @param source that measured
 * @param count the node's own
 * @param format of the payload
 * @param payload as the node posted it; not changed by anybody
 * @param receivedSeconds when the node's gateway received it, by its clock, since 1970
 * @param protection between the gateways
 */
record Reading(
    Source source,
    long count,
    Format format,
    byte[] payload,
    long receivedSeconds,
    String protection) {
  private static final int MOST_TEXT = 40;
  private static final int OVERHEAD_OCTETS = 200;

  /**
   * Reads a delivery. What a peer sent is outside: every part is looked at.
   *
   * @return empty if no node said it, or not in the form of a reading
   */
  static Optional<Reading> of(Delivery delivery) {
    Message message = delivery.message();
    MessageId id = message.id();
    Flow flow = message.flow();
    Source source = new Source(delivery.site(), id.node(), flow.text(Flow.RESOURCE));
    if (!flow.text(Flow.NODE).equals(id.node()) || !source.isPossible()) {
      return Optional.empty();
    }
    String protection = delivery.evidence().getOrDefault("protection", "unknown");
    return Format.of(flow.attributes().get(Flow.CONTENT_FORMAT))
        .map(
            format ->
                new Reading(
                    source,
                    id.sequence(),
                    format,
                    message.payload(),
                    message.received().getEpochSecond(),
                    protection.substring(0, Math.min(MOST_TEXT, protection.length()))));
  }

  /** The count: a node gives none twice, so equal tags mean equal payloads. */
  byte[] tag() {
    return BigInteger.valueOf(count).toByteArray();
  }

  /** What it takes, about, in memory and on the disk. */
  int octets() {
    return OVERHEAD_OCTETS + payload.length;
  }

  void write(DataOutput out) throws IOException {
    out.writeUTF(source.site());
    out.writeUTF(source.node());
    out.writeUTF(source.resource());
    out.writeLong(count);
    out.writeByte(format.number());
    out.writeLong(receivedSeconds);
    out.writeUTF(protection);
    out.writeInt(payload.length);
    out.write(payload);
  }

  static Reading read(DataInput in) throws IOException {
    Source source = new Source(in.readUTF(), in.readUTF(), in.readUTF());
    long count = in.readLong();
    int number = in.readUnsignedByte();
    Format format =
        Format.of(number)
            .orElseThrow(
                () -> new IOException("BG-READ-009 a kept reading has a known format: " + number));
    long received = in.readLong();
    String protection = in.readUTF();
    int length = in.readInt();
    if (length < 0 || length > Message.MAX_PAYLOAD_OCTETS) {
      throw new IOException("BG-READ-009 a kept reading is no larger than one: octets=" + length);
    }
    byte[] payload = new byte[length];
    in.readFully(payload);
    return new Reading(source, count, format, payload, received, protection);
  }
}
