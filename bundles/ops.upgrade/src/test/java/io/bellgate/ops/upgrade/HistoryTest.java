package io.bellgate.ops.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
  @TempDir Path folder;

  private Path file() {
    return folder.resolve("swaps.jsonl");
  }

  private History history() {
    return new History(file());
  }

  private static List<Object> names(History history) {
    return history.last().stream().map(swap -> swap.get("symbolicName")).toList();
  }

  @Test
  void isEmptyBeforeTheFirstSwap() {
    assertEquals(List.of(), history().last());
  }

  @Test
  void isTheSameForTheVersionThatComesAndTheOneThatLeaves() {
    History old = history();
    old.add(Map.of("symbolicName", "one"));
    History fresh = history();
    old.add(Map.of("symbolicName", "itself", "gapMillis", 0.5, "others", List.of("x")));
    assertEquals(List.of("one", "itself"), names(fresh));
    fresh.add(Map.of("symbolicName", "two"));
    assertEquals(List.of("one", "itself", "two"), names(old));
    Map<String, Object> itself = fresh.last().get(1);
    assertEquals(0.5, ((Number) itself.get("gapMillis")).doubleValue());
    assertEquals(List.of("x"), itself.get("others"));
  }

  @Test
  void showsTheLastSixteenAndStaysSmall() throws IOException {
    History history = history();
    for (int i = 0; i < 1_000; i++) {
      history.add(Map.of("symbolicName", "n" + i, "message", "x".repeat(200)));
    }
    assertEquals(16, history.last().size());
    assertEquals("n984", names(history).get(0));
    assertEquals("n999", names(history).get(15));
    assertTrue(Files.size(file()) < 100_000, "octets=" + Files.size(file()));
  }

  @Test
  void skipsALineThatAPowerCutHasTorn() throws IOException {
    history().add(Map.of("symbolicName", "one"));
    Files.writeString(file(), "{\"symbolicNa\n", StandardOpenOption.APPEND);
    history().add(Map.of("symbolicName", "two"));
    assertEquals(List.of("one", "two"), names(history()));
  }
}
