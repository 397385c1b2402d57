package io.bellgate.qkd.link;

import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.ClassicalChannel;
import io.bellgate.api.qkd.Role;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Both ends tell each other, under tags, which of the blocks that are unconfirmed at one end are
 * held at the other: those are confirmed, the rest is wiped. For one thread, and never while a
 * block runs.
 */
final class Resolution {
  private static final int MOST = 1024;

  private final ClassicalChannel channel;
  private final Deposits deposits;
  private int confirmed;
  private int discarded;

  Resolution(ClassicalChannel channel, Deposits deposits) {
    this.channel = channel;
    this.deposits = deposits;
  }

  /** Runs this end. */
  void run(Role role) throws ChannelBroken, InterruptedException {
    if (role == Role.ALICE) {
      List<UUID> open = open();
      say(ids(open));
      ByteBuffer answer = hear();
      settle(open, answer);
      say(answer(readIds(answer)));
    } else {
      List<UUID> asked = readIds(hear());
      byte[] held = answer(asked);
      List<UUID> open = open();
      byte[] own = ids(open);
      say(ByteBuffer.allocate(held.length + own.length).put(held).put(own).array());
      settle(open, hear());
    }
  }

  int confirmed() {
    return confirmed;
  }

  int discarded() {
    return discarded;
  }

  private List<UUID> open() throws InterruptedException {
    List<UUID> open = new ArrayList<>(deposits.unconfirmed());
    return open.subList(0, Math.min(MOST, open.size()));
  }

  private void say(byte[] message) throws ChannelBroken, InterruptedException {
    channel.send(message);
    channel.authenticate();
  }

  private ByteBuffer hear() throws ChannelBroken, InterruptedException {
    byte[] message = channel.receive();
    channel.verify();
    return ByteBuffer.wrap(message);
  }

  private static byte[] ids(List<UUID> ids) {
    ByteBuffer out = ByteBuffer.allocate(2 + 16 * ids.size()).putShort((short) ids.size());
    ids.forEach(
        id -> out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()));
    return out.array();
  }

  private static List<UUID> readIds(ByteBuffer in) throws ChannelBroken {
    int count = in.remaining() < 2 ? -1 : in.getShort();
    if (count < 0 || count > MOST || in.remaining() != 16 * count) {
      throw new ChannelBroken(ChannelBroken.Reason.MALFORMED, "a list of block IDs is malformed");
    }
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(new UUID(in.getLong(), in.getLong()));
    }
    return ids;
  }

  /** One octet for each: 1 if it is held here, and takeable from now on. */
  private byte[] answer(List<UUID> asked) throws InterruptedException {
    byte[] held = new byte[asked.size()];
    for (int i = 0; i < held.length; i++) {
      held[i] = (byte) (BlockIds.isBlock(asked.get(i)) && deposits.confirm(asked.get(i)) ? 1 : 0);
    }
    return held;
  }

  private void settle(List<UUID> open, ByteBuffer held) throws ChannelBroken, InterruptedException {
    if (held.remaining() < open.size()) {
      throw new ChannelBroken(ChannelBroken.Reason.MALFORMED, "an answer to each ID was to come");
    }
    for (UUID id : open) {
      if (held.get() == 1) {
        deposits.confirm(id);
        confirmed++;
      } else {
        deposits.discard(id);
        discarded++;
      }
    }
  }
}
