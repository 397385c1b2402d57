package io.bellgate.coap.node.served;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How observations are handed over: version 2 (u8), count (u32), then of each the length of its
 * fields (u32), and these. A text is in modified UTF-8 after its length (u16); octets follow their
 * count (u8). No secrets.
 */
final class Saved {
  private static final int VERSION = 2;
  private static final int MOST_TOKEN_OCTETS = 8;
  private static final int MOST_OCTETS = 255;
  private static final int MOST_PARTS = 64;
  private static final int MOST_PART = 255;
  private static final int MOST_NUMBER = (1 << 24) - 1;
  private static final int MOST_ID_CONTEXT_OCTETS = 128;
  private static final int NO_FORMAT = -1;

  private Saved() {}

  static byte[] write(Collection<Observation> all) {
    return write(all, true);
  }

  /** Writes them for a time when more may have been sent: then nobody knows what a node has. */
  static byte[] writeInDoubt(Collection<Observation> all) {
    return write(all, false);
  }

  private static byte[] write(Collection<Observation> all, boolean isCertain) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(octets)) {
      out.writeByte(VERSION);
      out.writeInt(all.size());
      for (Observation one : all) {
        byte[] fields = fields(one, isCertain);
        out.writeInt(fields.length);
        out.write(fields);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return octets.toByteArray();
  }

  private static byte[] fields(Observation one, boolean isCertain) throws IOException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(octets);
    write(out, one.target);
    write(out, one.observer);
    out.writeInt(one.number);
    octets(out, isCertain ? one.confirmed : new byte[0]);
    out.writeInt(one.format.orElse(NO_FORMAT));
    out.writeLong(one.heardMillis);
    return octets.toByteArray();
  }

  /** Whether an observation that begins could be handed over: what is written, read again. */
  static boolean holds(Target target, Observer observer) {
    try {
      observation(fields(new Observation(target, observer, 0, 0), true));
      return true;
    } catch (IOException | IllegalArgumentException tooLarge) {
      return false;
    }
  }

  private static void write(DataOutputStream out, Target target) throws IOException {
    out.writeUTF(target.name());
    out.writeUTF(target.node());
    texts(out, target.path());
    texts(out, target.query());
    out.writeInt(target.accept().orElse(NO_FORMAT));
  }

  private static void write(DataOutputStream out, Observer observer) throws IOException {
    out.writeByte(observer.way().ordinal());
    octets(out, observer.address().getAddress().getAddress());
    out.writeInt(
        observer.address().getAddress() instanceof Inet6Address six ? six.getScopeId() : 0);
    out.writeShort(observer.address().getPort());
    out.writeUTF(observer.identity().orElse(""));
    octets(out, observer.token());
    out.writeShort(observer.octets());
    if (observer.bound().isPresent()) {
      octets(out, observer.bound().get().kid());
      octets(out, observer.bound().get().partialIv());
      octets(out, observer.bound().get().idContext().orElse(new byte[0]));
      out.writeLong(observer.bound().get().key());
    }
  }

  private static void texts(DataOutputStream out, List<String> texts) throws IOException {
    check(texts.size() <= MOST_PARTS, "has few parts");
    out.writeByte(texts.size());
    for (String text : texts) {
      out.writeUTF(text);
    }
  }

  private static void octets(DataOutputStream out, byte[] octets) throws IOException {
    check(octets.length <= MOST_OCTETS, "has short fields");
    out.writeByte(octets.length);
    out.write(octets);
  }

  /**
   * What was read.
   *
   * @param all that could be
   * @param unreadable how many could not
   */
  record Found(List<Observation> all, int unreadable) {}

  /**
   * Reads them; one that cannot be read is passed over.
   *
   * @throws IllegalArgumentException if the octets are not in this format
   */
  static Found read(byte[] octets) {
    List<Observation> all = new ArrayList<>();
    int unreadable = 0;
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets))) {
      check(in.readUnsignedByte() == VERSION, "is of version " + VERSION);
      int count = in.readInt();
      check(count >= 0 && count <= ObserverList.MOST, "has at most " + ObserverList.MOST);
      for (int i = 0; i < count; i++) {
        int length = in.readInt();
        check(length >= 0 && length <= in.available(), "has whole observations");
        byte[] fields = in.readNBytes(length);
        try {
          all.add(observation(fields));
        } catch (IOException | IllegalArgumentException malformed) {
          unreadable++;
        }
      }
      check(in.available() == 0, "ends after the last");
      return new Found(all, unreadable);
    } catch (IOException e) {
      throw new IllegalArgumentException("a state of observations cannot be read: " + e, e);
    }
  }

  private static Observation observation(byte[] fields) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(fields));
    Target target = target(in);
    Observer observer = observer(in);
    int number = in.readInt();
    check(number >= 0 && number <= MOST_NUMBER, "has numbers of 24 bits");
    byte[] confirmed = octets(in, MOST_TOKEN_OCTETS);
    OptionalInt format = format(in);
    Observation read = new Observation(target, observer, number, in.readLong());
    check(in.available() == 0, "has nothing behind an observation");
    read.confirmed = confirmed;
    read.format = format;
    return read;
  }

  private static Target target(DataInputStream in) throws IOException {
    String name = in.readUTF();
    String node = in.readUTF();
    check(NodeResources.isName(name) && ServedResource.isNode(node), "has names and node IDs");
    List<String> path = texts(in);
    List<String> query = texts(in);
    return new Target(name, node, path, query, format(in));
  }

  private static OptionalInt format(DataInputStream in) throws IOException {
    int format = in.readInt();
    check(format >= NO_FORMAT && format <= 0xffff, "has content formats");
    return format == NO_FORMAT ? OptionalInt.empty() : OptionalInt.of(format);
  }

  private static Observer observer(DataInputStream in) throws IOException {
    int way = in.readUnsignedByte();
    check(way < Observer.Way.values().length, "has ways that there are");
    InetAddress address = address(octets(in, 16), in.readInt());
    int port = in.readUnsignedShort();
    String identity = in.readUTF();
    check((way == Observer.Way.PLAIN.ordinal()) == identity.isEmpty(), "has whole identities");
    byte[] token = octets(in, MOST_TOKEN_OCTETS);
    return new Observer(
        Observer.Way.values()[way],
        new InetSocketAddress(address, port),
        identity.isEmpty() ? Optional.empty() : Optional.of(identity),
        token,
        in.readUnsignedShort(),
        way == Observer.Way.OSCORE.ordinal() ? Optional.of(bound(in)) : Optional.empty());
  }

  private static InetAddress address(byte[] octets, int scope) throws IOException {
    check(octets.length == 4 || octets.length == 16, "has addresses");
    return octets.length == 16 && scope > 0
        ? Inet6Address.getByAddress(null, octets, scope)
        : InetAddress.getByAddress(octets);
  }

  private static Observer.Bound bound(DataInputStream in) throws IOException {
    byte[] kid = octets(in, 7);
    byte[] partialIv = octets(in, 5);
    byte[] idContext = octets(in, MOST_ID_CONTEXT_OCTETS);
    return new Observer.Bound(
        kid,
        partialIv,
        idContext.length == 0 ? Optional.empty() : Optional.of(idContext),
        in.readLong());
  }

  private static List<String> texts(DataInputStream in) throws IOException {
    int count = in.readUnsignedByte();
    check(count <= MOST_PARTS, "has few parts");
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String text = in.readUTF();
      check(text.getBytes(StandardCharsets.UTF_8).length <= MOST_PART, "has short parts");
      texts.add(text);
    }
    return texts;
  }

  private static byte[] octets(DataInputStream in, int most) throws IOException {
    int count = in.readUnsignedByte();
    check(count <= most && count <= in.available(), "has whole fields");
    return in.readNBytes(count);
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException("a state of observations " + rule);
    }
  }
}
