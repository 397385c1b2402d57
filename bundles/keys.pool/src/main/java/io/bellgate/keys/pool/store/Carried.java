package io.bellgate.keys.pool.store;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.ops.Parked;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a run knows and a file does not: it goes on with it in the hands of a successor.
 *
 * @param incarnation the run
 * @param met peers whose hello and this end's are through
 * @param leases what was witnessed
 */
public record Carried(UUID incarnation, List<String> met, List<Lease> leases) {
  /** The format of {@link #encode}: that of the parked state. */
  public static final int FORMAT = 2;

  /** One zone's {@link Block#lease} and {@link Block#asked}. */
  record Lease(UUID block, Zone zone, int mark, int asked) {}

  /** What a predecessor has parked; empty if its run ends there. Destroys the parked state. */
  public static Optional<Carried> of(Parked parked) {
    try (Secret state = parked.state()) {
      return parked.format() == FORMAT
          ? Optional.of(state.lend(Carried::decode))
          : Optional.empty();
    }
  }

  /** As octets, not secret. */
  public byte[] encode() {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(octets)) {
      id(out, incarnation);
      out.writeInt(met.size());
      for (String peer : met) {
        out.writeUTF(peer);
      }
      out.writeInt(leases.size());
      for (Lease lease : leases) {
        id(out, lease.block());
        out.writeByte(lease.zone().ordinal());
        out.writeInt(lease.mark());
        out.writeInt(lease.asked());
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return octets.toByteArray();
  }

  private static void id(DataOutputStream out, UUID id) throws IOException {
    out.writeLong(id.getMostSignificantBits());
    out.writeLong(id.getLeastSignificantBits());
  }

  /**
   * Reads {@link #encode}.
   *
   * @throws IllegalArgumentException if it is not that
   */
  static Carried decode(byte[] octets) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets))) {
      UUID incarnation = new UUID(in.readLong(), in.readLong());
      List<String> met = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        met.add(in.readUTF());
      }
      List<Lease> leases = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        UUID block = new UUID(in.readLong(), in.readLong());
        Zone zone = Zone.values()[in.readUnsignedByte()];
        leases.add(new Lease(block, zone, in.readInt(), in.readInt()));
      }
      return new Carried(incarnation, met, leases);
    } catch (IOException | RuntimeException damaged) {
      throw new IllegalArgumentException("parked state of the pool is damaged", damaged);
    }
  }
}
