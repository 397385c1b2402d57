package io.bellgate.coap.readings;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Answer.Code;
import io.bellgate.api.node.Ask;
import io.bellgate.journal.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TalkTest {
  private static final String[] LEVEL = {"alice", "tank-1", "level"};

  @TempDir Path folder;
  private final Askers askers = new Askers();
  private final Talk talk = talk("panel=alice/tank-1/level");
  private Latest latest;

  @BeforeEach
  void open() throws IOException {
    latest = new Latest(Disk.FILES, folder);
  }

  @AfterEach
  void close() throws IOException {
    latest.close();
  }

  private Talk talk(String... readers) {
    return new Talk(new Rules(new Readers(readers), Set.of("DTLS-PSK", "OSCORE"), 60), askers);
  }

  private Answer accepting(int format) {
    return talk.ask(
        Said.ask("panel", "DTLS-PSK", Ask.Method.GET, OptionalInt.of(format), LEVEL), latest);
  }

  private static void assertError(Code code, String error, Answer answer) {
    assertEquals(code, answer.code());
    String text = new String(answer.payload());
    assertTrue(text.startsWith("{\"error\":\"" + error + "\""), text);
  }

  @Test
  void saysWhatWasPosted() throws IOException {
    latest.deliver(List.of(Said.level(1, 300, "1.5")));
    Answer answer = talk.ask(Said.get("panel", LEVEL), latest);
    assertEquals(Code.CONTENT, answer.code());
    assertEquals("1.5", new String(answer.payload()));
    assertEquals(OptionalInt.of(0), answer.format());
    assertArrayEquals(new byte[] {1, 44}, answer.etag(), "300");
    assertEquals(60, answer.maxAgeSeconds());
    assertEquals(List.of("panel"), askers.of(Said.LEVEL));
  }

  @Test
  void saysNothingInTheFormatThatIsAskedFor() throws IOException {
    Answer before = accepting(110);
    assertEquals(Code.CONTENT, before.code());
    assertEquals(0, before.payload().length);
    assertEquals(OptionalInt.of(110), before.format());
    latest.deliver(
        List.of(Said.delivery(1, 1, Said.LEVEL, "application/senml+json", Said.octets("[{}]"))));
    Answer after = accepting(110);
    assertEquals(before.format(), after.format(), "so that an observation goes on");
    assertFalse(Arrays.equals(before.etag(), after.etag()));
    assertError(Code.NOT_ACCEPTABLE, "BG-READ-005", accepting(50));
  }

  @Test
  void saysNothingInJsonToWhoSaysNoFormat() {
    Answer nothing = talk.ask(Said.get("panel", LEVEL), latest);
    assertEquals(OptionalInt.of(50), nothing.format());
    assertEquals(0, nothing.payload().length);
    assertError(Code.NOT_ACCEPTABLE, "BG-READ-005", accepting(42));
  }

  @Test
  void givesNoTwoAnswersOneTag() throws IOException {
    Set<String> tags = new HashSet<>();
    for (int format : new int[] {0, 50, 60, 110, 112}) {
      assertTrue(tags.add(Arrays.toString(accepting(format).etag())));
    }
    long number = 0;
    for (long count = 0; count < 70_000; count = count < 300 ? count + 1 : count * 3) {
      latest.deliver(List.of(Said.level(++number, count, "1")));
      Answer answer = accepting(0);
      assertTrue(tags.add(Arrays.toString(answer.etag())), "count=" + count);
    }
    latest.deliver(List.of(Said.level(++number, Long.MAX_VALUE, "1")));
    assertEquals(8, accepting(0).etag().length);
  }

  @Test
  void refusesWhoMayNotRead() throws IOException {
    latest.deliver(List.of(Said.level(1, 1, "1.5")));
    for (Ask ask :
        List.of(
            Said.get("door", LEVEL),
            Said.get("panel", "bob", "tank-1", "level"),
            Said.get("panel", "alice", "tank-2", "level"),
            Said.get("panel", "alice", "tank-1", "pressure"))) {
      assertError(Code.FORBIDDEN, "BG-READ-001", talk.ask(ask, latest));
    }
    Ask bare = Said.ask("panel", "none", Ask.Method.GET, OptionalInt.empty(), LEVEL);
    assertError(Code.FORBIDDEN, "BG-READ-004", talk.ask(bare, latest));
    assertError(Code.FORBIDDEN, "BG-READ-001", talk().ask(Said.get("panel", LEVEL), latest));
    assertEquals(5, talk.refused());
    assertEquals(List.of(), askers.all(), "nobody of them is told anything");
  }

  @Test
  void takesAStarForAWholePart() throws IOException {
    latest.deliver(List.of(Said.level(1, 1, "1.5")));
    for (String line :
        List.of("*=alice/tank-1/level", "panel=*/tank-1/level", "panel=alice/*/level", "*=*/*/*")) {
      assertEquals(Code.CONTENT, talk(line).ask(Said.get("panel", LEVEL), latest).code(), line);
    }
  }

  @Test
  void answersNothingButReadsOfWhatCanBe() {
    assertError(
        Code.METHOD_NOT_ALLOWED,
        "BG-READ-002",
        talk.ask(Said.ask("panel", "OSCORE", Ask.Method.PUT, OptionalInt.empty(), LEVEL), latest));
    for (Ask ask :
        List.of(
            Said.get("panel"),
            Said.get("panel", "alice", "tank-1"),
            Said.get("panel", "alice", "tank-1", "level", "now"),
            Said.get("panel", "alice", "tank-1", "*"),
            Said.get("panel", "Alice", "tank-1", "level"))) {
      assertError(Code.NOT_FOUND, "BG-READ-003", talk.ask(ask, latest));
    }
  }

  @Test
  void refusesRulesThatItCannotRead() {
    for (String line :
        List.of(
            "",
            "panel",
            "panel=alice/tank-1",
            "panel=alice/tank-*/level",
            "panel=alice/tank-1/level/now",
            "=alice/tank-1/level",
            "a=b=alice/tank-1/level")) {
      IllegalArgumentException wrong =
          assertThrows(IllegalArgumentException.class, () -> new Readers(line));
      assertTrue(wrong.getMessage().startsWith("BG-READ-006"), line);
    }
    Readers nobody = new Readers();
    assertThrows(IllegalArgumentException.class, () -> new Rules(nobody, Set.of("DTLS"), 60));
    assertThrows(IllegalArgumentException.class, () -> new Rules(nobody, Set.of(), 0));
  }
}
