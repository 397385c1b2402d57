package io.bellgate.keys.pool.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What the hellos of two ends agree on, so that a chunk is used once whatever happens to a store;
 * each method is a step at one end. Part of the {@link Ledger}, on its thread.
 *
 * <p>Whatever an end took lies below a mark that the other end holds durably. If a run ends
 * uncleanly (and a store copied while it was open looks like that) everything below the marks is
 * burnt; if a store is not grown from what the other end saw, everything is.
 */
public final class Marks {
  private final Book book;

  Marks(Book book) {
    this.book = book;
  }

  /**
   * The runs of this store.
   *
   * @param incarnation the present run
   * @param before those before it, oldest first
   * @param due whether something is to be burnt
   */
  public record Hello(UUID incarnation, List<UUID> before, boolean due) {}

  /** What this end tells the peer of its runs. */
  public Hello hello(String peer) {
    List<UUID> runs = book.runs.all().stream().map(Runs.Run::incarnation).toList();
    return new Hello(
        book.runs.current(), runs.subList(0, runs.size() - 1), book.standing(peer).due);
  }

  /** Whether both hellos are through in this run. */
  public boolean met(String peer) {
    return book.standing(peer).met;
  }

  /** Judges the peer's hello; discards everything if its store was restored. */
  public Verdict judge(String peer, UUID incarnation, List<UUID> before) {
    UUID seen = book.standing(peer).seen;
    if (seen == null) {
      return Verdict.FIRST;
    }
    if (seen.equals(incarnation)) {
      return Verdict.SAME;
    }
    if (before.contains(seen)) {
      return Verdict.CONTINUED;
    }
    forget(peer);
    return Verdict.RESTORED;
  }

  /** Discards every block with a peer. */
  public void forget(String peer) {
    book.of(peer).forEach(book::remove);
  }

  /** How far this end is in each block with a peer. */
  public List<Report> report(String peer) {
    return book.of(peer).stream().map(Marks::report).toList();
  }

  private static Report report(Block block) {
    block.reportedConfirmed = block.confirmed;
    Zone own = block.own().get(0);
    Zone other = block.own().get(1);
    return new Report(
        block.header.id(),
        block.next(own),
        Math.min(block.spoken(own), block.end(own)),
        block.end(own),
        block.granted(block.theirs().get(1)),
        block.start(other),
        block.next(other),
        Math.min(block.spoken(other), block.end(other)));
  }

  /**
   * Takes note of how far the peer is, and says what it has to burn.
   *
   * @param due whether a run of the peer's ended uncleanly
   * @param fresh whether this is a run of the peer's that was not completed here before: it has
   *     taken nothing yet
   * @return in the order of the reports; empty if this proves that one of the two stores is older
   *     than the other knows: then everything was discarded
   */
  public Optional<List<Report.Floor>> note(
      String peer, boolean due, boolean fresh, List<Report> reports) {
    boolean burning = book.standing(peer).due;
    List<Report.Floor> floors = new ArrayList<>();
    for (Report report : reports) {
      Optional<Block> found = book.find(peer, report.block());
      if (found.isEmpty()) {
        floors.add(Report.Floor.ALL);
        continue;
      }
      Comparison comparison = new Comparison(found.get(), report, due, fresh, burning);
      if (comparison.contradicts()) {
        forget(peer);
        return Optional.empty();
      }
      book.update(found.get(), comparison::settle);
      floors.add(comparison.floor());
    }
    return Optional.of(floors);
  }

  /** Does what the peer answered to a report. */
  public void burn(String peer, List<Report> reports, List<Report.Floor> floors) {
    boolean due = book.standing(peer).due;
    for (int i = 0; i < reports.size(); i++) {
      Report.Floor floor = floors.get(i);
      boolean lacks = floor.own() == Integer.MAX_VALUE;
      Optional<Block> found = book.find(peer, reports.get(i).block());
      if (lacks && found.filter(Block::carried).isPresent()) {
        found.filter(b -> !b.onItsWay()).ifPresent(book::remove);
      } else {
        found
            // else the peer may have been about to deposit it when the report came
            .filter(b -> b.reportedConfirmed || due && b.inherited || !lacks)
            .ifPresent(b -> book.burn(b, floor));
      }
    }
  }

  /**
   * The peer's hello is complete.
   *
   * @param reported the blocks that it holds
   */
  public void complete(String peer, UUID incarnation, Set<UUID> reported) {
    Standing standing = book.standing(peer);
    for (Block block : List.copyOf(book.of(peer))) {
      if (reported.contains(block.header.id())) {
        continue;
      }
      if (block.carried() && !block.onItsWay()) {
        book.remove(block); // the peer has lost it: accepted again it would give used keys out
      } else if (!block.carried() && standing.due && block.inherited) {
        book.update(block, () -> block.theirs().forEach(z -> block.burn(z, Integer.MAX_VALUE)));
      }
    }
    standing.seen = incarnation;
    book.save(peer);
  }

  /** Both hellos are through: keys may be taken and reserved. */
  public void meet(String peer) {
    Standing standing = book.standing(peer);
    standing.met = true;
    standing.due = false;
    book.save(peer);
  }
}
