package io.bellgate.api.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class AnswerTest {
  private static Answer answer(int format, int etagOctets, int maxAgeSeconds) {
    return new Answer(
        Answer.Code.CONTENT,
        OptionalInt.of(format),
        new byte[] {1},
        new byte[etagOctets],
        maxAgeSeconds);
  }

  private static Ask ask(OptionalInt format, OptionalInt accept) {
    return new Ask("n1", "none", Ask.Method.PUT, List.of(), List.of(), format, new byte[0], accept);
  }

  @Test
  void saysWhatAResponseOfCoapCanSay() {
    assertEquals(OptionalInt.of(65_535), answer(65_535, 8, 0).format());
    assertThrows(IllegalArgumentException.class, () -> answer(65_536, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> answer(-1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> answer(0, 9, 0));
    assertThrows(IllegalArgumentException.class, () -> answer(0, 0, -1));
  }

  @Test
  void hasFormatsThatItsRequestsHaveToo() {
    OptionalInt last = OptionalInt.of(65_535);
    assertEquals(last, ask(last, last).accept());
    assertThrows(
        IllegalArgumentException.class, () -> ask(OptionalInt.of(70_000), OptionalInt.empty()));
    assertThrows(
        IllegalArgumentException.class, () -> ask(OptionalInt.empty(), OptionalInt.of(-1)));
  }
}
