package io.bellgate.keys.pool.peers;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.keys.pool.store.Leases;
import io.bellgate.keys.pool.store.Marks;
import io.bellgate.keys.pool.store.Report;
import io.bellgate.keys.pool.store.Verdict;
import io.bellgate.keys.pool.store.Zone;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The messages of the peer service {@code keys.pool}, version 1: one octet of version, one of type,
 * fields. Numbers are big-endian; IDs are 16 octets.
 *
 * <pre>
 * request                                              answer
 * 0 HELLO   run, due (1), heard (1), runs before       1 GREETING verdict (1)
 * 2 REPORT  run, last (1), reports (44 each)           3 FLOORS   agreed (1), floors (8 each)
 * 4 LEASE   run, (block, zone (1), below (4)) each     5 LEASED   marks (4 each)
 * 6 ASK     kind (1), marks (1), octets (8)            7 GIVEN    (block, from (4)) or none
 * </pre>
 *
 * <p>What may come several times has its count (2) before it.
 *
 * <p>Every decoder throws {@link IllegalArgumentException} with the code BG-POOL-003 if a message
 * is malformed, too long or too short.
 */
final class Wire {
  static final int HELLO = 0;
  static final int GREETING = 1;
  static final int REPORT = 2;
  static final int FLOORS = 3;
  static final int LEASE = 4;
  static final int LEASED = 5;
  static final int ASK = 6;
  static final int GIVEN = 7;

  private static final int SIMULATED = 1;
  private static final int RELAYED = 2;

  private Wire() {}

  /** A hello, and whether its sender has heard one of the receiver's in its run. */
  record Hello(Marks.Hello runs, boolean heard) {}

  /** A part of a report. */
  record Page(UUID run, boolean last, List<Report> reports) {}

  /** What a witness says to a page; no floors if the two stores contradict each other. */
  record Floors(boolean agreed, List<Report.Floor> floors) {}

  /** Leases that are asked for. */
  record Wanted(UUID run, List<Leases.Wish> wishes) {}

  /** Key that is asked for. */
  record Ask(KeyOrigin kind, long octets) {}

  static byte[] hello(Hello hello) {
    return Codec.write(
        HELLO,
        20 + 16 * hello.runs().before().size(),
        out -> {
          Codec.id(out, hello.runs().incarnation());
          Codec.flag(out, hello.runs().due());
          Codec.flag(out, hello.heard());
          Codec.list(out, hello.runs().before(), Codec::id);
        });
  }

  static Hello hello(byte[] message) {
    return Codec.read(
        message,
        HELLO,
        in -> {
          UUID run = Codec.id(in);
          boolean due = Codec.flag(in);
          boolean heard = Codec.flag(in);
          return new Hello(new Marks.Hello(run, Codec.list(in, 16, Codec::id), due), heard);
        });
  }

  static byte[] greeting(Verdict verdict) {
    return Codec.write(GREETING, 1, out -> out.put((byte) verdict.ordinal()));
  }

  static Verdict greeting(byte[] message) {
    return Codec.read(message, GREETING, in -> Codec.nth(Verdict.values(), in.get()));
  }

  static byte[] page(Page page) {
    return Codec.write(
        REPORT,
        19 + Report.OCTETS * page.reports().size(),
        out -> {
          Codec.id(out, page.run());
          Codec.flag(out, page.last());
          Codec.list(out, page.reports(), Wire::report);
        });
  }

  private static void report(ByteBuffer out, Report report) {
    Codec.id(out, report.block());
    out.putInt(report.next()).putInt(report.mark()).putInt(report.end()).putInt(report.given());
    out.putInt(report.otherStart()).putInt(report.otherNext()).putInt(report.otherMark());
  }

  static Page page(byte[] message) {
    return Codec.read(
        message,
        REPORT,
        in -> {
          UUID run = Codec.id(in);
          boolean last = Codec.flag(in);
          return new Page(run, last, Codec.list(in, Report.OCTETS, Wire::report));
        });
  }

  private static Report report(ByteBuffer in) {
    return new Report(
        Codec.id(in),
        in.getInt(),
        in.getInt(),
        in.getInt(),
        in.getInt(),
        in.getInt(),
        in.getInt(),
        in.getInt());
  }

  static byte[] floors(Floors floors) {
    return Codec.write(
        FLOORS,
        3 + Report.Floor.OCTETS * floors.floors().size(),
        out -> {
          Codec.flag(out, floors.agreed());
          Codec.list(out, floors.floors(), (o, f) -> o.putInt(f.own()).putInt(f.other()));
        });
  }

  static Floors floors(byte[] message) {
    return Codec.read(
        message,
        FLOORS,
        in -> {
          boolean agreed = Codec.flag(in);
          return new Floors(
              agreed,
              Codec.list(in, Report.Floor.OCTETS, i -> new Report.Floor(i.getInt(), i.getInt())));
        });
  }

  static byte[] leases(Wanted leases) {
    return Codec.write(
        LEASE,
        18 + 21 * leases.wishes().size(),
        out -> {
          Codec.id(out, leases.run());
          Codec.list(
              out,
              leases.wishes(),
              (o, w) -> {
                Codec.id(o, w.block());
                o.put((byte) w.zone().ordinal()).putInt(w.below());
              });
        });
  }

  static Wanted leases(byte[] message) {
    return Codec.read(
        message,
        LEASE,
        in -> {
          UUID run = Codec.id(in);
          return new Wanted(
              run,
              Codec.list(
                  in,
                  21,
                  i ->
                      new Leases.Wish(Codec.id(i), Codec.nth(Zone.values(), i.get()), i.getInt())));
        });
  }

  static byte[] leased(List<Integer> marks) {
    return Codec.write(
        LEASED, 2 + 4 * marks.size(), out -> Codec.list(out, marks, ByteBuffer::putInt));
  }

  static List<Integer> leased(byte[] message) {
    return Codec.read(message, LEASED, in -> Codec.list(in, 4, ByteBuffer::getInt));
  }

  static byte[] ask(Ask ask) {
    int marks = (ask.kind().simulated() ? SIMULATED : 0) | (ask.kind().relayed() ? RELAYED : 0);
    return Codec.write(
        ASK,
        10,
        out -> out.put((byte) ask.kind().kind().ordinal()).put((byte) marks).putLong(ask.octets()));
  }

  static Ask ask(byte[] message) {
    return Codec.read(
        message,
        ASK,
        in -> {
          KeyOrigin.Kind kind = Codec.nth(KeyOrigin.Kind.values(), in.get());
          byte marks = in.get();
          long octets = in.getLong();
          if (marks < 0 || marks > (SIMULATED | RELAYED) || octets < 0) {
            throw Codec.malformed();
          }
          boolean simulated = (marks & SIMULATED) != 0;
          boolean relayed = (marks & RELAYED) != 0;
          return new Ask(new KeyOrigin(kind, simulated, relayed, Map.of()), octets);
        });
  }

  static byte[] given(Optional<Leases.Gift> gift) {
    return Codec.write(
        GIVEN,
        22,
        out ->
            Codec.list(
                out,
                gift.map(List::of).orElse(List.of()),
                (o, g) -> {
                  Codec.id(o, g.block());
                  o.putInt(g.from());
                }));
  }

  static Optional<Leases.Gift> given(byte[] message) {
    return Codec.read(
        message,
        GIVEN,
        in ->
            Codec.list(in, 20, i -> new Leases.Gift(Codec.id(i), i.getInt())).stream().findFirst());
  }
}
