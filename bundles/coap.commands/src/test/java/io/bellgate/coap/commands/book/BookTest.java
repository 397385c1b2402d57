package io.bellgate.coap.commands.book;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.message.MessageId;
import io.bellgate.journal.Disk;
import io.bellgate.journal.RecordedDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BookTest {
  private static final long SEED = Long.getLong("powercut.seed", System.nanoTime());
  private static final int CUTS = Integer.getInteger("powercut.cuts", 300);
  private static final MessageId ID = new MessageId(MessageId.gateway("bob", 1), 9);

  @TempDir Path folder;

  private Book open() throws IOException {
    return new Book(Disk.FILES, folder, "alice", () -> 0xabcL);
  }

  private static Command command(long number, String node, int octets) {
    return new Command(
        number, node, "valve", 42, new byte[octets], ID, "bob", 5, 6, false, Map.of("rule", "r"));
  }

  @Test
  void holdsEverythingItWasToldWhenItIsOpenedAgain() throws IOException {
    Ended ended = new Ended(2, "n", "valve", ID, "bob", End.FAILED, true, 8, "pqc");
    byte[] text = "{}".getBytes(StandardCharsets.UTF_8);
    Report report =
        new Report(3, "@alice.0000000000000abc", "n", "valve", "OSCORE", "bob", text, 9);
    Sent sent =
        new Sent(4, "@alice.0000000000000abc", "n", "valve", 10, 11, false, Optional.empty());
    try (Book book = open()) {
      Change change = new Change();
      change.put(book.commands(), 1, command(1, "n", 3));
      change.put(book.ended(), 2, ended);
      change.put(book.reports(), 3, report);
      change.put(book.sent(), 4, sent.ended(new Sent.Outcome(End.DONE, "carol", 12, "otp", text)));
      book.count(change, 77, 88);
      book.commandsHighest(change, 99);
      book.resultsHighest(change, 100);
      book.commit(change);
    }
    try (Book book = open()) {
      Command command = book.commands("n").firstEntry().getValue();
      assertEquals("1 valve 42 @bob.0000000000000001/9 bob 5 6 false {rule=r}", said(command));
      assertEquals(3, command.payload().length);
      assertEquals(ended, book.ended().all().get(2L));
      Report again = book.reports().all().get(3L);
      assertArrayEquals(text, again.text());
      assertEquals(
          report,
          new Report(
              again.sequence(),
              again.name(),
              again.node(),
              again.resource(),
              again.ingress(),
              again.site(),
              text,
              again.millis()));
      Sent.Outcome outcome = book.sent().all().get(4L).outcome().orElseThrow();
      assertEquals(End.DONE, outcome.end());
      assertTrue(book.sent().all().get(4L).accepted());
      assertEquals(
          List.of(77L, 88L, 99L, 100L),
          List.of(book.number(), book.sequence(), book.commandsHighest(), book.resultsHighest()));
      assertEquals("@alice.0000000000000abc", book.name());
    }
  }

  private static String said(Command c) {
    return c.number()
        + " "
        + c.resource()
        + " "
        + c.format()
        + " "
        + c.id()
        + " "
        + c.site()
        + " "
        + c.arrivedSeconds()
        + " "
        + c.expiresSeconds()
        + " "
        + c.given()
        + " "
        + c.evidence();
  }

  @Test
  void keepsItsNameAndLosesItOnlyWithItsStore() throws IOException {
    String name;
    try (Book book = open()) {
      name = book.name();
    }
    try (Book book = new Book(Disk.FILES, folder, "alice", () -> 1)) {
      assertEquals(name, book.name());
    }
    Files.delete(folder.resolve("commands.journal"));
    try (Book book = new Book(Disk.FILES, folder, "alice", () -> 1)) {
      assertNotEquals(name, book.name(), "so that no identity is used twice");
    }
  }

  @Test
  void isOpenOnce() throws IOException {
    try (Book book = open()) {
      assertThrows(IllegalStateException.class, this::open);
      assertEquals(0, book.commands().all().size());
    }
    open().close();
  }

  @Test
  void refusesAFileThatWasChanged() throws IOException {
    Path file = folder.resolve("commands.journal");
    try (Book book = open()) {
      for (int i = 1; i <= 3; i++) {
        Change change = new Change();
        change.put(book.commands(), i, command(i, "n", 100));
        book.commit(change);
      }
    }
    byte[] octets = Files.readAllBytes(file);
    octets[150] ^= 1;
    Files.write(file, octets);
    IOException damaged = assertThrows(IOException.class, this::open);
    assertTrue(damaged.getMessage().startsWith("BG-CMD-020"), damaged.getMessage());
  }

  /** What was durable after a commit at a position of the disk's log. */
  private record Promise(int position, String state) {}

  @Test
  void holdsAWholeCommitAfterAPowerCut() throws IOException {
    System.out.println("BookTest seed=" + SEED + " cuts=" + CUTS);
    Random random = new Random(SEED);
    RecordedDisk disk = new RecordedDisk();
    List<Promise> promises = new ArrayList<>();
    int last;
    Path live = folder.resolve("live");
    try (Book book = new Book(disk, live, "alice", () -> 1, 20_000)) {
      promises.add(new Promise(disk.position(), state(book)));
      for (int i = 1; i <= 600; i++) {
        book.commit(step(book, i, random));
        promises.add(new Promise(disk.position(), state(book)));
      }
      last = disk.position();
    }
    assertTrue(disk.replacements() > 2, "the file was written anew under way");
    Path image = Files.createDirectory(folder.resolve("image"));
    Set<String> seen = new HashSet<>();
    int first = promises.get(0).position();
    for (int cut = 0; cut < CUTS; cut++) {
      int position = first + random.nextInt(last - first + 1);
      disk.image(
          position, random, live.resolve("commands.journal"), image.resolve("commands.journal"));
      int promised = -1;
      while (promised + 1 < promises.size() && promises.get(promised + 1).position() <= position) {
        promised++;
      }
      try (Book book = new Book(Disk.FILES, image, "alice", () -> 2)) {
        String state = state(book);
        seen.add(state);
        boolean next =
            promised + 1 < promises.size() && state.equals(promises.get(promised + 1).state());
        assertTrue(
            state.equals(promises.get(promised).state()) || next,
            "the last commit, or the one under way: seed=" + SEED + " position=" + position);
      }
    }
    assertTrue(seen.size() > CUTS / 4, "cuts left many different states: " + seen.size());
  }

  private static Change step(Book book, long i, Random random) throws IOException {
    Change change = new Change();
    change.put(book.commands(), i, command(i, "n" + random.nextInt(3), random.nextInt(400)));
    while (book.commands().all().size() > random.nextInt(40) && random.nextInt(3) > 0) {
      List<Long> waiting = List.copyOf(book.commands().all().keySet());
      long ends = waiting.get(random.nextInt(waiting.size()));
      change.remove(book.commands(), ends);
      if (random.nextBoolean()) {
        break;
      }
    }
    book.count(change, i, random.nextInt(100));
    return change;
  }

  private static String state(Book book) {
    StringBuilder state = new StringBuilder(book.name() + book.number() + "/" + book.sequence());
    for (Command c : book.commands().all().values()) {
      state.append(' ').append(c.number()).append(c.node()).append(':').append(c.payload().length);
      assertEquals(c, book.commands(c.node()).get(c.number()));
    }
    return state.toString();
  }
}
