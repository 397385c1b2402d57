package io.bellgate.coap.readings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Message;
import io.bellgate.api.message.MessageId;
import io.bellgate.journal.Disk;
import io.bellgate.journal.FullDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatestTest {
  @TempDir Path folder;

  private Latest open() throws IOException {
    return new Latest(Disk.FILES, folder);
  }

  private static String text(Latest latest, Source source) {
    return latest.of(source).map(r -> new String(r.payload())).orElse("nothing");
  }

  private static Source tank(int number) {
    return new Source("alice", "tank-" + number, "level");
  }

  @Test
  void holdsWhatItWasToldWhenItIsOpenedAgain() throws IOException {
    Source pressure = new Source("carol", "tank-1", "pressure");
    byte[] cbor = {(byte) 0xa0};
    try (Latest latest = open()) {
      assertEquals(
          Set.of(Said.LEVEL, pressure),
          latest.deliver(
              List.of(
                  Said.level(5, 70, "1.5"),
                  Said.delivery(6, 1, pressure, "application/senml+cbor", cbor))));
    }
    try (Latest latest = open()) {
      Reading level = latest.of(Said.LEVEL).orElseThrow();
      assertArrayEquals(Said.octets("1.5"), level.payload());
      assertEquals(70, level.count());
      assertEquals(Format.TEXT, level.format());
      assertEquals("2026-01-01T00:00:00Z", instant(level));
      assertEquals("qkd+pqc", level.protection());
      assertEquals(Format.SENML_CBOR, latest.of(pressure).orElseThrow().format());
      assertArrayEquals(cbor, latest.of(pressure).orElseThrow().payload());
      assertEquals(Map.of("qkd+pqc", 2L), latest.status().get("keptByProtection"));
      assertEquals(Set.of(), latest.deliver(List.of(Said.level(6, 71, "2.5"))), "number 6 came");
      assertEquals("1.5", text(latest, Said.LEVEL));
      assertEquals(1L, latest.status().get("repeatedAfterCrash"));
    }
  }

  private static String instant(Reading reading) {
    return Instant.ofEpochSecond(reading.receivedSeconds()).toString();
  }

  @Test
  void keepsTheHighestCountOfASource() throws IOException {
    try (Latest latest = open()) {
      latest.deliver(List.of(Said.level(1, 7, "new")));
      assertEquals(
          Set.of(), latest.deliver(List.of(Said.level(2, 6, "old"), Said.level(3, 7, "again"))));
      assertEquals("new", text(latest, Said.LEVEL));
      assertEquals(2L, latest.status().get("older"));
      assertEquals(
          Set.of(Said.LEVEL),
          latest.deliver(List.of(Said.level(4, 9, "newest"), Said.level(5, 8, "late"))));
      assertEquals("newest", text(latest, Said.LEVEL), "also within a batch");
    }
    try (Latest latest = open()) {
      assertEquals("newest", text(latest, Said.LEVEL));
    }
  }

  @Test
  void forgetsWhatWasNotRenewedLongest() throws IOException {
    try (Latest latest = open()) {
      List<Delivery> all = new ArrayList<>();
      for (int i = 0; i < Latest.MOST; i++) {
        all.add(Said.delivery(i + 1, 1, tank(i), "text/plain", Said.octets("1")));
      }
      latest.deliver(all);
      long next = Latest.MOST + 1;
      latest.deliver(List.of(Said.delivery(next, 2, tank(0), "text/plain", Said.octets("2"))));
      assertEquals(
          Set.of(tank(1), tank(Latest.MOST)),
          latest.deliver(
              List.of(
                  Said.delivery(next + 1, 1, tank(Latest.MOST), "text/plain", Said.octets("3")))));
      assertEquals(Latest.MOST, latest.status().get("kept"));
      assertEquals(1L, latest.status().get("forgotten"));
    }
    try (Latest latest = open()) {
      assertEquals("2", text(latest, tank(0)), "renewed");
      assertEquals("nothing", text(latest, tank(1)));
      assertEquals("1", text(latest, tank(2)));
      assertEquals("3", text(latest, tank(Latest.MOST)));
      assertEquals(Latest.MOST, latest.status().get("kept"));
    }
  }

  @Test
  void holdsSoManyOctetsAndNoMore() throws IOException {
    int fitting = (int) (Latest.MOST_OCTETS / (Message.MAX_PAYLOAD_OCTETS + 200));
    try (Latest latest = open()) {
      for (int i = 0; i <= fitting; i++) {
        byte[] large = new byte[Message.MAX_PAYLOAD_OCTETS];
        latest.deliver(List.of(Said.delivery(i + 1, 1, tank(i), "application/cbor", large)));
      }
      assertEquals(fitting, latest.status().get("kept"));
      assertEquals(Optional.empty(), latest.of(tank(0)));
      assertTrue(latest.of(tank(fitting)).isPresent());
    }
  }

  @Test
  void keepsItsFileSmallAndLosesNothingByIt() throws IOException {
    long number = 0;
    try (Latest latest = new Latest(Disk.FILES, folder, 4_000)) {
      while (number < 500) {
        number++;
        Source source = tank((int) number % 3);
        latest.deliver(
            List.of(Said.delivery(number, number, source, "text/plain", Said.octets("" + number))));
      }
    }
    assertTrue(Files.size(folder.resolve("readings.journal")) < 5_000);
    try (Latest latest = open()) {
      assertEquals(
          List.of("498", "499", "500"),
          List.of(text(latest, tank(0)), text(latest, tank(1)), text(latest, tank(2))));
      latest.deliver(List.of(Said.delivery(500, 501, tank(0), "text/plain", Said.octets("no"))));
      assertEquals("498", text(latest, tank(0)), "the highest number is remembered");
    }
  }

  @Test
  void keepsNothingButWhatANodeMeasured() throws IOException {
    try (Latest latest = open()) {
      String operator = MessageId.gateway("alice", 1);
      Source other = new Source("alice", "tank-1", "a/b");
      assertEquals(
          Set.of(),
          latest.deliver(
              List.of(
                  Said.delivery(1, operator, 1, Said.LEVEL, "text/plain", Said.octets("open")),
                  Said.delivery(2, "tank-2", 1, Said.LEVEL, "text/plain", Said.octets("1")),
                  Said.delivery(3, 1, Said.LEVEL, "image/png", Said.octets("1")),
                  Said.delivery(4, 1, other, "text/plain", Said.octets("1")))));
      assertEquals(4L, latest.status().get("noReadings"));
      assertEquals(0, latest.status().get("kept"));
      latest.deliver(List.of(Said.level(4, 1, "came before")));
      assertEquals("nothing", text(latest, Said.LEVEL));
    }
  }

  @Test
  void takesNothingMoreOnceTheDiskIsFull() throws IOException {
    try (Latest latest = new Latest(new FullDisk(400), folder)) {
      latest.deliver(List.of(Said.level(1, 1, "before")));
      List<Delivery> large =
          List.of(Said.delivery(2, 2, Said.LEVEL, "application/cbor", new byte[400]));
      assertThrows(IOException.class, () -> latest.deliver(large));
      IOException later =
          assertThrows(IOException.class, () -> latest.deliver(List.of(Said.level(2, 2, "x"))));
      assertTrue(later.getMessage().startsWith("BG-READ-010"), later.getMessage());
      assertEquals("before", text(latest, Said.LEVEL), "what it has it says");
      assertEquals(List.of(later.getMessage()), latest.status().get("problems"));
    }
    try (Latest latest = open()) {
      latest.deliver(List.of(Said.level(2, 2, "after")));
      assertEquals("after", text(latest, Said.LEVEL));
    }
  }

  @Test
  void isOpenOnceAndTakesNothingWhenItIsClosed() throws IOException {
    Latest latest = open();
    assertThrows(IllegalStateException.class, this::open);
    latest.close();
    List<Delivery> level = List.of(Said.level(1, 1, "1"));
    IOException closed = assertThrows(IOException.class, () -> latest.deliver(level));
    assertEquals(Readings.SWAPPED, closed.getMessage());
  }

  @Test
  void refusesAFileThatSomethingElseChanged() throws IOException {
    try (Latest latest = open()) {
      latest.deliver(List.of(Said.level(1, 1, "one")));
      latest.deliver(List.of(Said.level(2, 2, "two")));
    }
    Path file = folder.resolve("readings.journal");
    byte[] octets = Files.readAllBytes(file);
    octets[octets.length / 2] ^= 1;
    Files.write(file, octets, StandardOpenOption.TRUNCATE_EXISTING);
    IOException damaged = assertThrows(IOException.class, this::open);
    assertTrue(damaged.getMessage().startsWith("BG-READ-009"), damaged.getMessage());
    Files.delete(file);
    open().close(); // the lock was given back
  }
}
