package io.bellgate.coap.commands.queue;

import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Answer.Code;
import io.bellgate.api.node.Ask;
import io.bellgate.coap.commands.book.Command;
import io.bellgate.coap.commands.book.End;
import io.bellgate.coap.commands.book.Ended;
import io.bellgate.coap.commands.queue.Words.Ending;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * What nodes ask: {@code GET /commands/NODE} is answered with the command to do now, {@code POST
 * /commands/NODE/NUMBER} says that it was done, with {@code ?failed} that it could not be. For the
 * thread of its queue.
 */
public final class Talk {
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");
  private static final List<String> FAILED = List.of("failed");

  /** An observer that hears nothing for so long registers again (RFC 7641, section 3.3.1). */
  private static final int MAX_AGE_SECONDS = 300;

  private final Queue queue;

  /** Makes it. */
  public Talk(Queue queue) {
    this.queue = queue;
  }

  /**
   * Answers a node.
   *
   * @throws IOException if what it says cannot be made durable: it says so again
   */
  public Answer ask(Ask ask) throws IOException {
    if (!queue.rules().ingresses().contains(ask.ingress())) {
      return error(
          Code.FORBIDDEN, "BG-CMD-004", "commands are for nodes that speak DTLS or OSCORE");
    }
    if (ask.accept().isPresent() && format(ask).isEmpty()) {
      return error(Code.NOT_ACCEPTABLE, "BG-CMD-005", "commands come in JSON (50) or CBOR (60)");
    }
    if (ask.path().isEmpty()) {
      return ask.method() == Ask.Method.GET ? first(Code.CONTENT, ask) : notAllowed();
    }
    if (ask.path().size() > 1 || !NUMBER.matcher(ask.path().get(0)).matches()) {
      return error(Code.NOT_FOUND, "BG-CMD-001", "results go to /commands/NODE/NUMBER");
    }
    return ask.method() == Ask.Method.POST
        ? result(ask, Long.parseLong(ask.path().get(0)))
        : notAllowed();
  }

  private static Answer notAllowed() {
    return error(
        Code.METHOD_NOT_ALLOWED,
        "BG-CMD-002",
        "GET /commands/NODE, then POST /commands/NODE/NUMBER");
  }

  /** The command to do now, or an empty object: an observer keeps its content format. */
  private Answer first(Code code, Ask ask) throws IOException {
    Format format = format(ask).orElse(Format.JSON);
    Command first = queue.first(ask.node());
    if (first == null) {
      return new Answer(
          code,
          OptionalInt.of(format.number()),
          format == Format.CBOR ? Words.NOTHING_CBOR.clone() : Words.NOTHING_JSON.clone(),
          tag(0, format),
          MAX_AGE_SECONDS);
    }
    Command given = queue.given(first);
    return new Answer(
        code,
        OptionalInt.of(format.number()),
        format == Format.CBOR ? Words.cbor(given) : Words.json(given),
        tag(given.number(), format),
        (int) Math.max(0, Math.min(MAX_AGE_SECONDS, queue.left(given))));
  }

  private static Optional<Format> format(Ask ask) {
    return ask.accept().isEmpty()
        ? Optional.empty()
        : Format.of(Integer.toString(ask.accept().getAsInt()))
            .filter(f -> f == Format.JSON || f == Format.CBOR);
  }

  /** Twice the number, one more in CBOR: as few octets as it takes. */
  private static byte[] tag(long number, Format format) {
    return BigInteger.valueOf(2 * number + (format == Format.CBOR ? 1 : 0)).toByteArray();
  }

  private Answer result(Ask ask, long number) throws IOException {
    if (!ask.query().isEmpty() && !ask.query().equals(FAILED)
        || ask.payload().length > Command.MOST_OCTETS) {
      return error(
          Code.BAD_REQUEST,
          "BG-CMD-006",
          "a result has at most " + Command.MOST_OCTETS + " octets and no query but `failed`");
    }
    Command first = queue.first(ask.node());
    if (first != null && first.number() == number) {
      End end = ask.query().isEmpty() ? End.DONE : End.FAILED;
      queue.answered(
          first, end, ask.ingress(), new Ending(end.word(), ask.format(), ask.payload(), "", ""));
      return next(ask);
    }
    Ended ended = queue.ended(number);
    if (ended == null || !ended.node().equals(ask.node()) || !ended.end().byNode()) {
      String how = ended == null || !ended.node().equals(ask.node()) ? "" : ended.end().word();
      return error(
          Code.NOT_FOUND, "BG-CMD-003", "this command does not wait for a result: ended=" + how);
    }
    return next(ask); // said before: it came, the answer was lost
  }

  /** Who says what it accepts is told the next command at once: one round trip less per command. */
  private Answer next(Ask ask) throws IOException {
    return ask.accept().isEmpty() ? empty(Code.CHANGED, 0) : first(Code.CHANGED, ask);
  }

  private static Answer empty(Code code, int seconds) {
    return new Answer(code, OptionalInt.empty(), new byte[0], new byte[0], seconds);
  }

  /** Not now: a swap, or a store that does not write. */
  public static Answer later(int seconds) {
    return empty(Code.UNAVAILABLE, seconds);
  }

  private static Answer error(Code code, String error, String reason) {
    return new Answer(
        code,
        OptionalInt.of(Format.JSON.number()),
        Words.error(error, reason),
        new byte[0],
        MAX_AGE_SECONDS);
  }
}
