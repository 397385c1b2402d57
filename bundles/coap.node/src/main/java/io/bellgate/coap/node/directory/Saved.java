package io.bellgate.coap.node.directory;

import io.bellgate.coap.node.directory.Link.Attribute;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * How registrations are handed over: version 1 (u8), last ID (u64), count (u32), then of each its
 * fields; a text is its length in octets (u32) and UTF-8. Attributes and links are in Link Format.
 */
final class Saved {
  private static final int VERSION = 1;
  private static final int MOST_TEXT_OCTETS = 65_536;

  private Saved() {}

  static byte[] write(long lastId, Collection<Registration> all) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(octets)) {
      out.writeByte(VERSION);
      out.writeLong(lastId);
      out.writeInt(all.size());
      for (Registration r : all) {
        out.writeLong(r.id());
        text(out, r.owner().name());
        out.writeBoolean(r.owner().hasKey());
        text(out, r.endpoint());
        text(out, r.sector());
        out.writeLong(r.lifetimeSeconds());
        out.writeLong(r.untilMillis());
        text(out, r.base());
        out.writeBoolean(r.ownBase());
        text(out, new Link("/", r.attributes()).toString());
        text(out, String.join(",", r.links().stream().map(Link::toString).toList()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return octets.toByteArray();
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(octets.length);
    out.write(octets);
  }

  /**
   * Reads them.
   *
   * @return the last ID that was given
   * @throws IllegalArgumentException if the octets are not in this format
   */
  static long read(byte[] octets, Consumer<Registration> each) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets))) {
      check(in.readUnsignedByte() == VERSION, "is of version " + VERSION);
      long lastId = in.readLong();
      check(lastId >= 0 && lastId < Long.MAX_VALUE / 2, "has IDs that others can follow");
      int count = in.readInt();
      check(count >= 0 && count <= Registrations.MOST, "has at most " + Registrations.MOST);
      for (int i = 0; i < count; i++) {
        Registration read = registration(in);
        check(read.id() >= 0 && read.id() <= lastId, "has IDs up to the last");
        each.accept(read);
      }
      check(in.available() == 0, "ends after the last");
      return lastId;
    } catch (IOException | Refused e) {
      throw new IllegalArgumentException(
          "a state of registrations cannot be read: " + e.getMessage(), e);
    }
  }

  private static Registration registration(DataInputStream in) throws IOException {
    long id = in.readLong();
    Owner owner = new Owner(text(in), flag(in));
    String endpoint = text(in);
    String sector = text(in);
    long lifetime = in.readLong();
    long until = in.readLong();
    String base = Parameters.base(text(in));
    boolean ownBase = flag(in);
    List<Link> endpoints = LinkFormat.read(text(in));
    List<Link> links = LinkFormat.read(text(in));
    check(endpoints.size() == 1, "describes an endpoint once");
    List<Attribute> attributes = endpoints.get(0).attributes();
    Parameters.name(endpoint);
    check(sector.isEmpty() || Parameters.name(sector) != null, "has names");
    check(Parameters.lasts(lifetime), "has lifetimes of the range");
    return new Registration(
        id, owner, endpoint, sector, lifetime, until, base, ownBase, attributes, links);
  }

  private static boolean flag(DataInputStream in) throws IOException {
    int octet = in.readUnsignedByte();
    check(octet <= 1, "has flags of 0 or 1");
    return octet == 1;
  }

  private static String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    check(length >= 0 && length <= Math.min(MOST_TEXT_OCTETS, in.available()), "has whole texts");
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(in.readNBytes(length)))
        .toString();
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException("a state of registrations " + rule);
    }
  }
}
