package io.bellgate.qkd.link.channel;

import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.Gone;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.ClassicalChannel;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One end of the classical channel of one block: messages in frames, and one-time tags (class doc
 * of {@link ClassicalChannel}).
 *
 * <p>One thread talks; {@link #arrived} and {@link #cut} are called by any.
 */
public final class Conversation implements ClassicalChannel {
  private static final int TAG_BODY = 16 + 4 + 16;
  private static final int MOST_WAITING_OCTETS = 4 * MAX_MESSAGE_OCTETS;

  /** What a frame costs in memory beside its body. */
  private static final int FRAME_OCTETS = 128;

  private final Terms terms;
  private final Function<Frame, CompletionStage<?>> line;
  private final TagKeys keys;
  private final Duration patience;
  private final Transcript sent;
  private final Transcript received;
  private final BlockingQueue<Frame> arrived = new LinkedBlockingQueue<>();
  private final ByteArrayOutputStream parts = new ByteArrayOutputStream();
  private int waitingOctets;
  private volatile String cut = "";

  /**
   * What a conversation is about; both ends put it into every tag.
   *
   * @param id the block's
   * @param site this end
   * @param peer the other end
   * @param digest of what both ends agreed on in clear
   */
  public record Terms(UUID id, String site, String peer, byte[] digest) {}

  /**
   * Opens this end.
   *
   * @param terms the same at both ends, but for the point of view
   * @param line carries a frame to the peer in order; a failure cuts the conversation
   * @param keys tag keys
   * @param patience how long to wait for the peer's next word
   */
  public Conversation(
      Terms terms, Function<Frame, CompletionStage<?>> line, TagKeys keys, Duration patience) {
    this.terms = terms;
    this.line = line;
    this.keys = keys;
    this.patience = patience;
    sent = new Transcript(terms, terms.site(), terms.peer());
    received = new Transcript(terms, terms.peer(), terms.site());
  }

  /**
   * Takes a frame of the peer; drops it if the conversation is cut.
   *
   * @param frame of this conversation
   * @throws IllegalArgumentException with code BG-LINK-002 if too much waits
   */
  public void arrived(Frame frame) {
    synchronized (arrived) {
      if (!cut.isEmpty()) {
        return;
      }
      waitingOctets += frame.body().length + FRAME_OCTETS;
      if (waitingOctets <= MOST_WAITING_OCTETS) {
        arrived.add(frame);
        return;
      }
    }
    cut("the peer says more than is read");
    throw new IllegalArgumentException("BG-LINK-002 too much waits to be read");
  }

  /**
   * Ends the conversation: whoever waits learns it. Again does nothing.
   *
   * @param why in words, not secret
   */
  public void cut(String why) {
    synchronized (arrived) {
      if (cut.isEmpty()) {
        cut = why.isEmpty() ? "no reason was given" : why;
        arrived.add(new Frame(Frame.Type.CUT, terms.id(), cut.getBytes(StandardCharsets.UTF_8)));
      }
    }
  }

  @Override
  public void send(byte[] message) throws ChannelBroken {
    if (message.length > MAX_MESSAGE_OCTETS) {
      throw new IllegalArgumentException("a message is too long: octets=" + message.length);
    }
    sent.add(message);
    int at = 0;
    for (; message.length - at > Frame.MAX_BODY_OCTETS; at += Frame.MAX_BODY_OCTETS) {
      say(Frame.Type.PART, Arrays.copyOfRange(message, at, at + Frame.MAX_BODY_OCTETS));
    }
    say(Frame.Type.MESSAGE, Arrays.copyOfRange(message, at, message.length));
  }

  private void say(Frame.Type type, byte[] body) throws ChannelBroken {
    if (!cut.isEmpty()) {
      throw broken(ChannelBroken.Reason.CUT, cut);
    }
    line.apply(new Frame(type, terms.id(), body))
        .whenComplete(
            (ok, failure) -> {
              if (failure != null) {
                cut("the peer cannot be reached: " + readable(failure.getMessage()));
              }
            });
  }

  @Override
  public byte[] receive() throws ChannelBroken, InterruptedException {
    parts.reset();
    Frame frame = next();
    while (frame.type() == Frame.Type.PART) {
      parts.writeBytes(frame.body());
      if (parts.size() > MAX_MESSAGE_OCTETS) {
        throw broken(ChannelBroken.Reason.MALFORMED, "a message is too long");
      }
      frame = next();
    }
    if (frame.type() != Frame.Type.MESSAGE) {
      throw broken(ChannelBroken.Reason.MALFORMED, "a message was to come: type=" + frame.type());
    }
    parts.writeBytes(frame.body());
    byte[] message = parts.toByteArray();
    received.add(message);
    return message;
  }

  private Frame next() throws ChannelBroken, InterruptedException {
    Frame frame = arrived.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    if (frame == null) {
      throw broken(ChannelBroken.Reason.CUT, "the peer says nothing: patience=" + patience);
    }
    if (frame.type() == Frame.Type.CUT) {
      cut("the peer gave up: " + readable(new String(frame.body(), StandardCharsets.UTF_8)));
      throw broken(ChannelBroken.Reason.CUT, cut);
    }
    synchronized (arrived) {
      waitingOctets -= frame.body().length + FRAME_OCTETS;
    }
    return frame;
  }

  /**
   * What a peer wrote, fit for a log and a terminal.
   *
   * @param text anything, or null
   * @return at most 200 characters, none of them control
   */
  public static String readable(String text) {
    String some = String.valueOf(text);
    return some.substring(0, Math.min(200, some.length())).replaceAll("\\p{Cntrl}", "?");
  }

  @Override
  public void authenticate() throws ChannelBroken {
    Optional<Key> taken;
    try {
      taken = keys.take();
    } catch (Gone swap) {
      throw broken(ChannelBroken.Reason.CUT, "the key pool is being swapped");
    }
    Key key =
        taken.orElseThrow(
            () ->
                broken(
                    ChannelBroken.Reason.NO_TAG_KEY,
                    "no tag key is left: pair the two sites again with: bellgate link pair"));
    try {
      KeyId id = key.id();
      say(
          Frame.Type.TAG,
          ByteBuffer.allocate(TAG_BODY)
              .putLong(id.block().getMostSignificantBits())
              .putLong(id.block().getLeastSignificantBits())
              .putInt(id.offset())
              .put(sent.tag(key))
              .array());
    } finally {
      key.secret().destroy();
    }
  }

  @Override
  public void verify() throws ChannelBroken, InterruptedException {
    Frame frame = next();
    if (frame.type() != Frame.Type.TAG || frame.body().length != TAG_BODY) {
      throw broken(ChannelBroken.Reason.MALFORMED, "a tag was to come: type=" + frame.type());
    }
    ByteBuffer body = ByteBuffer.wrap(frame.body());
    UUID block = new UUID(body.getLong(), body.getLong());
    int offset = body.getInt();
    byte[] tag = new byte[16];
    body.get(tag);
    if (offset < 0) {
      throw broken(ChannelBroken.Reason.MALFORMED, "a key has an offset of at least 0");
    }
    verify(new KeyId(block, offset, KeyPool.CHUNK_OCTETS), tag);
  }

  private void verify(KeyId id, byte[] tag) throws ChannelBroken {
    try {
      Optional<KeyPool.Reservation> reserved = keys.reserve(id);
      if (reserved.isEmpty()) {
        throw broken(
            ChannelBroken.Reason.UNAUTHENTIC,
            "the peer's tag key is not known here: key="
                + id
                + "; if it stays so, pair the two sites again with: bellgate link pair");
      }
      try (KeyPool.Reservation reservation = reserved.get()) {
        Key key = reservation.key();
        if (!TagKeys.authenticates(key.origin())
            || !MessageDigest.isEqual(tag, received.tag(key))) {
          throw broken(
              ChannelBroken.Reason.UNAUTHENTIC,
              "the peer's tag is wrong: somebody changed what it said, or it is not the peer");
        }
        reservation.commit();
        key.secret().destroy();
      }
    } catch (Gone swap) {
      throw broken(ChannelBroken.Reason.CUT, "the key pool is being swapped");
    }
  }

  /**
   * Tags of both ends so far.
   *
   * @return tag keys used up
   */
  public int tags() {
    return sent.tags() + received.tags();
  }

  /**
   * The chance that any tag so far is forged.
   *
   * @return a probability
   */
  public double forgery() {
    return sent.forgery() + received.forgery();
  }

  private static ChannelBroken broken(ChannelBroken.Reason reason, String message) {
    return new ChannelBroken(reason, message);
  }
}
