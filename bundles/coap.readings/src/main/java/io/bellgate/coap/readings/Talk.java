package io.bellgate.coap.readings;

import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Answer.Code;
import io.bellgate.api.node.Ask;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What nodes ask: {@code GET /readings/NODE/SITE/NODE/RESOURCE}. Before the first reading the
 * answer has no payload, and the content format that was asked for, JSON if none was: an
 * observation goes on if the readings come in that one. Thread safe; does not block.
 */
final class Talk {
  private static final int PARTS = 3;

  private final Rules rules;
  private final Askers askers;
  private final AtomicLong refused = new AtomicLong();

  Talk(Rules rules, Askers askers) {
    this.rules = rules;
    this.askers = askers;
  }

  Answer ask(Ask ask, Latest latest) {
    if (!rules.ingresses().contains(ask.ingress())) {
      refused.incrementAndGet();
      return error(
          Code.FORBIDDEN, "BG-READ-004", "readings are for nodes that speak DTLS or OSCORE");
    }
    if (ask.method() != Ask.Method.GET) {
      return error(Code.METHOD_NOT_ALLOWED, "BG-READ-002", "GET /readings/NODE/SITE/NODE/RESOURCE");
    }
    Optional<Source> source = source(ask);
    if (source.isEmpty()) {
      return error(Code.NOT_FOUND, "BG-READ-003", "GET /readings/NODE/SITE/NODE/RESOURCE");
    }
    if (!rules.readers().mayRead(ask.node(), source.get())) {
      refused.incrementAndGet();
      return error(Code.FORBIDDEN, "BG-READ-001", "this node may not read that");
    }
    askers.asked(ask.node(), source.get()); // first: what is delivered from now on it is told
    return latest.of(source.get()).map(r -> content(ask, r)).orElseGet(() -> nothing(ask));
  }

  private static Optional<Source> source(Ask ask) {
    return ask.path().size() == PARTS
        ? Optional.of(new Source(ask.path().get(0), ask.path().get(1), ask.path().get(2)))
            .filter(Source::isPossible)
        : Optional.empty();
  }

  private Answer content(Ask ask, Reading reading) {
    int format = reading.format().number();
    return ask.accept().orElse(format) == format
        ? answer(reading.format(), reading.payload(), reading.tag())
        : notAcceptable();
  }

  /** Its tag is none of a count: those have no octet 0 in front of one below 128. */
  private Answer nothing(Ask ask) {
    return Format.of(ask.accept().orElse(Format.JSON.number()))
        .map(f -> answer(f, new byte[0], new byte[] {0, (byte) f.number()}))
        .orElseGet(Talk::notAcceptable);
  }

  private Answer answer(Format format, byte[] payload, byte[] tag) {
    return new Answer(
        Code.CONTENT, OptionalInt.of(format.number()), payload, tag, rules.maxAgeSeconds());
  }

  private static Answer notAcceptable() {
    return error(Code.NOT_ACCEPTABLE, "BG-READ-005", "readings come as they were posted");
  }

  /** Not now: a swap. */
  static Answer later(int seconds) {
    return new Answer(Code.UNAVAILABLE, OptionalInt.empty(), new byte[0], new byte[0], seconds);
  }

  /** Both texts are ours and need no escapes. */
  private static Answer error(Code code, String error, String reason) {
    String json = "{\"error\":\"" + error + "\",\"message\":\"" + reason + "\"}";
    return new Answer(
        code,
        OptionalInt.of(Format.JSON.number()),
        json.getBytes(StandardCharsets.UTF_8),
        new byte[0],
        0);
  }

  /** Questions of those who may not, since the start or the last change of configuration. */
  long refused() {
    return refused.get();
  }
}
