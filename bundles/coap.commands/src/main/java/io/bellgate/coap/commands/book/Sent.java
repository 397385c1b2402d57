package io.bellgate.coap.commands.book;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;

/**
 * A command that was issued here.
 *
 * @param sequence of the message, under this gateway's own name
 * @param name of this gateway when it was issued
 * @param node for which it is
 * @param resource of the node
 * @param sentSeconds since 1970
 * @param expiresSeconds since 1970
 * @param accepted whether the router has taken it; until then nobody knows, after a crash
 * @param outcome what came back, if it did
 */
public record Sent(
    long sequence,
    String name,
    String node,
    String resource,
    long sentSeconds,
    long expiresSeconds,
    boolean accepted,
    Optional<Outcome> outcome) {
  /**
   * What came back.
   *
   * @param end how the command ended
   * @param site that says so
   * @param seconds since 1970, when this gateway was told
   * @param protection between the gateways
   * @param text the report, JSON
   */
  public record Outcome(End end, String site, long seconds, String protection, byte[] text) {
    void write(DataOutput out) throws IOException {
      out.writeUTF(end.word());
      out.writeUTF(site);
      out.writeLong(seconds);
      out.writeUTF(protection);
      out.writeInt(text.length);
      out.write(text);
    }

    static Outcome read(DataInput in) throws IOException {
      return new Outcome(
          Ended.end(in.readUTF()), in.readUTF(), in.readLong(), in.readUTF(), Command.octets(in));
    }
  }

  /** The same, taken by the router. */
  public Sent taken() {
    return with(true, outcome);
  }

  /** The same, with what came back. */
  public Sent ended(Outcome how) {
    return with(true, Optional.of(how));
  }

  private Sent with(boolean taken, Optional<Outcome> how) {
    return new Sent(sequence, name, node, resource, sentSeconds, expiresSeconds, taken, how);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(sequence);
    out.writeUTF(name);
    out.writeUTF(node);
    out.writeUTF(resource);
    out.writeLong(sentSeconds);
    out.writeLong(expiresSeconds);
    out.writeBoolean(accepted);
    out.writeBoolean(outcome.isPresent());
    if (outcome.isPresent()) {
      outcome.get().write(out);
    }
  }

  static Sent read(DataInput in) throws IOException {
    return new Sent(
        in.readLong(),
        in.readUTF(),
        in.readUTF(),
        in.readUTF(),
        in.readLong(),
        in.readLong(),
        in.readBoolean(),
        in.readBoolean() ? Optional.of(Outcome.read(in)) : Optional.empty());
  }
}
