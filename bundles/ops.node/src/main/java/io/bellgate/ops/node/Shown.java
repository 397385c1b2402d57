package io.bellgate.ops.node;

import io.bellgate.api.ops.Command;
import io.bellgate.ops.node.line.Answer;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** Payloads for people and programs: text where it is one, else hexadecimal digits. */
final class Shown {
  private Shown() {}

  /** For a terminal, which a gateway does not steer. */
  static String text(Answer answer) {
    return readable(answer.payload())
        .map(text -> text.replaceAll("[\\p{Cntrl}&&[^\n\t]]", "?"))
        .orElseGet(() -> "hex " + HexFormat.of().formatHex(answer.payload()));
  }

  /**
   * Says what became of one question.
   *
   * @return the exit code
   */
  static int answer(Session session, Optional<Answer> answer, Words words, Command.Call call) {
    if (answer.isEmpty()) {
      call.err().println(session.silence());
      return Command.UNREACHABLE;
    }
    Answer came = answer.get();
    if (words.has("--json")) {
      call.out().println(json(came).build());
    } else if (!came.success()) {
      call.err().println("refused: " + came.explained());
    } else {
      if (!came.location().isEmpty()) {
        call.out().println("location " + came.location().replaceAll("\\p{Cntrl}", "?"));
      }
      call.out().println(text(came));
    }
    return came.success() ? Command.OK : Command.REFUSED;
  }

  static JsonObjectBuilder json(Answer answer) {
    JsonObjectBuilder all = Json.createObjectBuilder().add("code", answer.code());
    if (answer.format() >= 0) {
      all.add("format", answer.format());
    }
    if (answer.observe() >= 0) {
      all.add("observe", answer.observe());
    }
    if (!answer.location().isEmpty()) {
      all.add("location", answer.location());
    }
    all.add("octets", answer.payload().length);
    readable(answer.payload())
        .ifPresentOrElse(
            text -> all.add("payload", text),
            () -> all.add("payloadHex", HexFormat.of().formatHex(answer.payload())));
    return all;
  }

  private static Optional<String> readable(byte[] octets) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString());
    } catch (CharacterCodingException binary) {
      return Optional.empty();
    }
  }
}
