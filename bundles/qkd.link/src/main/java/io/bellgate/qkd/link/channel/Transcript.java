package io.bellgate.qkd.link.channel;

import io.bellgate.api.keys.Key;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.qkd.link.distill.OneTimeTag;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What one end has said in a conversation since its last tag. A tag covers label, conversation,
 * terms, sender, receiver, number of the tag and every message, each with its length. For one
 * thread.
 */
final class Transcript {
  private static final byte[] LABEL = "bellgate qkd.link 1".getBytes(StandardCharsets.US_ASCII);

  /** The most that is kept of what was said since the last tag: 32 MiB. */
  private static final long MOST_OCTETS = 32L << 20;

  /** What a message costs in memory beside its octets. */
  private static final int MESSAGE_OCTETS = 64;

  private final List<byte[]> head;
  private final List<byte[]> said = new ArrayList<>();
  private int tags;
  private long octets;
  private long kept;

  Transcript(Conversation.Terms terms, String sender, String receiver) {
    head =
        List.of(
            LABEL,
            terms.id().toString().getBytes(StandardCharsets.US_ASCII),
            terms.digest(),
            sender.getBytes(StandardCharsets.UTF_8),
            receiver.getBytes(StandardCharsets.UTF_8));
  }

  /** Takes a message; one that goes beyond all bounds breaks the channel. */
  void add(byte[] message) throws ChannelBroken {
    kept += message.length + MESSAGE_OCTETS;
    if (kept > MOST_OCTETS) {
      throw new ChannelBroken(
          ChannelBroken.Reason.MALFORMED, "too much is said between two tags: octets=" + kept);
    }
    said.add(message);
  }

  /** The tag over everything since the last one, which this call ends. */
  byte[] tag(Key key) {
    List<byte[]> parts = new ArrayList<>(head);
    parts.add(ByteBuffer.allocate(4).putInt(tags++).array());
    parts.addAll(said);
    said.clear();
    kept = 0;
    octets = Math.max(octets, parts.stream().mapToLong(p -> p.length + 4L).sum());
    return key.secret().lend(k -> OneTimeTag.of(k, parts));
  }

  int tags() {
    return tags;
  }

  /** The sum of the chances to forge one of the tags so far. */
  double forgery() {
    return tags * OneTimeTag.forgery(octets);
  }
}
